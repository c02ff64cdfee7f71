"""Tokens (`sl_…`) of people and of agents, and the API keys of organizations."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind
from models.enums import TokenScope
from models.facts import GRAPH, SHOWN, UPDATE, Facts
from models.ids import Kind
from models.limits import MARKDOWN, NAME
from models.records import ApiTokenRecord

DELETED_FOR = 90 * 24 * 3600
"""Seconds that a deleted key is kept."""


@kind(0x13)
class ApiToken(Stored[ApiTokenRecord]):
    """A token. `secret_hash` is the SHA-256 (hex) of the whole `sl_…` text, `prefix` its first 9 characters.

    An agent's token carries `agent_id` and `workspace_id`: it works in that workspace alone. So does the key of an
    organization, which carries `organization_id` and acts as a user of its own. A key's text of before counts until
    `previous_until`; `rotations` counts how often it was given another. Fields after `workspace_id` were added later: a
    stored token may lack them.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.API_TOKEN))
    user_id: PydanticObjectId
    name: Annotated[str, Facts("What it is for.", SHOWN | UPDATE, text=NAME)]
    prefix: Annotated[str, Facts("How its text begins.")]
    secret_hash: str
    scopes: Annotated[list[TokenScope], Facts("What it may be used for.")]
    expires_at: Annotated[datetime | None, Facts("When it ends; null for never.")] = None
    last_used_at: Annotated[datetime | None, Facts("When it was last used, to the minute.")] = None
    agent_id: PydanticObjectId | None = None
    workspace_id: PydanticObjectId | None = None
    organization_id: PydanticObjectId | None = None
    description: Annotated[str | None, Facts("More on what it is for.", GRAPH | UPDATE, text=MARKDOWN)] = None
    is_active: Annotated[
        bool, Facts("Whether it lets in, if nothing else is in its way.", GRAPH | UPDATE, late=True)
    ] = True
    previous_hash: str | None = None
    previous_until: Annotated[
        datetime | None, Facts("Until when its text of before counts too; null where none does.", GRAPH)
    ] = None
    rotations: Annotated[int, Facts("How often it was given another text.", GRAPH, late=True)] = 0
    revoked_at: Annotated[datetime | None, Facts("When it was revoked, for good.", GRAPH)] = None
    deleted_at: datetime | None = None

    class Settings:
        name = "api_tokens"
        indexes = [
            IndexModel([("secret_hash", ASCENDING)], unique=True),
            IndexModel([("previous_hash", ASCENDING)]),
            IndexModel([("user_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("agent_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("organization_id", ASCENDING), ("deleted_at", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("deleted_at", ASCENDING)], expireAfterSeconds=DELETED_FOR),
        ]
