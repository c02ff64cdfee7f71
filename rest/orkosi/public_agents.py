"""Agents and their templates, for programs from outside."""

from typing import Annotated, Any

from bson import ObjectId

from models.agent import EMOJI
from models.agent_enums import AgentStatus
from models.limits import MARKDOWN, NAME, PATH, TITLE
from models.records import AgentRecord
from resolvers.agent.agent import get_agent, list_agents, update_agent
from resolvers.agent.agent_template import (
    create_agent_template,
    get_agent_template,
    list_agent_templates,
    update_agent_template,
)
from resolvers.agent.presence import report_agent, status_of_agents
from resolvers.agent.set_up import set_up_agent
from resolvers.inputs.agent import AgentReport, AgentSetUp, AgentUpdate, Interval, Tools
from resolvers.inputs.agent_template import AgentTemplateCreate, AgentTemplateUpdate, Capabilities, Identity
from resolvers.inputs.plugin import Settings
from resolvers.kit.input import Flag, Name, NotNull, Order, Prose, Slug
from resolvers.kit.nouns import AGENT, AGENT_TEMPLATE
from rest.orkosi.bodies import Body, Deleted, called, deleted
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.ids import path_id
from rest.orkosi.paging import PageQuery, listed_of
from rest.orkosi.present.agent import STATUSES, OrkosiTemplateData, PublicAgentData, PublicWord, public_agent, template
from rest.orkosi.workspace import workspace_of
from rest.routing import Call

routes = orkosi_routes(
    "public agents", "/v1/public/agents", about="Agents, for programs from outside.", place=110, tag_place=210
)
templates = orkosi_routes(
    "agent templates", "/v1/public/templates", about="What new agents can begin with.", tag_place=20
)

Label = Annotated[str, NAME]
Description = Annotated[str, MARKDOWN, Prose]


class PublicAgentsQuery(PageQuery):
    """Which agents: those that are about something, or have a role."""

    status: PublicWord | None = None
    role: Label | None = None


class PublicAgentBody(Body):
    """A new agent. `name` is what it is called by."""

    name: Slug
    emoji: Annotated[str, EMOJI] | None = None
    role: Label
    status: PublicWord | None = None
    workspace_path: Annotated[str, PATH] | None = None


class PublicAgentChange(Body):
    """What changes of an agent. Its own token changes `status` and `current_task`, and gives a sign of life."""

    emoji: Annotated[str, EMOJI] | None = None
    role: Label | None = None
    status: Annotated[PublicWord | None, NotNull] = None
    current_task: Annotated[str, TITLE] | None = None
    workspace_path: Annotated[str, PATH] | None = None


class TemplatesQuery(PageQuery):
    """Which templates."""

    category: Label | None = None
    featured: bool | None = None


class TemplateChange(Body):
    """What changes of a template."""

    name: Annotated[Name | None, NotNull] = None
    description: Description | None = None
    icon: Annotated[str, EMOJI] | None = None
    category: Label | None = None
    model: Label | None = None
    interval_sec: Interval | None = None
    identity: Identity | None = None
    tools: Annotated[Tools | None, NotNull] = None
    capabilities: Annotated[Capabilities | None, NotNull] = None
    config: Annotated[Settings | None, NotNull] = None
    is_featured: Annotated[Flag | None, NotNull] = None
    sort_order: Annotated[Order | None, NotNull] = None


class TemplateBody(TemplateChange):
    """A new template."""

    name: Name
    slug: Slug


@routes.get("", "List agents", runs=list_agents, query=PublicAgentsQuery, names_object=True)
async def find(call: Call) -> list[PublicAgentData]:
    """Oldest first."""
    query = call.query(PublicAgentsQuery)
    found = [
        record
        for record in await list_agents(call.ctx, await workspace_of(call))
        if query.role is None or record.get("role") == query.role
    ]
    shown = [each for each in await _shown(call, found) if query.status is None or each["status"] == query.status]
    return listed_of(call, query, shown[query.offset : query.offset + query.limit], len(shown))


@routes.post("", "Create an agent", runs=set_up_agent, body=PublicAgentBody, names_object=True)
async def create(call: Call) -> PublicAgentData:
    """With its files, and without a token of its own."""
    body = call.body(PublicAgentBody)
    given: dict[str, Any] = {"emoji": body.emoji, "role": body.role, "workspace_path": body.workspace_path}
    values = AgentSetUp.of(
        workspace_id=await workspace_of(call),
        name=body.name,
        slug=body.name,
        status=None if body.status is None else STATUSES[body.status],
        with_token=False,
        **given,
    )
    with called(slug="name"):
        made = (await set_up_agent(call.ctx, values)).value
    return await _one(call, made.agent)


