"""Contracts of actions that are suggested, decided on and applied."""

from typing import Any

from tests.rest.contract.contract import MEMBER, STRANGER, Contract, Ref, Refused, Then, bad
from tests.rest.contract.shape import ID, LIST, TIME
from tests.rest.contract.stage import Stage
from tests.world.paths import CARD, PILOTAGE

ACTIONS = PILOTAGE + "/actions"
ACTION = ACTIONS + "/{proposalId}"
PAINT = {
    "id": Ref("proposal"),
    "actionType": "Paint the dome",
    "status": "suggested",
    "payload": {},
    "executable": False,
    "createdAt": TIME,
}
MOVE: dict[str, Any] = {
    "actionType": "move_card",
    "explanation": "All subtasks complete, move to Done",
    "payload": {"cardId": Ref("card"), "targetColumn": "done"},
}


async def _column_is_called_done(stage: Stage) -> None:
    made = await stage.made(CARD.partition("/cards")[0] + "/columns", name="Done")
    stage.ids["done"] = made["id"]


async def _two_columns_are_called_done(stage: Stage) -> None:
    for _ in range(2):
        await _column_is_called_done(stage)


async def _move_is_approved(stage: Stage) -> None:
    await _column_is_called_done(stage)
    stage.ids["proposal"] = (await stage.made(ACTIONS + "/propose", **MOVE))["id"]
    await stage.made(ACTION + "/review", approved=True)


CONTRACTS = [
    Contract(
        method="GET",
        route=ACTIONS,
        params={"status": "suggested"},
        answers=(PAINT,),
        then=(Then(ACTIONS + "?status=applied", ()),),
        bad=bad("status", params={"status": "pending"}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=ACTIONS + "/propose",
        given=_column_is_called_done,
        sent=MOVE,
        answers={**MOVE, "id": ID, "status": "suggested", "executable": True, "changes": LIST, "createdAt": TIME},
        then=(Then(CARD, {"columnId": Ref("column")}),),
        bad=bad("explanation", sent={**MOVE, "explanation": "x" * 501}),
        denied=STRANGER,
    ),
    Contract(
        method="POST",
        route=ACTION + "/review",
        sent={"approved": True, "reason": "Looks correct"},
        answers={**PAINT, "status": "approved", "reason": "Looks correct", "decidedBy": ID, "decidedAt": TIME},
        then=(Then(ACTIONS + "?status=approved", ({"status": "approved"},)),),
        bad=bad("reason", sent={"approved": True, "reason": "x" * 201}),
        denied=MEMBER,
    ),
    Contract(
        method="POST",
        route=ACTION + "/apply",
        given=_move_is_approved,
        answers={**MOVE, "id": Ref("proposal"), "status": "applied", "appliedAt": TIME, "result": {"id": Ref("card")}},
        then=(Then(CARD, {"columnId": Ref("done")}),),
        # One that nobody has decided for is no bad input.
        bad=bad("proposalId", path={"proposalId": "act-001"}),
        denied=Refused(status=403, code="FORBIDDEN", by="agent"),
    ),
]
