"""What a workspace comes to at a glance: counts, what its agents do, and what is amiss."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from gateway.database import Database
from models import Agent, Card, Mission, UsageSum, WorkspaceFile
from models.agent_enums import AgentStatus, HealthArea, HealthRule
from models.base import collection, utc_now
from models.card_enums import CardStage
from models.enums import StatsInterval, TokenScope
from models.errors import NotFound
from models.records import WorkspaceRecord
from resolvers.activity.log import stats_of
from resolvers.card.card import delete_card
from resolvers.deletion import deletion
from resolvers.inputs.project import ProjectUpdate
from resolvers.inputs.workspace import WorkspaceCreate
from resolvers.inputs.workspace_file import WorkspaceFileWrite
from resolvers.kit.context import Context
from resolvers.kit.periods import Periods
from resolvers.overview.agents import (
    AgentQueue,
    agent_efficiency_of,
    agent_queues_of,
    completion_of_agent,
    list_agent_efficiency,
    list_agent_queues,
)
from resolvers.overview.counts import counts_of_workspace, get_dashboard, get_workspace_counts
from resolvers.overview.health import get_workspace_health, health_of_workspace
from resolvers.project.project import delete_project, update_project
from resolvers.workspace.workspace import create_workspace, get_workspace_by_id
from resolvers.workspace_file.workspace_file import write_workspace_file
from tests.resolvers.lab import People, again
from tests.resolvers.missions import Crew, Hand
from tests.resolvers.projects import make_board
from tests.resolvers.test_indexes import has_index, recorded

TODO, ACTIVE, DONE = range(3)
EDGES: tuple[Any, ...] = (
    counts_of_workspace,
    health_of_workspace,
    agent_efficiency_of,
    agent_queues_of,
    stats_of,
)


@pytest.fixture
def crew(people: People, owner: Context, workspace: WorkspaceRecord) -> Crew:
    return Crew(people, owner, workspace)


async def used(agent: Hand, tokens: int, days_ago: int = 0) -> None:
    """Let the models of an agent have read so many tokens on a day."""
    record = agent.record
    row: Any = {
        "_id": ObjectId(),
        "organization_id": ObjectId(),
        "workspace_id": record["workspace_id"],
        "subject_id": record["_id"],
        "day": (utc_now() - timedelta(days=days_ago)).date().isoformat(),
        "model": "example",
        "calls": 1,
        "input_tokens": tokens,
        "cached_tokens": 0,
        "output_tokens": 0,
        "cost": 10 * tokens,
    }
    await collection(UsageSum).insert_one(row)


async def test_counts_follow_lanes_and_are_told_to_members_alone(
    crew: Crew, people: People, workspace: WorkspaceRecord
) -> None:
    # Given two boards, of which one is deleted, and two agents
    board, gone = [await make_board(crew.owner, workspace, columns=3) for _ in range(2)]
    cards = [await board.card(place) for place in (TODO, TODO, ACTIVE, DONE, None)]
    await gone.card(TODO)
    for card in cards[1], cards[3]:
        await board.update(card, archived=True)
    await crew.hire("atlas")
    resting = await crew.hire("rest")
    await collection(Agent).update_one({"_id": resting.record["_id"]}, {"$set": {"paused_at": utc_now()}})
    before = await get_workspace_counts(again(crew.owner), workspace["_id"])
    await delete_project(again(crew.owner), gone.project["_id"])

    # Then
    told = await get_workspace_counts(again(crew.owner), workspace["_id"])
    assert (told.agents, told.cards, told.projects, told.pending) == (2, 3, before.projects - 1, 2)
    assert {counted.stage: counted.count for counted in told.cards_by_stage if counted.count} == {
        CardStage.TODO: 2,
        CardStage.IN_PROGRESS: 1,
        CardStage.DONE: 1,
        CardStage.CANCELLED: 1,
    }
    assert {counted.status: counted.count for counted in told.agents_by_status or () if counted.count} == {
        AgentStatus.IDLE: 1,
        AgentStatus.PAUSED: 1,
    }
    assert await get_dashboard(again(crew.owner), workspace["_id"]) == told
    assert await get_dashboard(again(people.anonymous), workspace["_id"]) is None
    for ask in (get_dashboard, get_workspace_counts, get_workspace_health, list_agent_queues):
        with pytest.raises(NotFound):
            await ask(again(await people.register("Oz")), workspace["_id"])


async def test_a_token_that_reaches_no_agents_is_told_of_the_rest(crew: Crew, workspace: WorkspaceRecord) -> None:
    # Given an agent that fails, and a board
    agent = await crew.hire()
    error = {"$set": {"reported_status": AgentStatus.ERROR.value}}
    await collection(Agent).update_one({"_id": agent.record["_id"]}, error)
    await (await make_board(crew.owner, workspace, columns=3)).card(TODO)
    projects_alone = await crew.people.with_token(crew.owner, [TokenScope.PROJECTS_READ])

    # Then
    whole = await get_workspace_counts(again(crew.owner), workspace["_id"])
    assert (whole.agents, whole.cards) == (1, 1)
    rest = replace(whole, agents=None, agents_by_status=None)
    assert await get_workspace_counts(again(projects_alone), workspace["_id"]) == rest
    assert await get_dashboard(again(projects_alone), workspace["_id"]) == rest
    health = await get_workspace_health(again(projects_alone), workspace["_id"])
    assert [section.area for section in health.sections] == [HealthArea.CARDS, HealthArea.PROJECTS, HealthArea.FILES]
    assert str(agent.record["_id"]) not in repr(health)


async def test_what_is_in_a_project_that_is_deleted_counts_nowhere_while_it_goes(
    crew: Crew, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an agent, and what is told of it and its workspace
    agent = await crew.hire()
    await collection(Agent).update_one({"_id": agent.record["_id"]}, {"$set": {"heartbeat_at": utc_now()}})

    async def told() -> list[str]:
        ctx = again(crew.owner)
        await get_workspace_by_id(ctx, workspace["_id"])  # past its door it is known what was deleted
        of_workspace = [await edge(ctx, [workspace], None) for edge in EDGES if edge is not stats_of]
        return _timeless([*of_workspace, await completion_of_agent(ctx, [agent.record], None)])

    before = await told()

    # When a project comes whose cards count everywhere, and is deleted
    board = await make_board(crew.owner, workspace, columns=3)
    await board.add_member(agent.caller)
    mine = {"assigneeId": str(agent.record["user_id"])}
    await board.card(TODO, dueDate=utc_now() - timedelta(days=3), **mine)
    await board.move(await board.card(TODO), columnId=board.column_id(ACTIVE))
    await board.move(await board.card(TODO, **mine), columnId=board.column_id(DONE))
    meanwhile = await told()
    assert [was != now for was, now in zip(before, meanwhile, strict=True)] == [True] * len(before)
    monkeypatch.setattr(deletion, "AT_ONCE", 0)
    await delete_project(again(crew.owner), board.project["_id"])

    # Then it is as it was before, though all of that is still there
    assert await collection(Card).count_documents({"project_id": board.project["_id"]}) == 3
    assert await told() == before


async def test_what_agents_got_done_and_what_waits_for_them(
    crew: Crew, workspace: WorkspaceRecord, database: Database
) -> None:
    # Given three agents, of which one gets two cards done for 4,000 tokens and the other one for 1,000
    board = await make_board(crew.owner, workspace, columns=3)
    atlas, other, idle = [await crew.hire(name) for name in ("atlas", "other", "idle")]
    for agent, count, tokens in ((atlas, 2, 4_000), (other, 1, 1_000)):
        await board.add_member(agent.caller)
        for _ in range(count):
            card = await board.card(TODO, assigneeId=str(agent.record["user_id"]))
            await board.move(card, columnId=board.column_id(DONE))
        await used(agent, tokens // 2)
        await used(agent, tokens // 2, days_ago=29)
        await used(agent, 100_000, days_ago=40)

    # Then it is told of the last thirty days, the most for the least first, and of nothing what is not known
    with recorded() as queries:
        month = Periods.between(None, None, StatsInterval.DAY)
        rows = await list_agent_efficiency(again(crew.owner), workspace["_id"], month)
    assert [query for query in queries if not await has_index(database, query)] == []
    assert [(row["agent_id"], row["done"], row["tokens"], row["cards_per_thousand_tokens"]) for row in rows] == [
        (other.record["_id"], 1, 1_000, 1.0),
        (atlas.record["_id"], 2, 4_000, 0.5),
        (idle.record["_id"], 0, 0, None),
    ]
    assert (rows[1]["calls"], rows[1]["cost"]) == (2, 40_000)

    # And which part of its work each got done
    records = [agent.record for agent in (atlas, other, idle)]
    waits = await board.card(TODO, assigneeId=str(atlas.record["user_id"]))
    with recorded() as queries:
        completions = await completion_of_agent(again(crew.owner), records, None)
    assert [query for query in queries if not await has_index(database, query)] == []
    assert [tuple(completion.values()) for completion in completions] == [(2, 1, 2 / 3), (1, 0, 1.0), (0, 0, None)]
    await delete_card(again(crew.owner), waits["_id"])

    # Given a card and a mission that wait for the first one, and a card that it has begun with
    card = await board.card(TODO, assigneeId=str(atlas.record["user_id"]))
    begun = await board.card(TODO, assigneeId=str(atlas.record["user_id"]))
    await board.move(begun, columnId=board.column_id(ACTIVE))
    mission = await crew.ask(atlas)
    now = utc_now()
    ago = [{"$set": {"created_at": now - timedelta(seconds=seconds)}} for seconds in (3_600, 600)]
    await collection(Card).update_one({"_id": card["_id"]}, ago[0])
    await collection(Mission).update_one({"_id": mission["_id"]}, ago[1])

    # Then
    with recorded() as queries:
        queues = await list_agent_queues(again(crew.owner), workspace["_id"])
    assert [query for query in queries if not await has_index(database, query)] == []
    assert [(queue["agent_id"], queue["cards"], queue["missions"]) for queue in queues] == [
        (atlas.record["_id"], 1, 1),
        (other.record["_id"], 0, 0),
        (idle.record["_id"], 0, 0),
    ]
    assert queues[0]["longest_wait_seconds"] is not None
    assert queues[0]["average_wait_seconds"] is not None
    assert 3_600 <= queues[0]["longest_wait_seconds"] < 3_660
    assert 2_100 <= queues[0]["average_wait_seconds"] < 2_160
    assert queues[1] == AgentQueue(
        agent_id=other.record["_id"], cards=0, missions=0, longest_wait_seconds=None, average_wait_seconds=None
    )


async def test_what_fails_which_rule_is_named_and_an_empty_workspace_has_no_score(
    crew: Crew, workspace: WorkspaceRecord, database: Database
) -> None:
    # Given nothing but a workspace
    empty = await get_workspace_health(again(crew.owner), workspace["_id"])
    assert (empty.score, {check.checked for section in empty.sections for check in section.checks}) == (None, {0})

    # Given agents, of which one has failed and the other has what it takes
    failed, well = await crew.hire("failed"), await crew.hire("well", role="engineer")
    error = {"$set": {"reported_status": AgentStatus.ERROR.value}}
    await collection(Agent).update_one({"_id": failed.record["_id"]}, error)
    for path, content in (("agents/well/SOUL.md", "Be kind"), ("empty.md", "")):
        values = WorkspaceFileWrite.of(workspace_id=workspace["_id"], path=path, content=content)
        await write_workspace_file(again(crew.owner), values)
    hollow = await collection(WorkspaceFile).find_one({"path": "empty.md", "workspace_id": workspace["_id"]})
    assert hollow is not None

    # And a project that is late, with cards of which some are
    board = await make_board(crew.owner, workspace, columns=3)
    past = utc_now() - timedelta(days=3)
    await update_project(again(crew.owner), board.project["_id"], ProjectUpdate.of(deadline=past, tagline="Look up"))
    late = await board.card(TODO, dueDate=past)
    begun = await board.card(TODO)
    await board.move(begun, columnId=board.column_id(ACTIVE))
    await board.move(await board.card(TODO, dueDate=past), columnId=board.column_id(DONE))

    # Then
    with recorded() as queries:
        found = await get_workspace_health(again(crew.owner), workspace["_id"])
    assert [query for query in queries if not await has_index(database, query)] == []
    rules = {(section.area, check.rule): check for section in found.sections for check in section.checks}
    failing = {place: check.failing_ids for place, check in rules.items() if check.failing_ids}
    named = [failed.record["_id"]]
    assert failing == {
        (HealthArea.AGENTS, HealthRule.RESPONDING): named,
        (HealthArea.AGENTS, HealthRule.DESCRIBED): named,
        (HealthArea.AGENTS, HealthRule.SOUL): named,
        (HealthArea.CARDS, HealthRule.ASSIGNED): [begun["_id"]],
        (HealthArea.CARDS, HealthRule.ON_TIME): [late["_id"]],
        (HealthArea.PROJECTS, HealthRule.ON_TIME): [board.project["_id"]],
        (HealthArea.FILES, HealthRule.NOT_EMPTY): [hollow["_id"]],
        (HealthArea.FILES, HealthRule.SORTED): rules[HealthArea.FILES, HealthRule.SORTED].failing_ids,
    }
    assert rules[HealthArea.CARDS, HealthRule.MOVING].score == 1
    scores = {section.area: section.score for section in found.sections}
    assert scores[HealthArea.AGENTS] == 0.5
    assert scores[HealthArea.CARDS] == pytest.approx((0 + 1 + 0) / 3)
    assert scores[HealthArea.FILES] == 0.25
    assert found.score == pytest.approx(sum(score or 0 for score in scores.values()) / 4)
    assert well.record["_id"] not in named


async def test_several_workspaces_are_told_of_by_as_many_queries_as_one(
    crew: Crew, workspace: WorkspaceRecord, owner: Context
) -> None:
    # Given two workspaces, each with an agent, a card and a file
    values = WorkspaceCreate.of(organization_id=workspace["organization_id"], name="Second", slug="second")
    second = (await create_workspace(again(owner), values)).value
    for place in (workspace, second):
        agent = await Crew(crew.people, owner, place).hire("atlas")
        board = await make_board(owner, place, columns=3)
        await board.add_member(agent.caller)
        await board.card(TODO, assigneeId=str(agent.record["user_id"]))

    # Then both are told of as each is by itself, by no more queries
    for edge in EDGES:
        asked, told = [], []
        for parents in ([workspace], [second], [workspace, second]):
            with recorded() as queries:
                told += await edge(again(owner), parents, None)
            asked.append(len(queries))
        assert asked[0] == asked[1] == asked[2], edge.__name__
        assert _timeless(told[:2]) == _timeless(told[2:]), edge.__name__


def _timeless(told: list[Any]) -> list[str]:
    return [re.sub(r"datetime.datetime\(.*?\)|_seconds'?[:=] ?\d+", "", repr(each)) for each in told]
