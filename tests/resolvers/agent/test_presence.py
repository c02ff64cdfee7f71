"""What agents are about: reported, paused, at work or silent; stopped, begun anew; whether they need begin."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.database import Database
from models import Agent, Card, Mission, MissionRun
from models.agent_enums import AgentStatus, IdleReason
from models.base import collection, to_record, utc_now
from models.enums import BudgetPeriod, MissionStatus
from models.errors import BadUserInput, Forbidden, NotFound
from models.ids import Kind, new_id
from resolvers.agent.agent import get_agent, update_agent
from resolvers.agent.idle import GO_ON, IdleCheck, check_idle, find_idle
from resolvers.agent.presence import report_agent, status_of_agents
from resolvers.budget.budget import create_budget
from resolvers.inputs.agent import AgentReport, AgentSwitch, AgentUpdate
from resolvers.inputs.budget import BudgetCreate
from resolvers.kit.context import Context
from resolvers.mission.run import take
from resolvers.mission.switch import restart_agent, start_agent, stop_agent
from tests.resolvers.lab import People, again, event_types
from tests.resolvers.missions import Crew, Hand, stored
from tests.resolvers.projects import make_board
from tests.resolvers.test_indexes import examined, has_index, recorded


@pytest.fixture
def crew(people: People, owner: Context, workspace: Any) -> Crew:
    return Crew(people, owner, workspace)


async def status(crew: Crew, agent: Hand) -> AgentStatus:
    record = await get_agent(again(crew.owner), agent.record["_id"])
    [found] = await status_of_agents(again(crew.owner), [record], None)
    return found


async def heard_of(agent: Hand, ago: timedelta) -> None:
    """Let the last sign of life of an agent lie some time ago."""
    past = {"$set": {"heartbeat_at": utc_now() - ago}}
    await collection(Agent).update_one({"_id": agent.record["_id"]}, past)


async def test_what_an_agent_is_about_follows_from_what_it_says_and_does(crew: Crew) -> None:
    # Given one that looks for work every ten minutes, and was never heard of
    atlas = await crew.hire(intervalSeconds=600, emoji="📦", color="#3B82F6", role="engineer")
    other = await crew.hire("other")
    agent_id = atlas.record["_id"]
    assert (atlas.record["emoji"], atlas.record["color"], atlas.record["role"]) == ("📦", "#3b82f6", "engineer")
    assert await status(crew, atlas) is AgentStatus.IDLE

    # Then it is what it says, until nothing is heard of it for three intervals
    said = (await report_agent(atlas.ctx, agent_id, AgentReport(status=AgentStatus.BLOCKED, current_task="Ask"))).value
    assert (said["reported_status"], said["current_task"]) == ("blocked", "Ask")
    assert await status(crew, atlas) is AgentStatus.BLOCKED
    await heard_of(atlas, timedelta(minutes=29))
    assert await status(crew, atlas) is AgentStatus.BLOCKED
    await heard_of(atlas, timedelta(minutes=31))
    assert await status(crew, atlas) is AgentStatus.OFFLINE
    await report_agent(atlas.ctx, agent_id, AgentReport())
    assert await status(crew, atlas) is AgentStatus.BLOCKED

    # And one without a rhythm has fifteen minutes
    await report_agent(other.ctx, other.record["_id"], AgentReport())
    await heard_of(other, timedelta(minutes=14))
    assert await status(crew, other) is AgentStatus.IDLE
    await heard_of(other, timedelta(minutes=16))
    assert await status(crew, other) is AgentStatus.OFFLINE

    # And a mission that runs says more than its words, but for a pause
    await crew.mission_at(atlas, MissionStatus.RUNNING)
    assert await status(crew, atlas) is AgentStatus.WORKING
    await update_agent(again(crew.owner), agent_id, AgentUpdate.of(status=AgentStatus.PAUSED))
    assert await status(crew, atlas) is AgentStatus.PAUSED
    await report_agent(atlas.ctx, agent_id, AgentReport(status=AgentStatus.IDLE))
    assert await status(crew, atlas) is AgentStatus.PAUSED
    await update_agent(again(crew.owner), agent_id, AgentUpdate.of(status=AgentStatus.OFFLINE))
    assert await status(crew, atlas) is AgentStatus.WORKING

    # And nobody says of another what it is about, or pauses itself
    with pytest.raises(Forbidden):
        await report_agent(other.ctx, agent_id, AgentReport())
    with pytest.raises(BadUserInput):
        await report_agent(other.ctx, other.record["_id"], AgentReport(status=AgentStatus.PAUSED))


async def test_a_stopped_agent_is_given_nothing_until_it_is_started(crew: Crew) -> None:
    # Given one that works on two missions, one of which waits for people, and is asked for a third
    atlas = await crew.hire()
    agent_id = atlas.record["_id"]
    running = await crew.mission_at(atlas, MissionStatus.RUNNING)
    waiting = await crew.mission_at(atlas, MissionStatus.AWAITING_APPROVAL)
    asked = await crew.ask(atlas)

    # When it is stopped, twice
    stopped = (await stop_agent(again(crew.owner), agent_id, AgentSwitch(note="Too loud"))).value
    told = len(await event_types(crew.workspace["_id"]))
    assert (await stop_agent(again(crew.owner), agent_id, AgentSwitch(note="Too loud"))).value == stopped

    # Then what it works on is cancelled, and it claims nothing
    assert stopped["note"] == "Too loud"
    assert len(await event_types(crew.workspace["_id"])) == told
    ended = [(await stored(mission))["status"] for mission in (running, waiting, asked)]
    assert ended == [MissionStatus.CANCELLED, MissionStatus.CANCELLED, MissionStatus.QUEUED]
    assert await atlas.claim() is None

    # And the runtime lets what waits for it rest
    run = MissionRun(id=asked["_id"], workspace_id=asked["workspace_id"], agent_id=agent_id, due_at=utc_now())
    await collection(MissionRun).insert_one(to_record(run))
    assert await take(crew.owner.services, asked["_id"], "here") is None
    rests = await collection(MissionRun).find_one({"_id": asked["_id"]})
    assert rests is not None
    assert rests["due_at"] is not None
    assert rests["due_at"] > utc_now()

    # Until it is started
    started = (await start_agent(again(crew.owner), agent_id, AgentSwitch())).value
    assert (started["paused_at"], started["note"]) == (None, None)
    woken = await collection(MissionRun).find_one({"_id": asked["_id"]})
    assert woken is not None
    assert woken["due_at"] is not None
    assert woken["due_at"] <= utc_now()
    claimed = await atlas.claim()
    assert claimed is not None
    assert claimed["_id"] == asked["_id"]


async def test_a_restarted_agent_does_anew_what_it_works_on(crew: Crew) -> None:
    # Given one that works on a mission, and is paused
    atlas = await crew.hire()
    agent_id = atlas.record["_id"]
    running = await crew.mission_at(atlas, MissionStatus.RUNNING)
    await update_agent(again(crew.owner), agent_id, AgentUpdate.of(status=AgentStatus.PAUSED))

    # When it is begun anew
    restarted = (await restart_agent(again(crew.owner), agent_id, AgentSwitch())).value

    # Then it goes on, with a mission of the same prompt in place of that one
    assert restarted["paused_at"] is None
    assert (await stored(running))["status"] == MissionStatus.CANCELLED
    claimed = await atlas.claim()
    assert claimed is not None
    assert (claimed["prompt"], claimed["_id"] != running["_id"]) == (running["prompt"], True)
    assert await collection(Mission).count_documents({"agent_id": agent_id}) == 2


async def test_whether_an_agent_need_begin_is_told_by_indexes_alone(
    crew: Crew, people: People, database: Database
) -> None:
    # Given an agent
    atlas = await crew.hire()
    workspace_id, agent_id = crew.workspace["_id"], atlas.record["_id"]

    async def idle(mode: str | None = None) -> IdleCheck:
        return await find_idle(again(crew.owner), workspace_id, "atlas", mode)

    # Then it need not begin while nothing waits for it, unless it looks for work by itself
    assert await idle() == IdleCheck(skip=True, reason=IdleReason.NO_TASKS)
    assert await idle("discovery") == GO_ON
    board = await make_board(crew.owner, crew.workspace)
    card = await board.card()
    assigned = {"assignee_id": atlas.record["user_id"]}
    await collection(Card).update_one({"_id": card["_id"]}, {"$set": assigned})
    assert await idle() == GO_ON
    await collection(Card).update_one({"_id": card["_id"]}, {"$set": {"completed_at": utc_now()}})
    assert (await idle()).reason is IdleReason.NO_TASKS
    await crew.ask(atlas)
    with recorded() as queries:
        assert await idle() == GO_ON
    assert [query for query in queries if not await has_index(database, query)] == []
    assert {command for command, _, _ in queries} == {"find"}

    # Nor where its budget is spent, while it works, or is paused
    budget = BudgetCreate(
        organization_id=crew.workspace["organization_id"],
        subject_id=agent_id,
        limit_tokens=0,
        period=BudgetPeriod.TOTAL,
    )
    await create_budget(again(crew.owner), budget)
    assert (await idle()).reason is IdleReason.OVER_BUDGET
    await atlas.claim()
    assert (await idle()).reason is IdleReason.BUSY
    await update_agent(again(crew.owner), agent_id, AgentUpdate.of(status=AgentStatus.PAUSED))
    assert (await idle()).reason is IdleReason.PAUSED

    # And whoever is not signed in learns nothing, nor does an outsider
    assert await check_idle(again(people.anonymous), "atlas", workspace_id) == GO_ON
    outsider = await people.register("Oz")
    for ctx, name in ((outsider, "atlas"), (crew.owner, "nobody")):
        with pytest.raises(NotFound):
            await check_idle(again(ctx), name, workspace_id)


async def test_whether_an_agent_need_begin_reads_few_however_many_cards_it_has_and_had(
    crew: Crew, database: Database
) -> None:
    # Given an agent with cards that are done, and others that are not
    atlas = await crew.hire()
    board = await make_board(crew.owner, crew.workspace)
    card = await board.card()
    done: list[Any] = []
    for place in range(60):
        ids = {"_id": new_id(Kind.CARD), "number": 1_000 + place, "assignee_id": atlas.record["user_id"]}
        done.append({**card, **ids, "completed_at": utc_now() if place < 30 else None})
    await collection(Card).insert_many(done)

    async def reads() -> int:
        with recorded() as queries:
            assert await find_idle(again(crew.owner), crew.workspace["_id"], "atlas") == GO_ON
        asked = [query for query in queries if query[1] == collection(Card).name]
        return sum([await examined(database, query) for query in asked])

    # Then one of them is read, once it is known; and another one where that is done
    assert await reads() <= 30
    assert await reads() == 1
    rest = {"_id": {"$in": [left["_id"] for left in done[30:59]]}}
    await collection(Card).update_many(rest, {"$set": {"completed_at": utc_now()}})
    assert await reads() <= 2
    assert await reads() == 1
    await collection(Card).update_one({"_id": done[59]["_id"]}, {"$set": {"archived": True}})
    told = await find_idle(again(crew.owner), crew.workspace["_id"], "atlas")
    assert told == IdleCheck(skip=True, reason=IdleReason.NO_TASKS)
