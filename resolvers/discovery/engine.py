"""Discovery engines: an agent each, that is asked again and again to look for what is to be done."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from auth.policies import mission as policy
from auth.policies import workspace as workspace_policy
from models import Agent, DiscoveryEngine, Workspace
from models.base import AnyRecord, collection, to_record
from models.enums import TokenScope, Verdict
from models.errors import BadUserInput, Conflict, NotFound
from models.facts import CREATE
from models.records import AgentRecord, DiscoveryEngineRecord, WorkspaceMemberRecord
from models.text import slug_of
from models.write import find_and_delete
from realtime.events.agent import AgentCreated, AgentUpdated
from realtime.events.discovery_engine import (
    DiscoveryEngineCreated,
    DiscoveryEngineDeleted,
    DiscoveryEngineUpdated,
)
from realtime.log import Change, Committed
from resolvers.agent.agent import EXISTING, insert_agent, remove_agent
from resolvers.deletion.deletion import delete
from resolvers.inputs.agent import AgentCreate
from resolvers.inputs.discovery_engine import MAX_ENGINES, DiscoveryEngineCreate, DiscoveryEngineUpdate
from resolvers.job.schedule import next_every
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.fields import values_of
from resolvers.kit.groups import DEFAULT_TOOLS
from resolvers.kit.load import to_list
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import DISCOVERY_ENGINE, WORKSPACE
from resolvers.kit.operation import Caller, edge, operation, reader

READ, WRITE = TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE
CREATES = "create_card"
TOOLS = (*(tool for tool in DEFAULT_TOOLS if tool.startswith("read_")), CREATES)
"""What an engine's agent is given: it reads, and creates cards."""
POLICY = {CREATES: Verdict.ALLOW}
"""Which it is there for: people decide on the cards. The ceiling of the workspace may say otherwise."""
TAKEN = "comes to what another discovery engine of the workspace is called by"
MAX_SLUG = 60
"""Characters of an agent's."""
RESERVED = frozenset({"efficiency"})
"""Words that addresses have in place of the slug of an engine."""

get_discovery_engine = reader("discoveryEngine", DISCOVERY_ENGINE)


