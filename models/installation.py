"""The installation: what is there once, whoever is in it."""

from datetime import datetime

from beanie import PydanticObjectId
from bson import ObjectId
from pydantic import BaseModel, Field

from models.base import Recorded, kind, utc_now
from models.ids import Kind
from models.installation_enums import LogLevel
from models.records import InstallationRecord


def _fixed_id(number: int) -> ObjectId:
    return ObjectId(bytes([0, 0, 0, 0, Kind.INSTALLATION, 0, 0, 0, 0, 0, 0, number]))


INSTALLATION_ID = _fixed_id(0)
"""Of the one there is: whoever writes it for the first time is the only one to."""
LOG_HEADERS = _fixed_id(1)
"""Of the secret that the headers are which the log is sent with, as JSON."""
OIDC_SECRET = _fixed_id(2)
"""Of the secret that the gateway has at the identity provider."""


class LogExportSetting(BaseModel):
    """Where the log is sent; the values of the headers are in the vault."""

    enabled: bool
    endpoint: str | None
    level: LogLevel
    header_names: list[str]


class OidcSetting(BaseModel):
    """The identity provider by which people may sign in; what the gateway's secret is there is in the vault."""

    issuer_url: str
    client_id: str


@kind(0xD5)
class Installation(Recorded[InstallationRecord]):
    """What is set for the installation, and who set it up when nobody was there yet. `changes` counts what two changes
    must not do at once; `open_session_id` is of the session that requests without a credential have.
    """

    id: PydanticObjectId = PydanticObjectId(INSTALLATION_ID)
    set_up_by: PydanticObjectId
    changes: int = 0
    open_session_id: PydanticObjectId | None = None
    log_export: LogExportSetting | None = None
    oidc: OidcSetting | None = None
    created_at: datetime = Field(default_factory=utc_now)

    class Settings:
        name = "installation"
