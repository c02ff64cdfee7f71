"""What tests of automations are written with: automations of a board, and what came of them."""

from typing import Any

from bson import ObjectId

from models import Automation, AutomationTrace
from models.base import collection
from models.records import AutomationRecord, AutomationTraceRecord
from resolvers.automation.automation import create_automation, toggle_automation, update_automation
from resolvers.inputs.automation import AutomationCreate, AutomationUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from tests.resolvers.lab import again
from tests.resolvers.projects import Board

COMMENT = {"type": "add_comment", "content": "Noted"}


async def automate(
    board: Board, trigger: str, action: Any = None, *, by: Context | None = None, **values: Any
) -> AutomationRecord:
    """A new automation of a board; `values` as clients write them."""
    done = COMMENT if action is None else action
    given = {"projectId": board.project["_id"], "trigger": trigger, "action": done, **values}
    ctx = board.ctx if by is None else again(by)
    return (await create_automation(ctx, read_input(AutomationCreate, given))).value


async def change(
    board: Board, automation: AutomationRecord, *, by: Context | None = None, **values: Any
) -> AutomationRecord:
    ctx = board.ctx if by is None else again(by)
    return (await update_automation(ctx, automation["_id"], read_input(AutomationUpdate, values))).value


async def toggle(board: Board, automation: AutomationRecord, *, by: Context | None = None) -> AutomationRecord:
    ctx = board.ctx if by is None else again(by)
    return (await toggle_automation(ctx, automation["_id"])).value


async def traces(automation: AutomationRecord) -> list[AutomationTraceRecord]:
    """What came of an automation, in the order of what set it off."""
    return await collection(AutomationTrace).find({"automation_id": automation["_id"]}).sort("_id", 1).to_list()


async def outcomes(automation: AutomationRecord) -> list[tuple[str, str | None]]:
    """The statuses and errors of those."""
    return [(trace["status"], trace["error"]) for trace in await traces(automation)]


async def stored(automation_id: ObjectId) -> AutomationRecord:
    """An automation as the database holds it now."""
    found = await collection(Automation).find_one({"_id": automation_id})
    assert found is not None
    return found