@operation("discoveryEngines", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_discovery_engines(
    ctx: Context, membership: WorkspaceMemberRecord, fields: Fields = None
) -> list[DiscoveryEngineRecord]:
    """The discovery engines of a workspace, by slug; it has at most 100."""
    return (await discovery_engines_of(ctx, [{"_id": membership["workspace_id"]}], fields))[0]


@operation(
    "discoveryEngineNamed",
    opens=WORKSPACE.by("workspace_id"),
    permission=policy.READ,
    scope=READ,
    read_only=True,
    tool="find_discovery_engine",
)
async def find_discovery_engine(
    ctx: Context, membership: WorkspaceMemberRecord, slug: Annotated[str, "The slug of the engine."]
) -> DiscoveryEngineRecord:
    """A discovery engine by its slug."""
    named = {"workspace_id": membership["workspace_id"], "slug": slug}
    if (found := await collection(DiscoveryEngine).find_one(named)) is None:
        raise NotFound(DISCOVERY_ENGINE.title)
    return found


@operation(
    "discoveryEngineCreate",
    inside=WORKSPACE,
    permission=workspace_policy.MANAGE_AGENTS,
    scope=WRITE,
    caller=Caller.NO_AGENT,
    includes=("agentCreate",),
)
async def create_discovery_engine(
    ctx: Context, membership: WorkspaceMemberRecord, values: DiscoveryEngineCreate
) -> Committed[DiscoveryEngineRecord]:
    """Create a discovery engine with an agent of its own, which nobody has a token of."""
    workspace_id = membership["workspace_id"]
    slug = values.slug or slug_of(values_of(values, DiscoveryEngine, CREATE)["name"], "engine")
    named = "name" if values.slug is None else "slug"
    if slug in RESERVED:
        raise BadUserInput(f"must not come to {slug}, which addresses use", field=named)

    async def body(change: Change) -> DiscoveryEngineRecord:
        await require_parent(change, Workspace, workspace_id)
        inside = {"workspace_id": workspace_id}
        await require_room(change, DiscoveryEngine, inside, MAX_ENGINES, "discovery engines of this workspace")
        given = values_of(values, DiscoveryEngine, CREATE) | {"slug": slug}
        there = {**inside, "slug": slug}
        if await collection(DiscoveryEngine).find_one(there, {"_id": 1}, session=change.session) is not None:
            raise Conflict(f"{TAKEN}: {slug}", field=named)
        agent = await _insert_agent(ctx, change, workspace_id, given, values.model, named)
        made = {"created_by": ctx.user_id, "created_at": change.at, "updated_at": change.at}
        engine = to_record(
            DiscoveryEngine(
                workspace_id=workspace_id,
                agent_id=agent["_id"],
                **given,
                next_at=next_run(given | made, change.at),
                **made,
            )
        )
        try:
            await collection(DiscoveryEngine).insert_one(engine, session=change.session)
        except DuplicateKeyError as error:
            raise Conflict(f"{TAKEN}: {slug}", field=named) from error
        change.append(workspace_id, DiscoveryEngineCreated(discovery_engine=engine))
        return engine

    return await ctx.write(workspace_id, body)


@operation(
    "discoveryEngineUpdate",
    opens=DISCOVERY_ENGINE,
    permission=workspace_policy.MANAGE_AGENTS,
    scope=WRITE,
    caller=Caller.NO_AGENT,
    also={"model": ("agentUpdate",)},
)
async def update_discovery_engine(
    ctx: Context, door: DiscoveryEngineRecord, values: DiscoveryEngineUpdate
) -> Committed[DiscoveryEngineRecord]:
    """Change a discovery engine, have it rest or go on from now. A run that is under way is left alone."""
    given = values.given()
    agent_values = {key: given.pop(key) for key in ("model",) if key in given}

    async def body(change: Change) -> DiscoveryEngineRecord:
        engine, differs = await set_fields(change, DiscoveryEngine, door["_id"], given)
        if differs and given.keys() & {"every_seconds", "is_enabled"}:
            next_at = {"next_at": next_run(engine, change.at)}
            engine, _ = await set_fields(change, DiscoveryEngine, door["_id"], next_at)
        if differs:
            change.append(engine["workspace_id"], DiscoveryEngineUpdated(discovery_engine=engine))
        if agent_values:
            agent, is_other = await set_fields(change, Agent, engine["agent_id"], agent_values)
            if is_other:
                change.append(agent["workspace_id"], AgentUpdated(agent=agent))
        return engine

    return await ctx.write(door["workspace_id"], body)


@operation(
    "discoveryEngineDelete",
    opens=DISCOVERY_ENGINE,
    permission=workspace_policy.MANAGE_AGENTS,
    scope=WRITE,
    caller=Caller.NO_AGENT,
    includes=("agentDelete",),
)
async def delete_discovery_engine(ctx: Context, door: DiscoveryEngineRecord) -> Committed[ObjectId]:
    """Delete a discovery engine with its agent, whose unfinished run is cancelled. What came of its runs stays."""

    async def body(change: Change) -> ObjectId:
        engine = await find_and_delete(DiscoveryEngine, {"_id": door["_id"]}, change.session)
        if engine is None:
            raise NotFound(DISCOVERY_ENGINE.title)
        change.append(engine["workspace_id"], DiscoveryEngineDeleted(deleted_id=engine["_id"]))
        if (agent := await agent_in(change, engine)) is not None:
            await remove_agent(change, agent)
        return ObjectId(engine["_id"])

    return await delete(ctx, door["workspace_id"], body, revokes=True)


@edge(scope=READ)
async def discovery_engines_of(
    ctx: Context, workspaces: Sequence[AnyRecord], fields: Fields
) -> list[list[DiscoveryEngineRecord]]:
    """The discovery engines of each workspace, by slug."""
    return await to_list(DiscoveryEngine, workspaces, "workspace_id", sort=[("slug", 1)], fields=fields)


def next_run(engine: Mapping[str, Any], moment: datetime) -> datetime | None:
    """When an engine runs by itself for the first time after a moment; None for one that rests."""
    if not engine["is_enabled"]:
        return None
    return next_every(engine["every_seconds"], engine["created_at"], moment)


async def agent_in(change: Change, engine: DiscoveryEngineRecord) -> AgentRecord | None:
    """The agent of an engine as it stands within a change; None for one that was deleted."""
    return await collection(Agent).find_one({"_id": engine["agent_id"], **EXISTING}, session=change.session)


async def _insert_agent(
    ctx: Context, change: Change, workspace_id: ObjectId, given: Mapping[str, Any], model: str | None, named: str
) -> AgentRecord:
    slug = _slug_of_agent(given["slug"])
    values = AgentCreate.of(
        workspace_id=workspace_id, name=given["name"], slug=slug, model=model, tools=list(TOOLS), policy=POLICY
    )
    taken = {"workspace_id": workspace_id, "slug": slug, **EXISTING}
    if await collection(Agent).find_one(taken, {"_id": 1}, session=change.session) is not None:
        raise Conflict(f"comes to an agent that there is already: {slug}", field=named)
    agent = await insert_agent(ctx, change, values, None)
    change.append(workspace_id, AgentCreated(agent=agent))
    return agent


def _slug_of_agent(slug: str) -> str:
    """What the agent of an engine is called by: another one for each engine, also where that is cut off."""
    whole = f"discovery-{slug}"
    if len(whole) <= MAX_SLUG:
        return whole
    mark = sha256(slug.encode()).hexdigest()[:8]
    return f"{whole[: MAX_SLUG - len(mark) - 1].rstrip('-')}-{mark}"
