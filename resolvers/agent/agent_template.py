"""Templates of agents: what new ones of a workspace begin with."""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from auth.policies import mission as policy
from auth.policies import workspace as workspace_policy
from models import AgentTemplate
from models.base import AnyRecord, collection
from models.enums import TokenScope
from models.errors import Conflict, NotFound
from models.records import AgentTemplateRecord, WorkspaceMemberRecord
from realtime.events.agent_template import AgentTemplateCreated, AgentTemplateDeleted, AgentTemplateUpdated
from realtime.log import Change, Committed
from resolvers.inputs.agent import AgentCreate
from resolvers.inputs.agent_template import MAX_TEMPLATES, AgentTemplateCreate, AgentTemplateUpdate
from resolvers.kit.context import Context
from resolvers.kit.load import to_list
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import AGENT_TEMPLATE, WORKSPACE
from resolvers.kit.operation import edge, operation, reader
from resolvers.register.register import Register, create_in, delete_in, update_in

READ, WRITE = TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE
TEMPLATES = Register(
    AGENT_TEMPLATE,
    AgentTemplateCreated,
    AgentTemplateUpdated,
    AgentTemplateDeleted,
    most=MAX_TEMPLATES,
    unique="slug",
)
_FROM = {"description": "description", "emoji": "icon", "model": "model", "interval_seconds": "interval_seconds"}
"""What an agent takes from a template, by what it is called there."""

get_agent_template = reader("agentTemplate", AGENT_TEMPLATE)


@operation("agentTemplates", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_agent_templates(
    ctx: Context, membership: WorkspaceMemberRecord, fields: Fields = None
) -> list[AgentTemplateRecord]:
    """The templates of agents of a workspace, archived ones too, in their order."""
    return (await agent_templates_of(ctx, [{"_id": membership["workspace_id"]}], fields))[0]


@operation("agentTemplateCreate", inside=WORKSPACE, permission=workspace_policy.MANAGE_AGENTS, scope=WRITE)
async def create_agent_template(
    ctx: Context, membership: WorkspaceMemberRecord, values: AgentTemplateCreate
) -> Committed[AgentTemplateRecord]:
    """Create a template that agents of the workspace can begin with."""
    return await create_in(ctx, TEMPLATES, membership, values)


@operation("agentTemplateUpdate", opens=AGENT_TEMPLATE, permission=workspace_policy.MANAGE_AGENTS, scope=WRITE)
async def update_agent_template(
    ctx: Context, door: AgentTemplateRecord, values: AgentTemplateUpdate
) -> Committed[AgentTemplateRecord]:
    """Change, archive or bring back a template of agents; those that began with it stay as they are."""
    return await update_in(ctx, TEMPLATES, door, values)


@operation("agentTemplateDelete", opens=AGENT_TEMPLATE, permission=workspace_policy.MANAGE_AGENTS, scope=WRITE)
async def delete_agent_template(ctx: Context, door: AgentTemplateRecord) -> Committed[ObjectId]:
    """Delete a template of agents; those that began with it stay."""
    return await delete_in(ctx, TEMPLATES, door)


@edge(scope=READ)
async def agent_templates_of(
    ctx: Context, workspaces: Sequence[AnyRecord], fields: Fields
) -> list[list[AgentTemplateRecord]]:
    """The templates of agents of each workspace, in their order, then by slug."""
    return await to_list(
        AgentTemplate, workspaces, "workspace_id", sort=[("sort_order", 1), ("slug", 1)], fields=fields
    )


async def template_for(change: Change, values: AgentCreate) -> AgentTemplateRecord | None:
    """The template that a new agent is to begin with, if any; raises NotFound for one of elsewhere, Conflict for one
    that is archived."""
    if values.template_id is None:
        return None
    there = {"_id": values.template_id, "workspace_id": values.workspace_id}
    template = await collection(AgentTemplate).find_one(there, session=change.session)
    if template is None:
        raise NotFound("Agent template")
    if template["archived"]:
        raise Conflict("The template is archived: no agent begins with it", field="templateId")
    return template


def taken_from(template: AgentTemplateRecord | None, values: AgentCreate) -> dict[str, Any]:
    """What a new agent takes from its template, where the client says nothing of it."""
    if template is None:
        return {}
    taken: dict[str, Any] = {
        key: template[name]  # type: ignore[literal-required]
        for key, name in _FROM.items()
        if key not in values.model_fields_set
    }
    return taken | ({"tools": template["tools"]} if template["tools"] and values.tools is None else {})