@routes.get("/{agentNumber}", "Read an agent", runs=get_agent)
async def get(call: Call) -> PublicAgentData:
    return await _one(call, await get_agent(call.ctx, await _agent_id(call)))


@routes.patch("/{agentNumber}", "Change an agent", runs=update_agent, body=PublicAgentChange, may_be_empty=True)
async def update(call: Call) -> PublicAgentData:
    """With the agent's own token this is its report, and a sign of life."""
    body, agent_id = call.body(PublicAgentChange), await _agent_id(call)
    given = body.given()
    if body.status is not None:
        given["status"] = STATUSES[body.status]
    if call.ctx.subject.agent_id == agent_id and given.keys() <= {"status", "current_task"}:
        return await _one(call, (await report_agent(call.ctx, agent_id, AgentReport.of(**given))).value)
    return await _one(call, (await update_agent(call.ctx, agent_id, AgentUpdate.of(**given))).value)


@routes.delete("/{agentNumber}", "Take an agent off", runs=update_agent, body=None)
async def delete(call: Call) -> Deleted:
    """It stays, and is offline until something is heard of it."""
    off = AgentUpdate.of(status=AgentStatus.OFFLINE)
    return deleted((await update_agent(call.ctx, await _agent_id(call), off)).value["number"] or 0)


@templates.get("", "List templates of agents", runs=list_agent_templates, query=TemplatesQuery, names_object=True)
async def find_templates(call: Call) -> list[OrkosiTemplateData]:
    """In their order, without archived ones."""
    query = call.query(TemplatesQuery)
    found = [
        template(record)
        for record in await list_agent_templates(call.ctx, await workspace_of(call))
        if not record["archived"]
        and query.category in (None, record["category"])
        and query.featured in (None, record["is_featured"])
    ]
    return listed_of(call, query, found[query.offset : query.offset + query.limit], len(found))


@templates.post("", "Create a template of agents", runs=create_agent_template, body=TemplateBody, names_object=True)
async def create_template(call: Call) -> OrkosiTemplateData:
    values = AgentTemplateCreate.of(workspace_id=await workspace_of(call), **_given(call.body(TemplateBody)))
    return template((await create_agent_template(call.ctx, values)).value)


@templates.get("/{templateNumber}", "Read a template of agents", runs=get_agent_template)
async def read_template(call: Call) -> OrkosiTemplateData:
    return template(await get_agent_template(call.ctx, await _template_id(call)))


@templates.patch("/{templateNumber}", "Change a template of agents", runs=update_agent_template, body=TemplateChange)
async def update_template(call: Call) -> OrkosiTemplateData:
    """What began with it stays as it is."""
    values = AgentTemplateUpdate.of(**_given(call.body(TemplateChange)))
    return template((await update_agent_template(call.ctx, await _template_id(call), values)).value)


@templates.delete("/{templateNumber}", "Archive a template of agents", runs=update_agent_template, body=None)
async def archive_template(call: Call) -> Deleted:
    """No agent begins with it any more; it is listed no more, and read by its number."""
    archived = AgentTemplateUpdate.of(archived=True)
    found = (await update_agent_template(call.ctx, await _template_id(call), archived)).value
    return deleted(found["number"] or 0)


def _given(body: TemplateChange) -> dict[str, Any]:
    """What was sent of a template, as operations call it."""
    given = body.given()
    if "interval_sec" in given:
        given["interval_seconds"] = given.pop("interval_sec")
    return given


async def _agent_id(call: Call) -> ObjectId:
    return await path_id(call, "agentNumber", AGENT, await workspace_of(call))


async def _template_id(call: Call) -> ObjectId:
    return await path_id(call, "templateNumber", AGENT_TEMPLATE, await workspace_of(call))


async def _shown(call: Call, agents: list[AgentRecord]) -> list[PublicAgentData]:
    statuses = await status_of_agents(call.ctx, agents, None)
    return [public_agent(record, status) for record, status in zip(agents, statuses, strict=True)]


async def _one(call: Call, record: AgentRecord) -> PublicAgentData:
    [shown] = await _shown(call, [record])
    return shown
