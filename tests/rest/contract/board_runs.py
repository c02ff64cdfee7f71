"""The agent board's agents: their runs, what is said in them, and how they are handed over."""

from collections.abc import Awaitable, Callable
from typing import Any

from models import Card, Mission
from models.base import collection
from models.enums import ColumnKind, MissionStatus
from resolvers.inputs.mission import CardMissionPrompt
from resolvers.mission.prompt import prompt_card
from tests.resolvers.lab import again
from tests.rest.contract.board import data, no_id
from tests.rest.contract.board_work import COLUMNS
from tests.rest.contract.contract import MEMBER, STRANGER, Contract, Ref, Refused, Then, bad, without
from tests.rest.contract.shape import ID, TEXT, TIME
from tests.rest.contract.stage import Stage
from tests.world.paths import B_CARD, B_PROJECT, BOARD

AGENT = B_CARD + "/agent"
RELAY = BOARD + "/settings/context-relay"
IDLE = {"sessionId": None, "status": "idle", "cardId": Ref("card"), "waitingFor": None}
QUEUED = {"sessionId": Ref("run"), "status": "queued", "cardId": Ref("card"), "waitingFor": "credential"}
SESSION = {
    "sessionId": Ref("run"),
    "status": "queued",
    "reason": "message",
    "columnId": Ref("column"),
    "prompt": TEXT,
    "startedAt": None,
    "finishedAt": None,
    "summary": None,
    "error": None,
    "usage": {"calls": 0, "inputTokens": 0, "outputTokens": 0, "cost": 0},
}
SAID = {
    "id": ID,
    "sessionId": Ref("run"),
    "role": "user",
    "type": "prompt",
    "content": "Mind the rain",
    "tool": None,
    "data": None,
    "createdAt": TIME,
}


def _begun(**stands: Any) -> Callable[[Stage], Awaitable[None]]:
    """A run of the card that somebody has begun by a message, and that stands so."""

    async def arrange(stage: Stage) -> None:
        values = CardMissionPrompt(text="Mind the rain")
        mission = (await prompt_card(again(stage.owner), stage.ids["card"], values)).value
        stage.ids["run"] = mission["_id"]
        await collection(Mission).update_one({"_id": mission["_id"]}, {"$set": {"waiting_for": "credential", **stands}})
        if stands.get("status") in (MissionStatus.CANCELLED, MissionStatus.COMPLETED):
            idle = {"$set": {"active_mission_id": None}}
            await collection(Card).update_one({"_id": stage.ids["card"]}, idle)

    return arrange


async def _active_column(stage: Stage) -> None:
    sent: dict[str, Any] = {"name": "Now", "columnType": "active", "boardId": Ref("project"), "prompt": "Do it"}
    stage.ids["now"] = (await stage.made(COLUMNS, **sent))["data"]["id"]


async def _held(stage: Stage) -> None:
    await _active_column(stage)
    column = await stage.database.db["columns"].find_one({"kind": ColumnKind.ACTIVE.value, "name": "Now"})
    assert column is not None
    waiting = {"$set": {"pending_column_id": column["_id"]}}
    await collection(Card).update_one({"_id": stage.ids["card"]}, waiting)


