"""Integrations."""

from dataclasses import dataclass

from typing_extensions import TypedDict

from models.base import timestamp
from models.records import CredentialRecord
from rest.orkosi.present.show import Timestamp


@dataclass(frozen=True, slots=True)
class Integration:
    """Something that an organization can be connected with, and the `field` that lets it in."""

    name: str
    description: str
    field: str


class IntegrationStatusData(TypedDict):
    """Whether an integration is configured, and since when it is so."""

    id: str
    configured: bool
    configured_at: Timestamp | None


class IntegrationData(IntegrationStatusData):
    """An integration. `fields` are the names of what it is configured with."""

    name: str
    description: str
    fields: list[str]


def integration_status(name: str, credential: CredentialRecord | None) -> IntegrationStatusData:
    at = None if credential is None else timestamp(credential["rotated_at"])
    return {"id": name, "configured": credential is not None, "configured_at": at}


def integration(name: str, about: Integration, credential: CredentialRecord | None) -> IntegrationData:
    return {
        **integration_status(name, credential),
        "name": about.name,
        "description": about.description,
        "fields": [about.field],
    }
