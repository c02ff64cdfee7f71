"""What is shown of agents and of their templates."""

from typing import Literal

from typing_extensions import TypedDict

from models import AgentTemplate
from models.agent_enums import AgentStatus
from models.base import timestamp
from models.records import AgentRecord, AgentTemplateRecord
from resolvers.overview.agents import AgentCompletion
from rest.orkosi.present.automation import OrkosiAutomationData
from rest.orkosi.present.show import Timestamp, presents, shown

Word = Literal["active", "idle", "offline", "error"]
PublicWord = Literal["idle", "working", "blocked", "offline", "paused"]

WORDS: dict[AgentStatus, Word] = {
    AgentStatus.WORKING: "active",
    AgentStatus.IDLE: "idle",
    AgentStatus.PAUSED: "offline",
    AgentStatus.OFFLINE: "offline",
    AgentStatus.BLOCKED: "error",
    AgentStatus.ERROR: "error",
}
PUBLIC_WORDS: dict[AgentStatus, PublicWord] = {
    AgentStatus.WORKING: "working",
    AgentStatus.IDLE: "idle",
    AgentStatus.PAUSED: "paused",
    AgentStatus.OFFLINE: "offline",
    AgentStatus.BLOCKED: "blocked",
    AgentStatus.ERROR: "blocked",
}
STATUSES: dict[PublicWord, AgentStatus] = {word: status for status, word in reversed(PUBLIC_WORDS.items())}
"""What clients mean by a word: `blocked` is BLOCKED."""


class AgentParts(TypedDict):
    """What both forms show. `name` is the slug."""

    id: int
    name: str
    display_name: str
    role: str | None
    emoji: str | None
    current_task: str | None
    workspace_path: str | None
    last_heartbeat: Timestamp | None
    created_at: Timestamp
    updated_at: Timestamp


class OrkosiAgentData(AgentParts):
    """An agent, as its workspace runs it. Of the last 30 days are `cost_usd`, what its models have cost, and
    `tasks_done`; `completion_rate` is the part of those, and of what it has open, that is done."""

    status: Word
    model: str | None
    color: str | None
    interval_sec: int | None
    paused: bool
    cost_usd: float
    tasks_done: int
    tasks_open: int
    completion_rate: float | None
    automations: list[OrkosiAutomationData]


class PublicAgentData(AgentParts):
    """An agent, as programs from outside see it."""

    status: PublicWord


class OrkosiStepData(TypedDict):
    """A step of setting an agent up, and what came of it."""

    step: str
    status: Literal["done", "skipped"]
    detail: str


class SetUpData(TypedDict):
    """A new agent. `token` is its own, shown this once; null where it has none."""

    agent: OrkosiAgentData
    token: str | None
    steps: list[OrkosiStepData]


@presents(AgentTemplate, without=["interval_seconds", "created_by"])
class OrkosiTemplateData(TypedDict):
    """What new agents can begin with."""

    id: int
    interval_sec: int | None


def agent(
    record: AgentRecord,
    status: AgentStatus,
    cost: int,
    completion: AgentCompletion,
    automations: list[OrkosiAutomationData],
) -> OrkosiAgentData:
    """An agent that is about something, whose models have cost some millionths of a US dollar."""
    return {
        **_parts(record),
        "status": WORDS[status],
        "model": record.get("model"),
        "color": record.get("color"),
        "interval_sec": record.get("interval_seconds"),
        "paused": record.get("paused_at") is not None,
        "cost_usd": cost / 1_000_000,
        "tasks_done": completion["done"],
        "tasks_open": completion["open"],
        "completion_rate": completion["rate"],
        "automations": automations,
    }


def public_agent(record: AgentRecord, status: AgentStatus) -> PublicAgentData:
    return {**_parts(record), "status": PUBLIC_WORDS[status]}


def template(record: AgentTemplateRecord) -> OrkosiTemplateData:
    return {
        **shown(OrkosiTemplateData, record),
        "id": record["number"] or 0,
        "interval_sec": record["interval_seconds"],
    }


def _parts(record: AgentRecord) -> AgentParts:
    heard = record.get("heartbeat_at")
    return {
        "id": record["number"] or 0,
        "name": record["slug"],
        "display_name": record["name"],
        "role": record.get("role"),
        "emoji": record.get("emoji"),
        "current_task": record.get("current_task"),
        "workspace_path": record.get("workspace_path"),
        "last_heartbeat": None if heard is None else timestamp(heard),
        "created_at": timestamp(record["created_at"]),
        "updated_at": timestamp(record["updated_at"]),
    }
