"""Agents: service users of a workspace that carry out missions."""

from datetime import datetime

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, utc_now
from models.enums import AutonomyMode
from models.ids import Kind


class Agent(Stored):
    """An agent. `slug` is unique in its workspace; `user_id` is the service user that it acts as.

    `created_by` is the person who made it, and was shown its token. A deleted agent stays, with `deleted_at`, for the
    missions that name it; nobody else finds it.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.AGENT))
    workspace_id: PydanticObjectId
    user_id: PydanticObjectId
    created_by: PydanticObjectId | None = None
    name: str
    slug: str
    description: str | None = None
    autonomy_mode: AutonomyMode = AutonomyMode.SUPERVISED
    tools: list[str] = Field(default_factory=list)
    mcp_only: bool = False
    updated_at: datetime = Field(default_factory=utc_now)
    deleted_at: datetime | None = None

    class Settings:
        name = "agents"
        indexes = [
            # Null among those that are not deleted, so that a slug is free again.
            IndexModel([("workspace_id", ASCENDING), ("slug", ASCENDING), ("deleted_at", ASCENDING)], unique=True),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("user_id", ASCENDING)]),
        ]
