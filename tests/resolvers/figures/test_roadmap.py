"""Roadmaps of projects and scopes, and the orders of what waits."""

from datetime import timedelta

import pytest

from models.base import utc_now
from models.records import CardRecord, WorkspaceRecord
from resolvers.column.scope import update_scope
from resolvers.figures import roadmap
from resolvers.figures.roadmap import get_project_roadmap, roadmap_of_project, roadmap_of_scope
from resolvers.figures.roadmap_order import longest_chain, steps_of
from resolvers.inputs.relation import RelationCreate
from resolvers.inputs.scope import ScopeUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.relation.relation import create_relation
from tests.resolvers.projects import Board, make_board

NOW = utc_now()


def day(number: int) -> str:
    return (NOW + timedelta(days=number)).isoformat()


async def blocks(board: Board, blocker: CardRecord, blocked: CardRecord) -> None:
    values = {"cardId": blocker["_id"], "targetCardId": blocked["_id"], "type": "blocks"}
    await create_relation(board.ctx, read_input(RelationCreate, values))


@pytest.fixture
async def board(owner: Context, workspace: WorkspaceRecord) -> Board:
    return await make_board(owner, workspace, columns=2)


async def test_a_scope_without_dates_has_those_of_its_cards(board: Board) -> None:
    # Given a scope with a done card of the past and one that is still to come, and one with dates of its own
    scope, given = await board.scope("Derived"), await board.scope("Given")
    columns = [await board.column(name, scope["_id"]) for name in ("To do", "Done")]
    await board.card(None, columnId=columns[1]["_id"], startDate=day(-9), dueDate=day(-8))
    await board.card(None, columnId=columns[0]["_id"], dueDate=day(4))
    values = read_input(ScopeUpdate, {"startDate": day(-3), "endDate": day(-1)})
    await update_scope(board.ctx, given["_id"], values)

    found = await get_project_roadmap(board.ctx, board.project["_id"])

    derived, dated = found["scopes"]
    assert (derived["start"], derived["end"]) == (NOW + timedelta(days=-9), NOW + timedelta(days=4))
    assert (derived["is_derived"], derived["progress"], derived["is_late"]) == (True, 0.5, False)
    assert (dated["is_derived"], dated["progress"], dated["is_late"]) == (False, 0.0, True)
    assert [(one["title"], one["is_late"]) for one in found["milestones"]] == [("Given", True)]


async def test_done_and_archived_cards_are_neither_late_nor_waited_for(board: Board) -> None:
    late, done = await board.card(0, dueDate=day(-1)), await board.card(1, dueDate=day(-1))
    waiting, archived, plain = await board.card(0), await board.card(0, dueDate=day(1)), await board.card(0)
    await blocks(board, done, waiting)
    await blocks(board, archived, late)
    await board.update(archived, archived=True)

    found = await get_project_roadmap(board.ctx, board.project["_id"])

    cards = {one["card_id"]: one for one in found["cards"]}
    assert cards.keys() == {late["_id"], done["_id"], waiting["_id"]}
    assert plain["_id"] not in cards
    assert [cards[one["_id"]]["is_late"] for one in (late, done)] == [True, False]
    assert [cards[one["_id"]]["is_blocked"] for one in (late, waiting)] == [False, False]


async def test_a_dependency_across_projects_is_on_both_roadmaps(
    board: Board, owner: Context, workspace: WorkspaceRecord
) -> None:
    other = await make_board(owner, workspace, columns=2)
    here, there = await board.card(0), await other.card(1)
    await blocks(board, there, here)

    found = await roadmap_of_project(board.ctx, [board.project, other.project], None)

    pair = {"blocker_id": there["_id"], "blocked_id": here["_id"], "is_violated": False}
    assert [one["dependencies"] for one in found] == [[pair], [pair]]
    assert [[card["card_id"] for card in one["cards"]] for one in found] == [[here["_id"]], [there["_id"]]]
    assert found[0]["cards"][0]["is_blocked"] is False  # what it waits for is done on its own board


async def test_a_scope_has_a_roadmap_of_its_own_cards(board: Board) -> None:
    scopes = [await board.scope("One"), await board.scope("Two")]
    column = await board.column("Inner", scopes[0]["_id"])
    inner = await board.card(None, columnId=column["_id"], dueDate=day(1))
    await board.card(0, dueDate=day(1))

    one, two = await roadmap_of_scope(board.ctx, scopes, None)

    assert [card["card_id"] for card in one["cards"]] == [inner["_id"]]
    assert [row["scope_id"] for row in one["scopes"]] == [scopes[0]["_id"]]
    assert (two["cards"], two["start"], two["end"]) == ([], None, None)


async def test_a_roadmap_that_is_cut_says_so(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roadmap, "MAX_CARDS", 2)
    cards = [await board.card(0, dueDate=day(number)) for number in (3, 1, 2)]

    found = await get_project_roadmap(board.ctx, board.project["_id"])

    assert [one["card_id"] for one in found["cards"]] == [cards[1]["_id"], cards[2]["_id"]]
    assert found["is_truncated"]


def test_steps_count_the_longest_way() -> None:
    pairs = [("a", "b"), ("b", "d"), ("a", "d"), ("c", "d")]

    assert steps_of("dcbae", pairs) == {"a": 0, "b": 1, "c": 0, "d": 2, "e": 0}


def test_the_longest_chain_is_that_of_the_largest_sum() -> None:
    weights = {"a": 1, "b": 1, "c": 5, "d": 1, "alone": 99}

    assert longest_chain(weights, [("a", "b"), ("b", "d"), ("c", "d")]) == ["c", "d"]
    assert longest_chain(weights, []) == []


def test_a_circle_is_left_out() -> None:
    assert steps_of("abc", [("a", "b"), ("b", "a")]) == {"c": 0}
