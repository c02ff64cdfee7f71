"""Engines that look for what is worth a mission, again and again."""

from resolvers.discovery.engine import create_discovery_engine
from resolvers.inputs.discovery_engine import DiscoveryEngineCreate, DiscoveryEngineUpdate
from resolvers.kit.page import Window
from tests.gateway.replay.state import JSON, State, everywhere, take
from tests.rest.story import Cast, ask_orkosi
from tests.world.paths import ORKOSI
from tests.world.sample import Kept, Sample, sent
from tests.world.world import World

ENGINES = ORKOSI + "/discovery-engines"


async def make(world: World) -> None:
    slow = DiscoveryEngineCreate.of(workspace_id=world.ids["workspace"], name="Slow pages", layer="frontend")
    world.ids["discovery_engine"] = (await world.made(create_discovery_engine, slow))["_id"]
    world.ids["engine_slug"] = "slow-pages"


def _deleted(state: State, event: JSON) -> None:
    take(state, "DiscoveryEngine", event["discoveryEngineId"])
    everywhere(state, "Mission", "engine", event["discoveryEngineId"])


async def orkosi_story(cast: Cast) -> None:
    ann, engines = cast.ann, cast.orkosi + "/discovery-engines"
    look = {"name": "Slow pages", "layer": "frontend", "description": "Above a second"}
    made = await ask_orkosi(ann, "POST", engines, 201, **look, schedule_interval_ms=3_600_000)
    assert (made["slug"], made["stats"]["total_runs"], made["last_run"]) == ("slow-pages", 0, None)
    one = f"{engines}/{made['slug']}"
    changed = await ask_orkosi(ann, "PATCH", one, enabled=False, model="haiku")
    assert (changed["next_run_at"], changed["model"]) == (None, "haiku")
    run = await ask_orkosi(ann, "POST", f"{one}/run")
    assert await ask_orkosi(ann, "POST", f"{one}/run") == run
    assert (await ask_orkosi(ann, "GET", one))["runs"] == [run]
    assert [engine["last_run"] for engine in await ask_orkosi(ann, "GET", engines)] == [run]
    assert [engine["waste_rate"] for engine in await ask_orkosi(ann, "GET", f"{engines}/efficiency")] == [None]
    assert await ask_orkosi(ann, "DELETE", one) == {"id": made["id"], "deleted": True}


SAMPLE = Sample(
    after=("agent",),
    make=make,
    places={"engineSlug": "engine_slug"},
    calls={
        "discoveryEngine": lambda ids: (ids["discovery_engine"],),
        "discoveryEngines": lambda ids: (ids["workspace"],),
        "discoveryEngineNamed": lambda ids: (ids["workspace"], ids["engine_slug"]),
        "discoveryEngineRuns": lambda ids: (ids["discovery_engine"], Window.read()),
        "discoveryEngineCreate": lambda ids: (
            DiscoveryEngineCreate.of(workspace_id=ids["workspace"], name="More", layer="backend"),
        ),
        "discoveryEngineUpdate": lambda ids: (
            ids["discovery_engine"],
            DiscoveryEngineUpdate.of(every_seconds=3600, model="haiku"),
        ),
        "discoveryEngineRun": lambda ids: (ids["discovery_engine"],),
        "discoveryEngineDelete": lambda ids: (ids["discovery_engine"],),
    },
    routes={
        ("GET", ENGINES): None,
        ("POST", ENGINES): sent(name="More", layer="backend"),
        ("GET", ENGINES + "/efficiency"): None,
        ("GET", ENGINES + "/{engineSlug}"): None,
        ("PATCH", ENGINES + "/{engineSlug}"): sent(enabled=False),
        ("DELETE", ENGINES + "/{engineSlug}"): None,
        ("POST", ENGINES + "/{engineSlug}/run"): None,
    },
    kept={
        "DiscoveryEngine": Kept(
            "agent { id } lastRun { id } costUsd createdBy { id }",
            {"Workspace": "discoveryEngines { ...DiscoveryEngineFields }"},
        )
    },
    rules={"DiscoveryEngineDeleted": ("discoveryEngineId", _deleted)},
    orkosi_story=orkosi_story,
)
