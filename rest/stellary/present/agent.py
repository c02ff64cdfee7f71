"""Agents and their missions."""

from typing import Any, Literal

from typing_extensions import TypedDict

from models.base import Record
from models.enums import AutonomyMode, MissionActivityKind, MissionStatus
from rest.stellary.present.base import Id, Timestamp, id_or_none, plain, timestamp, timestamp_or_none

Mode = Literal["supervised", "autonomous", "approval"]
Status = Literal["queued", "running", "awaiting_approval", "completed", "failed", "cancelled"]
ActivityKind = Literal["thought", "action", "response", "elicitation", "prompt", "error"]


class Agent(TypedDict):
    """A service user of a workspace that carries out missions; `userId` is the user that it acts as."""

    id: Id
    workspaceId: Id
    userId: Id
    name: str
    slug: str
    description: str | None
    autonomyMode: Mode
    tools: list[str]
    mcpOnly: bool
    createdAt: Timestamp
    updatedAt: Timestamp


class CreatedAgent(Agent):
    """A new agent with its own token, which is shown this once."""

    token: str


class Mission(TypedDict):
    """What an agent is asked to do. `progress` is 0 to 1."""

    id: Id
    workspaceId: Id
    agentId: Id
    projectId: Id | None
    cardId: Id | None
    prompt: str
    status: Status
    progress: float
    summary: str | None
    error: str | None
    activityCount: int
    createdBy: Id
    createdAt: Timestamp
    startedAt: Timestamp | None
    finishedAt: Timestamp | None


class MissionActivity(TypedDict):
    """One report of an agent. `position` counts from 1 within its mission."""

    id: Id
    position: int
    kind: ActivityKind
    content: str
    tool: str | None
    data: Any
    createdAt: Timestamp


class MissionDetails(Mission):
    """A mission with what its agent has reported, oldest first."""

    activities: list[MissionActivity]


class ClaimedMission(TypedDict):
    """The mission that was claimed; null when none is queued."""

    mission: Mission | None


def agent(record: Record) -> Agent:
    return {
        "id": str(record["_id"]),
        "workspaceId": str(record["workspace_id"]),
        "userId": str(record["user_id"]),
        "name": record["name"],
        "slug": record["slug"],
        "description": record["description"],
        "autonomyMode": AutonomyMode(record["autonomy_mode"]).value,
        "tools": record["tools"],
        "mcpOnly": record["mcp_only"],
        "createdAt": timestamp(record["created_at"]),
        "updatedAt": timestamp(record["updated_at"]),
    }


def mission(record: Record) -> Mission:
    return {
        "id": str(record["_id"]),
        "workspaceId": str(record["workspace_id"]),
        "agentId": str(record["agent_id"]),
        "projectId": id_or_none(record["project_id"]),
        "cardId": id_or_none(record["card_id"]),
        "prompt": record["prompt"],
        "status": MissionStatus(record["status"]).value,
        "progress": record["progress"],
        "summary": record["summary"],
        "error": record["error"],
        "activityCount": record["activity_count"],
        "createdBy": str(record["created_by"]),
        "createdAt": timestamp(record["created_at"]),
        "startedAt": timestamp_or_none(record["started_at"]),
        "finishedAt": timestamp_or_none(record["finished_at"]),
    }


def mission_activity(record: Record) -> MissionActivity:
    return {
        "id": str(record["_id"]),
        "position": record["position"],
        "kind": MissionActivityKind(record["kind"]).value,
        "content": record["content"],
        "tool": record["tool"],
        "data": plain(record["data"]),
        "createdAt": timestamp(record["created_at"]),
    }