CONTRACTS = [
    Contract(
        method="GET",
        route=AGENT,
        given=_begun(),
        answers=data(QUEUED),
        bad=no_id("cardId"),
        denied=without("pilotage:read"),
    ),
    Contract(
        method="POST",
        route=AGENT + "/cancel",
        given=_begun(),
        status=204,
        answers=None,
        then=(
            Then(AGENT, data(IDLE)),
            Then(AGENT + "/history", data(({**SESSION, "status": "cancelled", "finishedAt": TIME},))),
        ),
        bad=no_id("cardId"),
        denied=without("pilotage:write"),
    ),
    Contract(
        method="GET",
        route=AGENT + "/sessions",
        given=_begun(),
        answers=data((SESSION,)),
        bad=bad("limit", params={"limit": "0"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=AGENT + "/history",
        given=_begun(status=MissionStatus.COMPLETED, summary="Done"),
        params={"limit": "10"},
        answers=data(({**SESSION, "status": "success", "summary": "Done"},)),
        bad=bad("limit", params={"limit": "none"}),
        denied=without("pilotage:read"),
    ),
    Contract(
        method="GET",
        route=AGENT + "/messages",
        given=_begun(),
        params={"sessionId": Ref("run"), "since": "2026-01-01T00:00:00Z", "limit": "50"},
        answers=data({"messages": (SAID,), "hasMore": False}),
        bad=bad("since", params={"since": "yesterday"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=AGENT + "/message",
        given=_begun(),
        sent={"content": "And the wind"},
        answers=data(QUEUED),
        then=(Then(AGENT + "/messages", data({"messages": (SAID, {**SAID, "content": "And the wind"})})),),
        bad=bad("content", sent={"content": ""}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=AGENT + "/retry",
        given=_begun(status=MissionStatus.CANCELLED),
        status=204,
        answers=None,
        then=(Then(AGENT, data({"sessionId": ID, "status": "queued"})),),
        # Nobody has worked on this card.
        bad=Refused(status=409, code="CONFLICT", path={"cardId": Ref("second_card")}),
        denied=without("pilotage:write"),
    ),
    Contract(
        method="POST",
        route=AGENT + "/relaunch",
        given=_begun(),
        status=204,
        answers=None,
        then=(Then(AGENT + "/sessions", data(({"reason": "relaunch"}, {"status": "cancelled"}))),),
        bad=Refused(status=409, code="CONFLICT", path={"cardId": Ref("second_card")}),
        denied=without("pilotage:write"),
    ),
    Contract(
        method="POST",
        route=AGENT + "/relay",
        given=_begun(status=MissionStatus.RUNNING, started_at=None),
        status=204,
        answers=None,
        then=(Then(AGENT + "/sessions", data(({"reason": "relay"}, {"status": "success", "summary": TEXT}))),),
        bad=Refused(status=409, code="CONFLICT", path={"cardId": Ref("second_card")}),
        denied=without("pilotage:write"),
    ),
    Contract(
        method="POST",
        route=AGENT + "/plan-approve",
        given=_begun(status=MissionStatus.AWAITING_APPROVAL, waiting_for=None),
        sent={"approved": False, "feedback": "Not so fast"},
        status=200,
        answers=data({"sessionId": Ref("run"), "status": "running", "cardId": Ref("card"), "waitingFor": None}),
        bad=bad("feedback", sent={"approved": False}),
        denied=without("pilotage:write"),
    ),
    Contract(
        method="POST",
        route=B_CARD + "/summary",
        given=_begun(status=MissionStatus.COMPLETED, summary="Implemented the form"),
        status=200,
        answers=data({"summary": "Implemented the form"}),
        bad=Refused(status=409, code="CONFLICT", path={"cardId": Ref("second_card")}),
        denied=without("pilotage:read"),
    ),
    Contract(
        method="POST",
        route=B_CARD + "/activate",
        given=_active_column,
        status=204,
        answers=None,
        then=(Then(B_CARD, data({"columnId": Ref("now"), "hasActiveAgent": True})),),
        bad=no_id("cardId"),
        denied=without("projects:write"),
    ),
    Contract(
        method="POST",
        route=B_CARD + "/approve-auto",
        given=_held,
        status=204,
        answers=None,
        then=(Then(B_CARD, data({"columnId": Ref("now"), "autoApprovalPending": False})),),
        bad=Refused(status=409, code="CONFLICT", path={"cardId": Ref("second_card")}),
        denied=without("projects:write"),
    ),
    Contract(
        method="GET",
        route=B_PROJECT + "/active-agents",
        given=_begun(),
        answers=data(({"cardId": Ref("card"), "cardTitle": "First", "status": "queued", "sessionId": Ref("run")},)),
        bad=no_id("projectId"),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=RELAY,
        params={"organizationId": Ref("organization")},
        answers=data({"mode": "manual", "threshold": 0.8}),
        bad=bad("organizationId", params={"organizationId": "org_001"}),
        denied=STRANGER,
    ),
    Contract(
        method="PUT",
        route=RELAY,
        sent={"mode": "auto", "threshold": 0.5, "organizationId": Ref("organization")},
        answers=data({"mode": "auto", "threshold": 0.5}),
        bad=bad("threshold", sent={"threshold": 2, "organizationId": Ref("organization")}),
        denied=MEMBER,
    ),
]
