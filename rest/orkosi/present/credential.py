"""Credentials."""

from typing_extensions import TypedDict

import models
from models.records import CredentialRecord
from resolvers.credential.credential import Revealed
from rest.orkosi.present.show import presents, shown
from rest.present import Id


@presents(models.Credential, only=("key", "description", "hint", "created_at", "updated_at"))
class OrkosiCredentialData(TypedDict):
    """A credential, without what it holds: `hint` is the end of that, and null where it is short."""

    id: Id


class RevealedData(OrkosiCredentialData):
    """A credential, with what it holds."""

    value: str


def credential(record: CredentialRecord) -> OrkosiCredentialData:
    return {**shown(OrkosiCredentialData, record), "id": str(record["_id"])}


def revealed(found: Revealed) -> RevealedData:
    return {**credential(found.credential), "value": found.value}
