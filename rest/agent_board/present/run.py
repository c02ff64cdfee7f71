"""Runs: what agents do about cards, called sessions here, and what is said in them."""

from collections.abc import Sequence
from typing import Any, Literal

from typing_extensions import TypedDict

from models.base import AnyRecord, timestamp
from models.enums import MissionActivityKind, MissionReason, MissionStatus, MissionWait
from models.records import CardRecord, MissionActivityRecord, MissionRecord
from resolvers.kit.context import Context
from resolvers.mission.mission import card_of, prompt_of
from resolvers.usage.sums import usage_of_mission
from rest.present import Id, Timestamp, word

RunStatus = Literal["queued", "running", "waiting", "success", "error", "cancelled"]
STATUSES: dict[str, RunStatus] = {
    MissionStatus.QUEUED: "queued",
    MissionStatus.RUNNING: "running",
    MissionStatus.AWAITING_APPROVAL: "waiting",
    MissionStatus.COMPLETED: "success",
    MissionStatus.FAILED: "error",
    MissionStatus.CANCELLED: "cancelled",
}
"""What the status of a mission is called as that of a run."""

Reason = Literal["column", "message", "retry", "relaunch", "relay"]
Waits = Literal["proposals", "answer", "budget", "credential"]


class AgentData(TypedDict):
    """The run of a card that is not finished; `idle` for none. `waitingFor` is what it does not go on for."""

    sessionId: Id | None
    status: RunStatus | Literal["idle"]
    cardId: Id
    waitingFor: Waits | None


class RunUsageData(TypedDict):
    """What the models of a run have cost; `cost` in millionths of a US dollar."""

    calls: int
    inputTokens: int
    outputTokens: int
    cost: int


class RunSessionData(TypedDict):
    """A run. `reason` is what has begun it; null for one that was asked of an agent directly."""

    sessionId: Id
    status: RunStatus
    reason: Reason | None
    columnId: Id | None
    prompt: str
    startedAt: Timestamp | None
    finishedAt: Timestamp | None
    summary: str | None
    error: str | None
    usage: RunUsageData


class RunMessageData(TypedDict):
    """Something that an agent reported, or a person said."""

    id: Id
    sessionId: Id
    role: Literal["user", "agent"]
    type: Literal["thought", "action", "response", "elicitation", "prompt", "error"]
    content: str
    tool: str | None
    data: Any
    createdAt: Timestamp


class MessagesData(TypedDict):
    """Messages, oldest first. `hasMore` tells that there are others where these end: later ones after `since`, else
    earlier ones."""

    messages: list[RunMessageData]
    hasMore: bool


class ActiveAgentData(TypedDict):
    """A card that an agent works on."""

    cardId: Id
    cardTitle: str
    status: RunStatus
    sessionId: Id


class RunSummaryData(TypedDict):
    """What came of the work on a card."""

    summary: str


def agent(card: CardRecord, mission: MissionRecord | None) -> AgentData:
    """The run of a card, or none."""
    if mission is None:
        return {"sessionId": None, "status": "idle", "cardId": str(card["_id"]), "waitingFor": None}
    waits = mission.get("waiting_for")
    return {
        "sessionId": str(mission["_id"]),
        "status": STATUSES[mission["status"]],
        "cardId": str(card["_id"]),
        "waitingFor": None if waits is None else word(MissionWait(waits)),
    }


async def sessions(ctx: Context, missions: Sequence[MissionRecord]) -> list[RunSessionData]:
    """Runs, with what they have cost, in one query."""
    usages = await usage_of_mission(ctx, missions, None)
    prompts = await prompt_of(ctx, missions, None)
    return [
        _session(mission, prompt or "", usage) for mission, prompt, usage in zip(missions, prompts, usages, strict=True)
    ]


def message(record: AnyRecord) -> RunMessageData:
    """One message."""
    return {
        "id": str(record["_id"]),
        "sessionId": str(record["mission_id"]),
        "role": "agent" if record.get("author_id") is None else "user",
        "type": word(MissionActivityKind(record["kind"])),
        "content": record["content"],
        "tool": record.get("tool"),
        "data": record.get("data"),
        "createdAt": timestamp(record["created_at"]),
    }


def messages(records: Sequence[MissionActivityRecord], *, has_more: bool) -> MessagesData:
    """Some messages."""
    return {"messages": [message(record) for record in records], "hasMore": has_more}


async def active_agents(ctx: Context, missions: Sequence[MissionRecord]) -> list[ActiveAgentData]:
    """The cards that agents work on, in one query."""
    cards = await card_of(ctx, missions, frozenset({"title"}))
    return [
        {
            "cardId": str(card["_id"]),
            "cardTitle": card["title"],
            "status": STATUSES[mission["status"]],
            "sessionId": str(mission["_id"]),
        }
        for mission, card in zip(missions, cards, strict=True)
        if card is not None
    ]


def _session(mission: MissionRecord, prompt: str, usage: AnyRecord) -> RunSessionData:
    reason, column_id = mission.get("reason"), mission.get("column_id")
    began, ended = mission["started_at"], mission["finished_at"]
    return {
        "sessionId": str(mission["_id"]),
        "status": STATUSES[mission["status"]],
        "reason": None if reason is None else word(MissionReason(reason)),
        "columnId": None if column_id is None else str(column_id),
        "prompt": prompt,
        "startedAt": None if began is None else timestamp(began),
        "finishedAt": None if ended is None else timestamp(ended),
        "summary": mission["summary"],
        "error": mission["error"],
        "usage": {
            "calls": usage["calls"],
            "inputTokens": usage["input_tokens"],
            "outputTokens": usage["output_tokens"],
            "cost": usage["cost"],
        },
    }
