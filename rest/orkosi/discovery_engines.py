"""Discovery engines: what has agents look for work by itself, and what came of it."""

from collections.abc import Sequence
from typing import Annotated, Any

from bson import ObjectId
from pydantic import Field

from models.discovery_engine import DAY
from models.limits import NAME
from models.records import DiscoveryEngineRecord
from resolvers.discovery.engine import (
    create_discovery_engine,
    delete_discovery_engine,
    find_discovery_engine,
    list_discovery_engines,
    update_discovery_engine,
)
from resolvers.discovery.run import list_runs, run_discovery_engine
from resolvers.inputs.discovery_engine import LONGEST, SHORTEST, DiscoveryEngineCreate, DiscoveryEngineUpdate
from resolvers.kit.input import Description, Flag, Name
from resolvers.kit.load import one_by
from resolvers.kit.nouns import AGENT, MISSION
from resolvers.kit.page import Window
from rest.orkosi.bodies import Body, Changes, Deleted, deleted
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.paging import whole_of
from rest.orkosi.present.discovery_engine import (
    DiscoveryEngineData,
    DiscoveryEngineRuns,
    DiscoveryRunData,
    EfficiencyData,
    discovery_engine,
    discovery_run,
    efficiency,
)
from rest.orkosi.workspace import workspace_of
from rest.routing import Call

routes = orkosi_routes(
    "discovery engines",
    "/discovery-engines",
    about="What has agents look for work by itself, and what comes of it.",
    place=300,
    tag_place=130,
)

agents_of = one_by(AGENT, "agent_id")
last_runs_of = one_by(MISSION, "last_run_id")

SECOND = 1_000
RECENT = 20
"""Runs that are shown with an engine."""

Interval = Annotated[int, Field(strict=True, ge=SHORTEST * SECOND, le=LONGEST * SECOND, multiple_of=SECOND)]
Model = Annotated[str, NAME]


class EngineBody(Body):
    """A new discovery engine. `layer` says where it looks, `description` what for. It runs every
    `schedule_interval_ms`, whole seconds and a minute at least; a day, where nothing is said."""

    name: Name
    layer: Name
    description: Description | None = None
    schedule_interval_ms: Interval = DAY * SECOND
    model: Model | None = None
    enabled: Flag = True


class EngineChange(Changes):
    """What changes of a discovery engine. Null clears `description` and `model`."""

    name: Name | None = None
    layer: Name | None = None
    description: Description | None = None
    schedule_interval_ms: Interval | None = None
    model: Model | None = None
    enabled: Flag | None = None


@routes.get("", "List discovery engines", runs=list_discovery_engines, names_object=True)
async def find(call: Call) -> list[DiscoveryEngineData]:
    """By slug, with what came of their runs."""
    found = await list_discovery_engines(call.ctx, await workspace_of(call))
    return whole_of(call, await _shown(call, found))


@routes.post("", "Create a discovery engine", runs=create_discovery_engine, body=EngineBody, names_object=True)
async def create(call: Call) -> DiscoveryEngineData:
    """It has an agent of its own, and is called by a slug of its name. `efficiency` is none."""
    workspace_id, body = await workspace_of(call), call.body(EngineBody)
    values = DiscoveryEngineCreate.of(workspace_id=workspace_id, **_written(body.model_dump()))
    return await _one(call, (await create_discovery_engine(call.ctx, values)).value)


@routes.get("/efficiency", "What discovery engines cost, and what for", runs=list_discovery_engines, names_object=True)
async def compare(call: Call) -> list[EfficiencyData]:
    """Of all runs that have ended, whatever became of their tasks since."""
    found = await list_discovery_engines(call.ctx, await workspace_of(call))
    return whole_of(call, [efficiency(engine) for engine in found])


@routes.get("/{engineSlug}", "Read a discovery engine", runs=find_discovery_engine, reads=(list_runs,))
async def read(call: Call) -> DiscoveryEngineRuns:
    """With its last 20 runs, the newest first."""
    engine = await find_discovery_engine(call.ctx, await workspace_of(call), call.path["engineSlug"])
    runs = await list_runs(call.ctx, engine["_id"], Window.read(first=RECENT))
    return {**await _one(call, engine), "runs": [discovery_run(run) for run in runs.nodes]}


@routes.patch(
    "/{engineSlug}",
    "Update a discovery engine",
    runs=update_discovery_engine,
    reads=(find_discovery_engine,),
    body=EngineChange,
)
async def update(call: Call) -> DiscoveryEngineData:
    """Its slug stays. A run that is under way is left alone."""
    engine_id, given = await _named(call), _written(call.body(EngineChange).given())
    kept = {name: value for name, value in given.items() if value is not None or name in ("description", "model")}
    values = DiscoveryEngineUpdate.of(**kept)
    return await _one(call, (await update_discovery_engine(call.ctx, engine_id, values)).value)


@routes.delete(
    "/{engineSlug}", "Delete a discovery engine", runs=delete_discovery_engine, reads=(find_discovery_engine,)
)
async def delete(call: Call) -> Deleted:
    """With its agent, whose unfinished run is cancelled. Its tasks stay."""
    return deleted((await delete_discovery_engine(call.ctx, await _named(call))).value)


@routes.post(
    "/{engineSlug}/run",
    "Have a discovery engine run",
    runs=run_discovery_engine,
    reads=(find_discovery_engine,),
    body=None,
    status=200,
)
async def run(call: Call) -> DiscoveryRunData:
    """One that rests too. A run that has not ended is answered instead of a new one."""
    return discovery_run((await run_discovery_engine(call.ctx, await _named(call))).value)


async def _named(call: Call) -> ObjectId:
    engine = await find_discovery_engine(call.ctx, await workspace_of(call), call.path["engineSlug"])
    return engine["_id"]


def _written(given: dict[str, Any]) -> dict[str, Any]:
    """What a body says, as the operations call it."""
    renamed = {"enabled": "is_enabled"}
    values = {renamed.get(name, name): value for name, value in given.items()}
    if (interval := values.pop("schedule_interval_ms", None)) is not None:
        values["every_seconds"] = interval // SECOND
    return values


async def _one(call: Call, record: DiscoveryEngineRecord) -> DiscoveryEngineData:
    [shown] = await _shown(call, [record])
    return shown


async def _shown(call: Call, records: Sequence[DiscoveryEngineRecord]) -> list[DiscoveryEngineData]:
    agents = await agents_of(call.ctx, records, frozenset({"slug", "model"}))
    last_runs = await last_runs_of(call.ctx, records, None)
    return [discovery_engine(*each) for each in zip(records, agents, last_runs, strict=True)]
