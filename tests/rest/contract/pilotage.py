"""Contracts of what a workspace steers by. What the interface calls a mission here is an objective."""

from models.enums import PilotageRole
from resolvers.inputs.workspace import WorkspaceMemberUpdate
from resolvers.member.workspace_member import update_workspace_member
from tests.resolvers.lab import again
from tests.rest.contract.contract import MEMBER, STRANGER, Contract, Ref, Then, bad, unknown, without
from tests.rest.contract.shape import COUNT, ID, LIST, NUMBER, TIME
from tests.rest.contract.stage import Stage
from tests.world.paths import PILOTAGE

STATE = PILOTAGE + "/state"
OBJECTIVE = PILOTAGE + "/missions/{objectiveId}"
TODO = PILOTAGE + "/todos/{todoId}"
SELL = {
    "id": Ref("objective"),
    "objective": "Sell",
    "module": None,
    "status": "to_launch",
    "blockedReason": None,
    "doneAt": None,
    "createdAt": TIME,
    "updatedAt": TIME,
}
BILLING = {"id": Ref("pilotage_priority"), "label": "Billing", "module": None, "active": True, "createdAt": TIME}
TEST = {
    "id": Ref("todo"),
    "label": "Test",
    "status": "todo",
    "missionId": Ref("objective"),
    "priorityId": Ref("pilotage_priority"),
    "createdAt": TIME,
}
BUY = {"id": Ref("decision"), "title": "Buy", "impact": None, "createdAt": TIME}
BILLING_API = {"id": Ref("pilotage_document"), "title": "Billing API", "owner": None, "sourceType": None}
ORDER = {"id": Ref("standing_order"), "text": "Write tests", "agentId": None, "permanent": False, "active": True}
COUNTS = {
    "missions": {"to_launch": 1, "in_progress": 0, "blocked": 0, "done": 0},
    "todos": {"todo": 1, "in_progress": 0, "blocked": 0, "done": 0},
    "activePriorities": 1,
    "decisions": 1,
    "activeDocs": 1,
    "standingOrders": 1,
}
BILL = {"objective": "Implement billing module", "module": "billing"}
NO_WORKSPACE = unknown(wsSlug="no-such-workspace")


async def _member_steers(stage: Stage) -> None:
    """Who is owner of the pilotage may write it, whatever the role."""
    values = WorkspaceMemberUpdate(pilotage_role=PilotageRole.OWNER)
    await update_workspace_member(again(stage.owner), stage.ids["workspace"], stage.ids["member_id"], values)


async def _objective_is_blocked(stage: Stage) -> None:
    answer = await stage.send("PATCH", OBJECTIVE, json={"status": "blocked"})
    assert answer.status_code == 200, answer.text


CONTRACTS = [
    Contract(
        method="GET",
        route=STATE,
        answers={
            "cycle": "v1",
            "contractVersion": 7,
            "missions": (SELL,),
            "activePriorities": (BILLING,),
            "todos": (TEST,),
            "decisions": (BUY,),
            "activeDocs": (BILLING_API,),
            "standingOrders": (ORDER,),
            "counts": COUNTS,
            "warnings": (),
            "usageContext": {
                "profile": "pilotage",
                "role": "owner",
                "intent": "weekly_review",
                "detailLevel": "standard",
            },
        },
        bad=bad("profile", params={"profile": "poetry"}),
        denied=STRANGER,
    ),
    Contract(
        method="GET",
        route=PILOTAGE + "/dashboard",
        answers={
            "cycle": "v1",
            "counts": COUNTS,
            "warnings": (),
            "agentMissions": {"queued": 0, "running": 1, "awaiting_approval": 0},
            "runs": ({"id": Ref("mission"), "status": "running"},),
            "approvals": 1,
            "spent": {"calls": 0, "inputTokens": 0, "outputTokens": 0, "costUsd": NUMBER},
        },
        bad=NO_WORKSPACE,
        denied=without("pilotage:read"),
    ),
    Contract(
        method="GET",
        route=PILOTAGE + "/portfolio",
        given=_objective_is_blocked,
        answers={
            "projects": LIST,
            "totals": {"projects": COUNT},
            "missions": ({**SELL, "status": "blocked"},),
            "risks": ({"kind": "objective_blocked", "count": 1, "missionId": Ref("objective"), "projectId": None},),
        },
        bad=NO_WORKSPACE,
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=PILOTAGE + "/missions",
        by="member",
        given=_member_steers,
        sent=BILL,
        answers={**SELL, **BILL, "id": ID},
        then=(Then(STATE, {"missions": (SELL, BILL)}),),
        bad=bad("objective", sent={"module": "billing"}),
        denied=STRANGER,
    ),
    Contract(
        method="PATCH",
        route=OBJECTIVE,
        sent={"status": "blocked", "blockedReason": "Waiting on API"},
        answers={**SELL, "status": "blocked", "blockedReason": "Waiting on API"},
        then=(Then(STATE, {"missions": ({"blockedReason": "Waiting on API"},)}),),
        bad=bad("blockedReason", sent={"status": "blocked", "blockedReason": "x" * 201}),
        denied=MEMBER,
    ),
    # The reference shows no fields of its own; its example has these.
    Contract(
        method="POST",
        route=PILOTAGE + "/priorities",
        sent={"label": "Ship billing MVP", "module": "billing"},
        answers={**BILLING, "id": ID, "label": "Ship billing MVP", "module": "billing", "warnings": ()},
        then=(Then(STATE, {"activePriorities": (BILLING, {"label": "Ship billing MVP"})}),),
        bad=bad("label", sent={"label": " "}),
        denied=MEMBER,
    ),
    Contract(
        method="POST",
        route=PILOTAGE + "/todos",
        sent={
            "label": "Write Stripe integration tests",
            "missionId": Ref("objective"),
            "priorityId": Ref("pilotage_priority"),
        },
        answers={**TEST, "id": ID, "label": "Write Stripe integration tests"},
        then=(Then(STATE, {"todos": (TEST, {"label": "Write Stripe integration tests"})}),),
        bad=bad("missionId", sent={"label": "More", "missionId": "m-001"}),
        denied=MEMBER,
    ),
    Contract(
        method="PATCH",
        route=TODO,
        sent={"status": "done"},
        answers={**TEST, "status": "done", "doneAt": TIME},
        then=(Then(STATE, {"todos": ({"status": "done"},)}),),
        bad=bad("status", sent={"status": "forgotten"}),
        denied=MEMBER,
    ),
    Contract(
        method="POST",
        route=PILOTAGE + "/decisions",
        sent={"title": "Use Stripe over custom billing", "impact": "Reduces dev time by 3 weeks"},
        answers={**BUY, "id": ID, "title": "Use Stripe over custom billing", "impact": "Reduces dev time by 3 weeks"},
        then=(Then(STATE, {"decisions": ({"title": "Use Stripe over custom billing"}, BUY)}),),
        bad=bad("title", sent={"impact": "None"}),
        denied=MEMBER,
    ),
    Contract(
        method="POST",
        route=PILOTAGE + "/docs",
        sent={"title": "Billing API Spec v2", "owner": "Jane Doe", "sourceType": "tech"},
        answers={"id": ID, "title": "Billing API Spec v2", "owner": "Jane Doe", "sourceType": "tech"},
        then=(Then(STATE, {"activeDocs": ({"title": "Billing API Spec v2"}, BILLING_API)}),),
        bad=bad("sourceType", sent={"title": "More", "sourceType": "gossip"}),
        denied=MEMBER,
    ),
]
