"""Automations: what starts the agents of a workspace on their machines, as it is recorded."""

from typing import Annotated, Any

from models.agent_automation import FILE
from models.agent_enums import AgentAutomationStatus
from models.limits import NAME, Text
from models.records import AgentAutomationRecord
from resolvers.agent.agent_automation import (
    create_agent_automation,
    delete_agent_automation,
    file_of,
    get_agent_automation,
    list_agent_automations,
    update_agent_automation,
)
from resolvers.inputs.agent_automation import AgentAutomationCreate, AgentAutomationUpdate
from resolvers.kit.load import one_by
from resolvers.kit.nouns import AGENT, AGENT_AUTOMATION
from resolvers.kit.page import Window
from rest.orkosi.agent_names import agent_called, of_agent
from rest.orkosi.bodies import Body, Changes, Deleted, Query, deleted
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.ids import path_id, read_number_or_id
from rest.orkosi.paging import whole
from rest.orkosi.present.automation import OrkosiAutomationData, automation
from rest.orkosi.workspace import workspace_of
from rest.routing import Call

routes = orkosi_routes(
    "automations",
    "/automations",
    about="What starts the agents of the workspace on their machines, as it is recorded.",
    place=100,
    tag_place=70,
)

Word = Annotated[str, NAME]
agents_of = one_by(AGENT, "agent_id")
_SEARCHED = ("name", "path", "label")


class AgentAutomationQuery(Query):
    """Which automations. `q` is a part of their names, paths or labels, whatever its case."""

    agent_name: Word | None = None
    type: Word | None = None
    status: AgentAutomationStatus | None = None
    q: Annotated[str, Text(1, 100)] | None = None


class AgentAutomationBody(Body):
    """A new automation, which starts the agent of the name."""

    name: Word
    agent_name: Word
    type: Word
    path: Annotated[str, FILE]
    label: Word | None = None
    status: AgentAutomationStatus = AgentAutomationStatus.ACTIVE


class AgentAutomationPatch(Changes):
    """What changes of an automation."""

    name: Word | None = None
    agent_name: Word | None = None
    type: Word | None = None
    path: Annotated[str, FILE] | None = None
    label: Word | None = None
    status: AgentAutomationStatus | None = None


@routes.get("", "List automations", runs=list_agent_automations, query=AgentAutomationQuery, names_object=True)
async def find(call: Call) -> list[OrkosiAutomationData]:
    """Oldest first, with the file of each at the moment."""
    workspace_id, wanted = await workspace_of(call), call.query(AgentAutomationQuery)
    conditions: list[dict[str, Any]] = []
    if wanted.agent_name is not None:
        conditions.append(await of_agent(workspace_id, wanted.agent_name))
    if wanted.type is not None:
        conditions.append({"type": {"eq": wanted.type}})
    if wanted.status is not None:
        conditions.append({"status": {"eq": wanted.status.value}})
    if wanted.q is not None:
        conditions.append({"or": [{key: {"contains": wanted.q}} for key in _SEARCHED]})
    where = {"and": conditions} if conditions else None
    found = await whole(
        call, lambda first, after: list_agent_automations(call.ctx, workspace_id, Window.read(first, after), where)
    )
    return await _shown(call, found)


@routes.post(
    "", "Create an automation record", runs=create_agent_automation, body=AgentAutomationBody, names_object=True
)
async def create(call: Call) -> OrkosiAutomationData:
    """It is recorded, and nothing is run."""
    workspace_id, body = await workspace_of(call), call.body(AgentAutomationBody)
    values = AgentAutomationCreate.of(
        workspace_id=workspace_id,
        agent_id=await agent_called(workspace_id, body.agent_name, field="agentName"),
        name=body.name,
        type=body.type,
        path=body.path,
        label=body.label,
        status=body.status,
    )
    return await _one(call, (await create_agent_automation(call.ctx, values)).value)


@routes.get("/{automationNumber}", "Get a single automation", runs=get_agent_automation)
async def get(call: Call) -> OrkosiAutomationData:
    """With its file at the moment."""
    automation_id = await path_id(call, "automationNumber", AGENT_AUTOMATION, await workspace_of(call))
    return await _one(call, await get_agent_automation(call.ctx, automation_id))


@routes.patch("/{automationNumber}", "Update an automation", runs=update_agent_automation, body=AgentAutomationPatch)
async def update(call: Call) -> OrkosiAutomationData:
    """What is not given stays as it is; `label` may be null."""
    workspace_id = await workspace_of(call)
    automation_id = await path_id(call, "automationNumber", AGENT_AUTOMATION, workspace_id)
    given = call.body(AgentAutomationPatch).given()
    values = {name: value for name, value in given.items() if value is not None or name == "label"}
    if (name := values.pop("agent_name", None)) is not None:
        values["agent_id"] = await agent_called(workspace_id, name, field="agentName")
    changed = await update_agent_automation(call.ctx, automation_id, AgentAutomationUpdate.of(**values))
    return await _one(call, changed.value)


@routes.delete("/{automationNumber}", "Delete an automation", runs=delete_agent_automation)
async def delete(call: Call) -> Deleted:
    """It is recorded no more; its file stays."""
    automation_id = await path_id(call, "automationNumber", AGENT_AUTOMATION, await workspace_of(call))
    await delete_agent_automation(call.ctx, automation_id)
    number = read_number_or_id(call.path["automationNumber"], AGENT_AUTOMATION.kind, field="automationNumber")
    return deleted(number)


async def _one(call: Call, record: AgentAutomationRecord) -> OrkosiAutomationData:
    [shown] = await _shown(call, [record])
    return shown


async def _shown(call: Call, records: list[AgentAutomationRecord]) -> list[OrkosiAutomationData]:
    agents = await agents_of(call.ctx, records, frozenset({"slug"}))
    files = await file_of(call.ctx, records, None)
    return [automation(*parts) for parts in zip(records, agents, files, strict=True)]
