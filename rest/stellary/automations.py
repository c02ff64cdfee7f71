"""Automations of a project, and what came of them."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict

import models
from models.base import timestamp
from models.records import AutomationRecord, AutomationTraceRecord
from resolvers.automation.automation import (
    create_automation,
    delete_automation,
    get_automation,
    list_automation_traces,
    list_automations,
    toggle_automation,
    update_automation,
)
from resolvers.inputs.automation import AutomationCreate, AutomationUpdate
from resolvers.kit.input import Flag, Input
from resolvers.kit.page import DEFAULT_SIZE, MAX_SIZE, Window
from rest.parameters import at_most
from rest.present import Id, Timestamp, presents, shown
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import PROJECT
from rest.stellary.present.base import Ok, ok

routes = Routes(
    "Automations",
    PROJECT + "/automations",
    about="What a project does by itself when something happens to its cards.",
    place=370,
)


class AutomationToggle(Input):
    """Whether it is to be at work; without that, whether it is not now."""

    enabled: Flag | None = None


class TraceQuery(Input):
    """How many traces, the latest first."""

    limit: Annotated[int, Field(ge=1, le=MAX_SIZE), at_most(MAX_SIZE)] = DEFAULT_SIZE


@presents(models.Automation)
class Automation(TypedDict):
    """What a project does by itself. `action` has a `type`, and the arguments of the operation that it runs."""


@presents(models.AutomationTrace, only=("status", "error"))
class AutomationTrace(TypedDict):
    """What came of one event for an automation: `target` is the card, `actor` in whose name it acted."""

    event: Id
    target: Id
    actor: Id
    result: Literal["success", "failure"]
    timestamp: Timestamp


def automation(record: AutomationRecord) -> Automation:
    return shown(Automation, record)


def automation_trace(record: AutomationTraceRecord) -> AutomationTrace:
    return {
        **shown(AutomationTrace, record),
        "event": str(record["event_id"]),
        "target": str(record["card_id"]),
        "actor": str(record["actor_id"]),
        "result": "success" if record["status"] == "success" else "failure",
        "timestamp": timestamp(record["created_at"]),
    }


@routes.get("", "List the automations of a project", runs=list_automations)
async def find(call: Call) -> list[Automation]:
    project = await guards.project(call)
    return [automation(record) for record in await list_automations(call.ctx, project["_id"])]


@routes.post("", "Create an automation", runs=create_automation, given=["projectId"])
async def create(call: Call) -> Automation:
    """`conditions` is a `CardFilter` of the graph as JSON, with `from` and `to`; `action` is what its `type` says."""
    project = await guards.project(call)
    return automation((await create_automation(call.ctx, call.body(AutomationCreate, projectId=project["_id"]))).value)


@routes.get("/{ruleId}", "Read an automation", runs=get_automation)
async def get(call: Call) -> Automation:
    found = await guards.automation(call)
    return automation(await get_automation(call.ctx, found["_id"]))


@routes.patch("/{ruleId}", "Change an automation", runs=update_automation)
async def update(call: Call) -> Automation:
    """It acts in the name of whoever changes it from then on."""
    found = await guards.automation(call)
    return automation((await update_automation(call.ctx, found["_id"], call.body(AutomationUpdate))).value)


@routes.delete("/{ruleId}", "Delete an automation with its traces", runs=delete_automation)
async def delete(call: Call) -> Ok:
    found = await guards.automation(call)
    await delete_automation(call.ctx, found["_id"])
    return ok()


@routes.patch(
    "/{ruleId}/toggle",
    "Enable or disable an automation",
    runs=toggle_automation,
    body=AutomationToggle,
    may_be_empty=True,
)
async def toggle(call: Call) -> Automation:
    """Without a body, it is disabled if it is enabled, and the other way round."""
    found = await guards.automation(call)
    wanted = call.body(AutomationToggle).enabled
    return automation((await toggle_automation(call.ctx, found["_id"], enabled=wanted)).value)


@routes.get("/{ruleId}/traces", "List what came of an automation", runs=list_automation_traces, query=TraceQuery)
async def traces(call: Call) -> list[AutomationTrace]:
    found = await guards.automation(call)
    window = Window.read(call.query(TraceQuery).limit)
    page = await list_automation_traces(call.ctx, found["_id"], window)
    return [automation_trace(record) for record in page.nodes]
