"""Credentials of an organization: what it signs in with to others. What they hold is sealed (`auth.vault`)."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, UpdatedAt, id_factory, kind, utc_now
from models.enums import CredentialAuthorization
from models.facts import CREATE, SHOWN, WRITTEN, Facts
from models.ids import Kind
from models.limits import MARKDOWN, NAME, Text
from models.records import CredentialRecord, CredentialVersionRecord

KEY = Text(1, 100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
PROVIDER = Text(1, 50, pattern=r"^[a-z0-9][a-z0-9._-]*$")


@kind(0xC1)
class Credential(Stored[CredentialRecord]):
    """A credential, without what it holds, so that whatever carries a record of it carries no secret.

    `version` is 0 for one that holds nothing yet. `authorization` is as it was left: what it counts as follows from
    `authorization_expires_at` too (`resolvers.credential.authorization`). While it is PENDING, what is sealed is what
    the provider's answer is held against, and nothing that lets anybody in. `refreshed_until` is until when somebody
    gets another token for it.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.CREDENTIAL))
    organization_id: Annotated[PydanticObjectId, Facts("The organization that it belongs to.")]
    key: Annotated[str, Facts("What it is called by, unique in the organization.", SHOWN | CREATE, text=KEY)]
    name: Annotated[str | None, Facts("What people call it; null for its key.", SHOWN | WRITTEN, text=NAME)] = None
    provider: Annotated[
        str | None,
        Facts(
            "Whose it is: `anthropic`, `openai`, or what the operator calls another one. Models of a provider are "
            "asked with the credential that is assigned for it.",
            SHOWN | CREATE,
            text=PROVIDER,
        ),
    ] = None
    description: Annotated[str | None, Facts("What it is for.", SHOWN | WRITTEN, text=MARKDOWN)] = None
    mask: Annotated[
        str | None, Facts("The family of what it holds, to know it by: `sk-ant-...****`; null while it holds nothing.")
    ] = None
    hint: Annotated[str | None, Facts("The end of what it holds, to know it by; null where that is short.")] = None
    version: Annotated[int, Facts("Counts what it has held, from 1; 0 for nothing yet.")] = 1
    authorization: CredentialAuthorization | None = None
    authorization_expires_at: datetime | None = None
    refreshed_until: datetime | None = None
    verified_at: Annotated[datetime | None, Facts("When its provider was last asked whether it is taken.")] = None
    problem: Annotated[str | None, Facts("Why it was not taken then.")] = None
    created_by: Annotated[PydanticObjectId, Facts("Who created it.", refers=Kind.USER)]
    rotated_at: Annotated[datetime, Facts("Since when it holds what it does.")] = Field(default_factory=utc_now)
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "credentials"
        indexes = [IndexModel([("organization_id", ASCENDING), ("key", ASCENDING)], unique=True)]


@kind(0xC2)
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
