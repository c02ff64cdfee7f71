"""Personal access tokens (`sl_…`), of people and of agents."""

from datetime import datetime

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory
from models.enums import TokenScope
from models.ids import Kind


class ApiToken(Stored):
    """A token. `secret_hash` is the SHA-256 (hex) of the whole `sl_…` text, `prefix` its first 9 characters.

    An agent's token carries `agent_id` and `workspace_id`: it works in that workspace alone.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.API_TOKEN))
    user_id: PydanticObjectId
    name: str
    prefix: str
    secret_hash: str
    scopes: list[TokenScope]
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
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
