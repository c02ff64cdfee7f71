"""Credentials of an organization: what it signs in with to others. What they hold is sealed (`auth.vault`)."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, UpdatedAt, id_factory, utc_now
from models.facts import CREATE, SHOWN, WRITTEN, Facts
from models.ids import Kind
from models.limits import MARKDOWN, Text
from models.records import CredentialRecord, CredentialVersionRecord

KEY = Text(1, 100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")


class Credential(Stored[CredentialRecord]):
    """A credential, without what it holds, so that whatever carries a record of it carries no secret."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.CREDENTIAL))
    organization_id: Annotated[PydanticObjectId, Facts("The organization that it belongs to.")]
    key: Annotated[str, Facts("What it is called by, unique in the organization.", SHOWN | CREATE, text=KEY)]
    description: Annotated[str | None, Facts("What it is for.", SHOWN | WRITTEN, text=MARKDOWN)] = None
    hint: Annotated[str | None, Facts("The end of what it holds, to know it by; null where that is short.")] = None
    version: Annotated[int, Facts("Counts what it has held, from 1.")] = 1
    created_by: Annotated[PydanticObjectId, Facts("Who created it.", refers=Kind.USER)]
    rotated_at: Annotated[datetime, Facts("Since when it holds what it does.")] = Field(default_factory=utc_now)
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "credentials"
        indexes = [IndexModel([("organization_id", ASCENDING), ("key", ASCENDING)], unique=True)]


class CredentialVersion(Stored[CredentialVersionRecord]):
    """What a credential holds, sealed under a data key of its own; `wrapped_key` is that one, sealed under the vault's
    key `kid`. Both are bound to the organization, the credential and the version. There is only the latest."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.CREDENTIAL_VERSION))
    organization_id: PydanticObjectId
    credential_id: PydanticObjectId
    version: int
    kid: str
    wrapped_key: bytes
    sealed: bytes

    class Settings:
        name = "credential_versions"
        indexes = [
            IndexModel([("credential_id", ASCENDING)], unique=True),
            IndexModel([("organization_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("kid", ASCENDING), ("_id", ASCENDING)]),
        ]
