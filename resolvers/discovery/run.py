"""Runs of discovery engines: missions of their agents, one at a time."""

from collections.abc import Sequence

from bson import ObjectId

from auth.policies import mission as policy
from models import DiscoveryEngine, Mission
from models.base import Record, collection
from models.enums import TokenScope
from models.errors import NotFound
from models.ids import among
from models.records import DiscoveryEngineRecord, MissionRecord
from realtime.log import Change, Committed
from resolvers.discovery.engine import agent_in
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import DISCOVERY_ENGINE
from resolvers.kit.operation import edge, operation
from resolvers.kit.page import NEWEST_FIRST, Page, Window, pages
from resolvers.mission.engine_run import open_run
from resolvers.mission.mission import Asked, insert_mission

READ, WRITE = TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE
PROMPT = (
    "Look for what is to be done that no card says yet, in this part of what the workspace works on: {layer}.\n\n"
    "{description}\n\n"
    "Before you create a card, search for one that says the same, open or done: create none twice. Create one card for "
    "each thing that you find: what is wrong or missing, where you saw it, and how somebody can tell that it is done. "
    "Where there is nothing, create none, and say so in your summary."
)


@operation(
    "discoveryEngineRuns",
    opens=DISCOVERY_ENGINE.reading("agent_id"),
    permission=policy.READ,
    scope=READ,
    read_only=True,
)
async def list_runs(
    ctx: Context, engine: DiscoveryEngineRecord, window: Window, fields: Fields = None
) -> Page[MissionRecord]:
    """A page of the runs of a discovery engine, the newest first."""
    return (await _runs([engine], fields, window))[0]


@operation(
    "discoveryEngineRun",
    opens=DISCOVERY_ENGINE,
    permission=policy.WRITE,
    scope=WRITE,
    includes=("missionCreate",),
)
async def run_discovery_engine(ctx: Context, door: DiscoveryEngineRecord) -> Committed[MissionRecord]:
    """Have a discovery engine run now, one that rests too. A run that has not ended is returned instead."""

    async def body(change: Change) -> MissionRecord:
        engine = await collection(DiscoveryEngine).find_one({"_id": door["_id"]}, session=change.session)
        if engine is None:
            raise NotFound(DISCOVERY_ENGINE.title)
        under_way = await open_run(change, engine["agent_id"], engine["_id"])
        return under_way or await begin_run(ctx, change, engine)

    return await ctx.write(door["workspace_id"], body)


async def begin_run(
    ctx: Context, change: Change, engine: DiscoveryEngineRecord, by: ObjectId | None = None
) -> MissionRecord:
    """Ask the agent of an engine, read in this change, to look; `by` somebody, if not whoever makes the change.

    Raises Conflict while it has another run.
    """
    agent = await agent_in(change, engine)
    if agent is None:
        raise NotFound("Agent")
    prompt = PROMPT.format(layer=engine["layer"], description=engine["description"] or engine["name"])
    return await insert_mission(ctx, change, agent, Asked(prompt, engine_id=engine["_id"], by=by))


@edge(scope=READ)
async def runs_of(
    ctx: Context,
    engines: Sequence[DiscoveryEngineRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
) -> list[Page]:
    """The runs of each discovery engine, the newest first."""
    return await _runs(engines, fields, Window.read(first, after))


async def _runs(engines: Sequence[DiscoveryEngineRecord], fields: Fields, window: Window) -> list[Page]:
    agent_ids = [engine["agent_id"] for engine in engines]
    where: Record = {"engine_id": among([engine["_id"] for engine in engines])}
    found = await pages(Mission, "agent_id", agent_ids, window, sort=NEWEST_FIRST, where=where, fields=fields)
    return [found[agent_id] for agent_id in agent_ids]
