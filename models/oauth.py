"""OAuth 2.1: the applications that people give access to, and what they gave."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind
from models.enums import TokenScope
from models.facts import Facts
from models.ids import Kind
from models.records import OAuthClientRecord, OAuthCodeRecord, OAuthGrantRecord


@kind(0xD1)
class OAuthClient(Stored[OAuthClientRecord]):
    """An application: one that registered itself, or with `url` what its own description at that address says, kept for
    a while. It goes at `expires_at`; one that registered stays as long as it is used."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.OAUTH_CLIENT))
    url: str | None = None
    name: str
    redirect_uris: list[str]
    expires_at: datetime

    class Settings:
        name = "oauth_clients"
        indexes = [
            IndexModel([("url", ASCENDING)], unique=True, partialFilterExpression={"url": {"$type": "string"}}),
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
        ]


@kind(0xD3)
class OAuthCode(Stored[OAuthCodeRecord]):
    """What a person has just agreed to, until the application has come for it with the code. `code_hash` is the SHA-256
    (hex) of that. It stays for a while after `valid_until`, so that a code that comes twice is known; `grant_id` is
    what came of the first time, and `goes_at` when the document goes."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.OAUTH_CODE))
    code_hash: str
    user_id: PydanticObjectId
    client_id: str
    client_name: str
    client_host: str | None
    scopes: list[TokenScope]
    redirect_uri: str
    redirect_uri_given: bool
    challenge: str
    valid_until: datetime
    goes_at: datetime
    grant_id: PydanticObjectId | None = None

    class Settings:
        name = "oauth_codes"
        indexes = [
            IndexModel([("code_hash", ASCENDING)], unique=True),
            IndexModel([("user_id", ASCENDING)]),
            IndexModel([("goes_at", ASCENDING)], expireAfterSeconds=0),
        ]


@kind(0xD2)
class OAuthGrant(Stored[OAuthGrantRecord]):
    """That an application may act for a person at `/mcp`. Its tokens stand on this document, and end with it.

    `generation` counts its refresh tokens: the last of them is the only one that is good.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.OAUTH_GRANT))
    user_id: PydanticObjectId
    client_id: Annotated[str, Facts("What the application calls itself by: the address of its description, or an id.")]
    client_name: Annotated[str, Facts("The name that the application gives itself.")]
    client_host: Annotated[
        str | None,
        Facts("The host that describes the application; null for one that registered itself, whose name says nothing."),
    ]
    redirect_host: Annotated[str, Facts("Where the answer to the consent was sent.")]
    scopes: Annotated[list[TokenScope], Facts("What it may be used for.")]
    expires_at: Annotated[datetime, Facts("When it ends, unless the application renews it before.")]
    last_used_at: Annotated[datetime | None, Facts("When it was last used, to the minute.")] = None
    generation: int = 1

    class Settings:
        name = "oauth_grants"
        indexes = [
            IndexModel([("user_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
        ]
