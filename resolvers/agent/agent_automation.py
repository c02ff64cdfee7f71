"""Automations of agents: what starts them on their machines, as it is recorded, and the file of each as it is now.

They are recorded and nothing more. What a project does by itself is another thing (`resolvers.automation`).
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from bson import ObjectId

from auth.policies import mission as policy
from auth.policies import workspace as workspace_policy
from models import Agent, AgentAutomation
from models.base import AnyRecord, collection
from models.enums import TokenScope
from models.errors import NotFound
from models.records import AgentAutomationRecord, AgentRecord, WorkspaceMemberRecord
from realtime.events.agent_automation import AgentAutomationCreated, AgentAutomationDeleted, AgentAutomationUpdated
from realtime.log import Change, Committed
from resolvers.inputs.agent_automation import MAX_AGENT_AUTOMATIONS, AgentAutomationCreate, AgentAutomationUpdate
from resolvers.kit.context import Context
from resolvers.kit.contract import Filters
from resolvers.kit.filters import compile_filter
from resolvers.kit.load import to_list
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import AGENT_AUTOMATION, WORKSPACE
from resolvers.kit.operation import edge, operation, reader
from resolvers.kit.page import Page, Window, pages
from resolvers.machine.automations import AutomationFile, files_at
from resolvers.register.register import Register, create_in, delete_in, listed, update_in

READ, WRITE = TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE


async def _following(change: Change, before: AnyRecord, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The agent that one starts is of its workspace."""
    if (agent_id := values.get("agent_id")) is not None:
        there = {"_id": agent_id, "workspace_id": before["workspace_id"], "deleted_at": None}
        if await collection(Agent).find_one(there, {"_id": 1}, session=change.session) is None:
            raise NotFound("Agent")
    return {}


AGENT_AUTOMATIONS = Register(
    AGENT_AUTOMATION,
    AgentAutomationCreated,
    AgentAutomationUpdated,
    AgentAutomationDeleted,
    most=MAX_AGENT_AUTOMATIONS,
    follow=_following,
)

Filter = Annotated[Mapping[str, Any] | None, Filters(AgentAutomation)]

get_agent_automation = reader("agentAutomation", AGENT_AUTOMATION)

agent_automations_of = listed(AGENT_AUTOMATION)
"""The automations of a workspace's agents, oldest first."""


@operation("agentAutomations", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_agent_automations(
    ctx: Context, membership: WorkspaceMemberRecord, window: Window, filter: Filter = None
) -> Page[AgentAutomationRecord]:
    """A page of what starts the agents of a workspace, oldest first."""
    workspace_id, where = membership["workspace_id"], compile_filter(filter, AgentAutomation)
    return (await pages(AgentAutomation, "workspace_id", [workspace_id], window, where=where))[workspace_id]


@operation("agentAutomationCreate", inside=WORKSPACE, permission=workspace_policy.MANAGE_AGENTS, scope=WRITE)
async def create_agent_automation(
    ctx: Context, membership: WorkspaceMemberRecord, values: AgentAutomationCreate
) -> Committed[AgentAutomationRecord]:
    """Record what starts an agent on its machine. Nothing is run by it."""
    return await create_in(ctx, AGENT_AUTOMATIONS, membership, values)


@operation("agentAutomationUpdate", opens=AGENT_AUTOMATION, permission=workspace_policy.MANAGE_AGENTS, scope=WRITE)
async def update_agent_automation(
    ctx: Context, door: AgentAutomationRecord, values: AgentAutomationUpdate
) -> Committed[AgentAutomationRecord]:
    """Change what is recorded of an automation of an agent."""
    return await update_in(ctx, AGENT_AUTOMATIONS, door, values)


@operation("agentAutomationDelete", opens=AGENT_AUTOMATION, permission=workspace_policy.MANAGE_AGENTS, scope=WRITE)
async def delete_agent_automation(ctx: Context, door: AgentAutomationRecord) -> Committed[ObjectId]:
    """Record an automation of an agent no more. Its file stays as it is."""
    return await delete_in(ctx, AGENT_AUTOMATIONS, door)


@edge(scope=READ)
async def automations_of_agent(
    ctx: Context, agents: Sequence[AgentRecord], fields: Fields
) -> list[list[AgentAutomationRecord]]:
    """What starts each agent, oldest first; a workspace has at most 2,000."""
    return await to_list(AgentAutomation, agents, "agent_id", sort=[("_id", 1)], fields=fields)


@edge(scope=READ, viewer=True)
async def file_of(
    ctx: Context, automations: Sequence[AgentAutomationRecord], fields: Fields
) -> list[AutomationFile | None]:
    """The file of each automation as it is now; None where the gateway does not look."""
    return await files_at(ctx, [(automation["workspace_id"], automation["path"]) for automation in automations])
