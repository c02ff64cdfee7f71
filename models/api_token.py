"""Personal access tokens (`sl_…`), of people and of agents."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory
from models.enums import TokenScope
from models.facts import Facts
from models.ids import Kind
from models.records import ApiTokenRecord


class ApiToken(Stored[ApiTokenRecord]):
    """A token. `secret_hash` is the SHA-256 (hex) of the whole `sl_…` text, `prefix` its first 9 characters.

    An agent's token carries `agent_id` and `workspace_id`: it works in that workspace alone.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.API_TOKEN))
    user_id: PydanticObjectId
    name: Annotated[str, Facts("What it is for.")]
    prefix: Annotated[str, Facts("How its text begins.")]
    secret_hash: str
    scopes: Annotated[list[TokenScope], Facts("What it may be used for.")]
    expires_at: Annotated[datetime | None, Facts("When it ends; null for never.")] = None
    last_used_at: Annotated[datetime | None, Facts("When it was last used, to the minute.")] = None
    agent_id: PydanticObjectId | None = None
    workspace_id: PydanticObjectId | None = None

    class Settings:
        name = "api_tokens"
        indexes = [
            IndexModel([("secret_hash", ASCENDING)], unique=True),
            IndexModel([("user_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("agent_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
