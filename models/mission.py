"""Missions: what an agent is asked to do, and what it reports while it does it."""

from datetime import datetime
from typing import Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Stored, id_factory
from models.enums import MissionActivityKind, MissionStatus
from models.ids import Kind


class Mission(Stored):
    """A mission. `progress` is 0 to 1; `started_at` is set when an agent claims it, `finished_at` at a final status."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.MISSION))
    workspace_id: PydanticObjectId
    agent_id: PydanticObjectId
    project_id: PydanticObjectId | None = None
    card_id: PydanticObjectId | None = None
    prompt: str
    status: MissionStatus = MissionStatus.QUEUED
    progress: float = 0.0
    summary: str | None = None
    error: str | None = None
    created_by: PydanticObjectId
    activity_count: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None

    class Settings:
        name = "missions"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("agent_id", ASCENDING), ("status", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("agent_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("card_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("project_id", ASCENDING)]),
        ]


class MissionActivity(Stored):
    """One report of an agent. `position` counts from 1 within its mission and gives the order."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.MISSION_ACTIVITY))
    workspace_id: PydanticObjectId
    mission_id: PydanticObjectId
    position: int
    kind: MissionActivityKind
    content: str
    tool: str | None = None
    data: Any = None

    class Settings:
        name = "mission_activities"
        indexes = [
            IndexModel([("mission_id", ASCENDING), ("position", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("created_at", ASCENDING)]),
        ]
