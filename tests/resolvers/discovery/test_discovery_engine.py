"""Discovery engines: run by hand and by the clock, one run at a time, and counted by what comes of them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from gateway.database import Database
from models import Agent, DiscoveryEngine, Mission, UsageSum
from models.base import collection, to_record, utc_now
from models.enums import BudgetPeriod
from models.errors import BadUserInput, Conflict, Forbidden, NotFound
from models.ids import Kind, new_id
from models.records import CardRecord, DiscoveryEngineRecord, MissionRecord, WorkspaceRecord
from resolvers.agent.agent import delete_agent, get_agent
from resolvers.budget.budget import create_budget
from resolvers.card.card import create_card
from resolvers.discovery import due
from resolvers.discovery.due import run_due_engines
from resolvers.discovery.engine import (
    create_discovery_engine,
    delete_discovery_engine,
    find_discovery_engine,
    list_discovery_engines,
    update_discovery_engine,
)
from resolvers.discovery.run import list_runs, run_discovery_engine
from resolvers.inputs.agent import AgentSwitch
from resolvers.inputs.budget import BudgetCreate
from resolvers.inputs.card import CardCreate
from resolvers.inputs.discovery_engine import DiscoveryEngineCreate, DiscoveryEngineUpdate
from resolvers.inputs.mission import MissionComplete, MissionFail
from resolvers.kit.context import Context, Services
from resolvers.kit.input import read_input
from resolvers.kit.page import Window
from resolvers.mission.again import relaunch_mission, retry_mission
from resolvers.mission.drive import claim_mission, complete_mission, fail_mission
from resolvers.mission.relay import relay_mission
from resolvers.mission.switch import restart_agent, start_agent, stop_agent
from resolvers.proposal.acting import acting_as
from tests.conftest import empty
from tests.resolvers.lab import People, again, event_types
from tests.resolvers.missions import Crew
from tests.resolvers.projects import Board, make_board
from tests.resolvers.test_indexes import check, recorded

HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Engine:
    """An engine, its owner, and its agent at work."""

    owner: Context
    record: DiscoveryEngineRecord

    async def now(self) -> DiscoveryEngineRecord:
        slug, workspace_id = self.record["slug"], self.record["workspace_id"]
        return await find_discovery_engine(again(self.owner), workspace_id, slug)

    async def run(self) -> MissionRecord:
        return (await run_discovery_engine(again(self.owner), self.record["_id"])).value

    async def at_work(self, run: MissionRecord | None = None) -> Context:
        agent = await get_agent(again(self.owner), self.record["agent_id"])
        acting = acting_as(agent, self.owner.services)
        acting.mission_id = None if run is None else run["_id"]
        return acting

    async def claim(self) -> MissionRecord:
        claimed = (await claim_mission(await self.at_work(), self.record["workspace_id"])).value
        assert claimed is not None
        return claimed

    async def change(self, **values: Any) -> DiscoveryEngineRecord:
        given = DiscoveryEngineUpdate.of(**values)
        return (await update_discovery_engine(again(self.owner), self.record["_id"], given)).value

    async def tick(self, moment: datetime) -> None:
        assert not await run_due_engines(self.owner.services, moment)


async def make_engine(owner: Context, workspace: WorkspaceRecord, **values: Any) -> Engine:
    given = {"workspaceId": workspace["_id"], "name": "Slow pages", "layer": "frontend", **values}
    made = (await create_discovery_engine(again(owner), read_input(DiscoveryEngineCreate, given))).value
    return Engine(owner, made)


async def counts(engine: Engine) -> tuple[int, int, int, int]:
    """Runs that have ended, those of them that failed, those that no card came of, and the cards."""
    now = await engine.now()
    return now["run_count"], now["failed_count"], now["wasted_count"], now["card_count"]


async def card(board: Board, ctx: Context) -> CardRecord:
    values = CardCreate.of(project_id=board.project["_id"], column_id=board.column_id(0), title="Slow")
    return (await create_card(ctx, values)).value


async def test_what_comes_of_runs_is_counted_whenever_it_comes(owner: Context, workspace: WorkspaceRecord) -> None:
    # Given an engine with an agent of its own, and a run of it, which is one however often it is asked for
    board = await make_board(owner, workspace)
    engine = await make_engine(owner, workspace, description="Those above a second", model="haiku")
    agent = await get_agent(again(owner), engine.record["agent_id"])
    assert (agent["slug"], agent["name"], agent["model"]) == ("discovery-slow-pages", "Slow pages", "haiku")
    assert "read_board" in agent["tools"]
    assert (agent["tools"][-1], agent["policy"]) == ("create_card", {"create_card": "allow"})
    first = await engine.run()
    assert (await engine.run())["_id"] == first["_id"]
    assert (first["engine_id"], first["agent_id"], first["waiting_for"]) == (
        engine.record["_id"],
        agent["_id"],
        "credential",
    )
    assert "frontend" in first["prompt"]
    assert "Those above a second" in first["prompt"]

    # When a card comes of the first, none of the second, and the third fails, which is tried again
    run = await engine.claim()
    found = await card(board, await engine.at_work())
    paid = {"subject_id": run["_id"], "organization_id": workspace["organization_id"], "day": "2026-03-01"}
    cost = UsageSum.model_validate({"id": new_id(Kind.USAGE_RECORD), **paid, "model": "haiku", "cost": 1_500})
    await collection(UsageSum).insert_one(to_record(cost))
    await complete_mission(await engine.at_work(), run["_id"], MissionComplete())
    assert (await card(board, again(owner)))["origin_mission_id"] is None
    second = await engine.run()
    await complete_mission(await engine.at_work(), (await engine.claim())["_id"], MissionComplete())
    await engine.run()
    third = await engine.claim()
    await fail_mission(await engine.at_work(), third["_id"], MissionFail(error="Away"))
    fourth = (await retry_mission(again(owner), third["_id"])).value

    # Then each is counted as it ended
    assert found["origin_mission_id"] == run["_id"]
    assert await counts(engine) == (3, 1, 2, 1)
    after = await engine.now()
    assert (after["cost"], after["last_run_id"], after["run_seconds"] > 0) == (1_500, fourth["_id"], True)
    assert (await engine.run())["_id"] == fourth["_id"]
    listed = (await list_runs(again(owner), engine.record["_id"], Window.read(first=3))).nodes
    assert [each["_id"] for each in listed] == [fourth["_id"], third["_id"], second["_id"]]

    # And what somebody approves of later is: it was not in vain then, which one card more does not change
    for _ in range(2):
        assert (await card(board, await engine.at_work(second)))["origin_mission_id"] == second["_id"]
    assert await counts(engine) == (3, 1, 1, 3)
    assert (await event_types(workspace["_id"])).count("DiscoveryEngineCreated") == 1


async def test_the_clock_begins_one_run_a_tick_for_all_processes(
    owner: Context, workspace: WorkspaceRecord, database: Database
) -> None:
    # Given an engine of every hour, and others that rest
    await empty(database, DiscoveryEngine)
    await empty(database, Mission)
    engine = await make_engine(owner, workspace, everySeconds=3600)
    resting = await make_engine(owner, workspace, name="Resting", isEnabled=False)
    begun = engine.record["created_at"]
    assert (engine.record["next_at"], resting.record["next_at"]) == (begun + HOUR, None)

    # When several look at the clock, before its moment and long after
    await engine.tick(begun + HOUR - timedelta(seconds=1))
    assert await collection(Mission).count_documents({}) == 0
    with recorded() as queries:
        late = begun + 3.5 * HOUR
        await asyncio.gather(*(run_due_engines(owner.services, late) for _ in range(3)))
    await check(database, queries)

    # Then what was missed is one run, which nobody has begun at that moment, in the name of who made the engine
    [run] = await collection(Mission).find().to_list()
    assert (run["engine_id"], run["created_by"], run["chain"]) == (engine.record["_id"], owner.user_id, 0)
    assert (await engine.now())["next_at"] == begun + 4 * HOUR

    # And none is begun while that is open, or its agent need not begin; the tick passes then
    await engine.tick(begun + 4 * HOUR)
    await complete_mission(await engine.at_work(), (await engine.claim())["_id"], MissionComplete())
    agent_id = engine.record["agent_id"]
    await stop_agent(again(owner), agent_id, AgentSwitch())
    await engine.tick(begun + 5 * HOUR)
    await start_agent(again(owner), agent_id, AgentSwitch())
    assert await collection(Mission).count_documents({}) == 1
    await engine.tick(begun + 6 * HOUR)
    assert await collection(Mission).count_documents({}) == 2
    await complete_mission(await engine.at_work(), (await engine.claim())["_id"], MissionComplete())
    nothing = {"limit_tokens": 0, "period": BudgetPeriod.TOTAL}
    budget = BudgetCreate.of(organization_id=workspace["organization_id"], subject_id=agent_id, **nothing)
    await create_budget(again(owner), budget)
    await engine.tick(begun + 7 * HOUR)
    assert await collection(Mission).count_documents({}) == 2

    # When it rests, and goes on with another rhythm and another model
    assert (await engine.change(is_enabled=False))["next_at"] is None
    changed = await engine.change(is_enabled=True, every_seconds=60, model="opus", layer="backend")
    assert changed["next_at"] is not None
    assert utc_now() < changed["next_at"] <= utc_now() + timedelta(minutes=1)
    agent = await collection(Agent).find_one({"_id": agent_id})
    assert (changed["layer"], agent and agent["model"]) == ("backend", "opus")
    assert (await event_types(workspace["_id"]))[-2:] == ["DiscoveryEngineUpdated", "AgentUpdated"]


async def test_an_engine_has_one_run_at_a_time_whatever_begins_it(owner: Context, workspace: WorkspaceRecord) -> None:
    # Given a run that has failed, and one of after it
    engine = await make_engine(owner, workspace)
    await engine.run()
    failed = await engine.claim()
    await fail_mission(await engine.at_work(), failed["_id"], MissionFail(error="Away"))
    running = await engine.run()

    # When the first is tried again or done anew, or the agent is asked for another, none is begun beside it
    for begin in (retry_mission, relaunch_mission):
        with pytest.raises(Conflict, match="not finished") as refused:
            await begin(again(owner), failed["_id"])
        assert refused.value.details == {"missionId": str(running["_id"])}

    # When what is under way is done anew, that takes its place, as what its agent is restarted with
    anew = (await relaunch_mission(again(owner), running["_id"])).value
    assert (await engine.now())["last_run_id"] == anew["_id"]
    await engine.claim()
    await restart_agent(again(owner), engine.record["agent_id"], AgentSwitch())
    last = await engine.run()
    assert (await engine.now())["last_run_id"] == last["_id"]
    assert last["_id"] not in (anew["_id"], running["_id"], failed["_id"])
    ended = await collection(Mission).find({"engine_id": engine.record["_id"]}, {"status": 1}).to_list()
    assert sorted(run["status"] for run in ended) == ["cancelled", "cancelled", "failed", "queued"]


@pytest.mark.parametrize("has_found", [True, False])
async def test_a_run_that_is_handed_over_is_counted_as_one_when_it_is_over(
    owner: Context, workspace: WorkspaceRecord, has_found: bool
) -> None:
    # Given a run that a card has come of, or none has
    board = await make_board(owner, workspace)
    engine = await make_engine(owner, workspace)
    await engine.run()
    first = await engine.claim()
    if has_found:
        await card(board, await engine.at_work())

    # When it is handed over, that is no end of it
    over = (await relay_mission(again(owner), first["_id"])).value
    assert await counts(engine) == (0, 0, 0, int(has_found))
    now = await engine.now()
    assert (now["last_run_id"], now["run_seconds"] > 0) == (over["_id"], True)

    # Then it is in vain where no card has come of it before or after, until one does
    await complete_mission(await engine.at_work(), (await engine.claim())["_id"], MissionComplete())
    assert await counts(engine) == (1, 0, int(not has_found), int(has_found))
    await card(board, await engine.at_work(over))
    assert await counts(engine) == (1, 0, 0, 1 + int(has_found))


async def test_a_tick_begins_nothing_that_another_process_has_begun_and_ended_meanwhile_or_that_rests_since(
    owner: Context, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an engine that is due, while whoever looked at the clock still looks at its agent
    engine = await make_engine(owner, workspace, everySeconds=3600)
    moment, need_begin = engine.record["created_at"] + HOUR, due._need_begin
    meanwhile: list[Callable[[], Awaitable[Any]]] = []

    async def others_first(services: Services, record: DiscoveryEngineRecord) -> bool:
        while meanwhile and record["_id"] == engine.record["_id"]:
            await meanwhile.pop()()
        return await need_begin(services, record)

    async def another_process() -> None:
        await engine.tick(moment)
        await complete_mission(await engine.at_work(), (await engine.claim())["_id"], MissionComplete())

    monkeypatch.setattr(due, "_need_begin", others_first)

    # When another process begins the run of this moment, which ends at once, and when the engine rests of a sudden
    meanwhile.append(another_process)
    await engine.tick(moment)
    meanwhile.append(partial(engine.change, is_enabled=False))
    await engine.tick(moment + HOUR)

    # Then there is that one run
    assert await collection(Mission).count_documents({"agent_id": engine.record["agent_id"]}) == 1
    assert (await engine.now())["next_at"] is None


async def test_an_engine_goes_with_its_agent_and_its_agent_with_it(
    people: People, owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given three engines, one of them at work
    await make_engine(owner, workspace, slug="kept")
    first, second = [await make_engine(owner, workspace, slug=slug) for slug in ("first", "second")]
    run = await first.run()

    # When one is deleted, and of another its agent
    await delete_discovery_engine(again(owner), first.record["_id"])
    await delete_agent(again(owner), second.record["agent_id"])

    # Then nothing of either is left but what was asked
    assert [engine["slug"] for engine in await list_discovery_engines(again(owner), workspace["_id"])] == ["kept"]
    stopped = await collection(Mission).find_one({"_id": run["_id"]})
    assert stopped is not None
    assert stopped["status"] == "cancelled"
    for engine in (first, second):
        with pytest.raises(NotFound):
            await get_agent(again(owner), engine.record["agent_id"])
    told = await event_types(workspace["_id"])
    assert (told.count("DiscoveryEngineDeleted"), told.count("AgentDeleted")) == (2, 2)

    # And what it is called by is free again, but not what addresses say, nor what another one has
    await make_engine(owner, workspace, slug="first")
    for values in ({"slug": "efficiency"}, {"name": "Efficiency!"}, {"everySeconds": 59}, {"everySeconds": 2_592_001}):
        with pytest.raises(BadUserInput):
            await make_engine(owner, workspace, **values)
    for taken, field in (({"slug": "kept"}, "slug"), ({"name": "Kept!"}, "name")):
        with pytest.raises(Conflict, match="another discovery engine") as refused:
            await make_engine(owner, workspace, **taken)
        assert refused.value.details == {"field": field}
    stranger = await people.register("stranger")
    with pytest.raises(NotFound):
        await make_engine(stranger, workspace)
    with pytest.raises(Forbidden):
        await delete_discovery_engine(await first_agent(owner, workspace), new_id(Kind.DISCOVERY_ENGINE))


async def test_engines_of_long_slugs_have_an_agent_each_and_none_takes_another_ones(
    people: People, owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given slugs that begin alike, as long as what comes before them leaves room for, and longer
    begin = "a" * 48
    slugs = [f"{begin}-{end}" for end in ("b", "c", "b-first", "b-second", "b--------xy")]

    # When there is an engine of each
    agents = [(await (await make_engine(owner, workspace, slug=slug)).at_work()).subject.agent_id for slug in slugs]

    # Then each has an agent of its own, which is called by as much of that as there is room for
    found = await collection(Agent).find({"_id": {"$in": agents}}).sort("_id", 1).to_list()
    called = [agent["slug"] for agent in found]
    assert called[:2] == [f"discovery-{slug}" for slug in slugs[:2]]
    assert len(set(called)) == len(slugs)
    assert all(len(slug) <= 60 for slug in called)

    # And an agent that people have made is not taken for it
    await Crew(people, owner, workspace).hire("discovery-mine")
    with pytest.raises(Conflict, match="an agent that there is already: discovery-mine") as refused:
        await make_engine(owner, workspace, name="Mine")
    assert refused.value.details == {"field": "name"}


async def first_agent(owner: Context, workspace: WorkspaceRecord) -> Context:
    """The agent of the engine that was made first."""
    kept = await list_discovery_engines(again(owner), workspace["_id"])
    return await Engine(owner, kept[0]).at_work()
