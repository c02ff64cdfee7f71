"""Metrics of projects, one by one and of a whole workspace."""

from datetime import timedelta
from typing import Any

import pytest

from models.base import utc_now
from models.enums import Priority
from resolvers.figures.portfolio import get_portfolio, metrics_of, totals_of
from resolvers.inputs.project import ProjectUpdate
from resolvers.inputs.relation import RelationCreate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.project.project import update_project
from resolvers.relation.relation import create_relation
from tests.resolvers.conftest import Join
from tests.resolvers.lab import again
from tests.resolvers.projects import Board, make_board
from tests.stubs import stub

SOON = utc_now() + timedelta(days=3)
LATER = SOON + timedelta(days=3)
PAST = utc_now() - timedelta(days=3)


async def blocks(board: Board, blocker: Any, blocked: Any) -> None:
    values = {"cardId": blocker["_id"], "targetCardId": blocked["_id"], "type": "blocks"}
    await create_relation(board.ctx, read_input(RelationCreate, values))


@pytest.fixture
async def board(owner: Context, workspace: Any, join: Join) -> Board:
    """Seven cards: three in work, of which one is overdue and one blocked, two done, one loose, one archived."""
    board = await make_board(owner, workspace, columns=3)
    await board.add_member(await join(workspace, "ada"))
    late = await board.card(0, dueDate=PAST.isoformat(), priority="high")
    waiting = await board.card(1, dueDate=SOON.isoformat())
    await board.card(1, dueDate=LATER.isoformat(), priority="low")
    done = [await board.card(2, dueDate=PAST.isoformat()) for _ in range(2)]
    loose = await board.card(None)
    await board.update(await board.card(0), archived=True)
    await blocks(board, late, waiting)
    await blocks(board, done[0], loose)
    await blocks(board, late, done[1])
    return board


async def test_metrics_count_what_is_open_done_overdue_and_blocked(board: Board) -> None:
    [found] = await metrics_of(board.ctx, [board.project], None)

    counted = {name: found[name] for name in ("total", "open", "done", "archived", "overdue", "blocked", "members")}
    assert counted == {
        "total": 6,
        "open": 4,
        "done": 2,
        "archived": 1,
        "overdue": 1,
        "blocked": 1,
        "members": 2,
    }
    assert found["progress"] == pytest.approx(2 / 6)
    assert [(one["priority"], one["count"]) for one in found["by_priority"]] == [
        (Priority.CRITICAL, 0),
        (Priority.HIGH, 1),
        (Priority.MEDIUM, 0),
        (Priority.LOW, 1),
        (None, 2),
    ]
    assert found["next_deadline"] == SOON


async def test_the_deadline_of_the_project_and_every_change_of_a_card_count(board: Board) -> None:
    before = utc_now() + timedelta(days=1)
    values = read_input(ProjectUpdate, {"deadline": before.isoformat()})
    await update_project(board.ctx, board.project["_id"], values)
    changed = await board.card(0)

    [found] = await metrics_of(board.ctx, [board.project], None)

    assert (found["next_deadline"], found["last_activity_at"]) == (before, changed["updated_at"])


async def test_the_totals_are_those_of_all_projects_of_the_workspace_alone(
    board: Board, owner: Context, workspace: Any
) -> None:
    # Given another project, with a card and the same owner as its member
    other = await make_board(owner, workspace, columns=2)
    await other.card(1)

    # When the portfolio is read
    portfolio = await get_portfolio(again(owner), workspace["_id"])
    [totals, nothing] = await totals_of(again(owner), stub([workspace, {"_id": board.project["_id"]}]), None)

    # Then its totals add up, and a workspace without projects has none
    one, two = (entry["metrics"] for entry in portfolio["projects"])
    assert [entry["_id"] for entry in portfolio["projects"]] == [board.project["_id"], other.project["_id"]]
    for name in ("total", "open", "done", "archived", "overdue", "blocked"):
        assert totals[name] == one[name] + two[name] == portfolio["totals"][name], name
    assert (totals["projects"], totals["members"], totals["progress"]) == (2, 2, pytest.approx(3 / 7))
    assert (totals["next_deadline"], totals["last_activity_at"]) == (SOON, two["last_activity_at"])
    assert (nothing["projects"], nothing["total"], nothing["progress"], nothing["next_deadline"]) == (0, 0, 0.0, None)


async def test_metrics_of_more_projects_than_a_list_of_ids_takes_are_the_same(board: Board) -> None:
    many = [board.project, *({"_id": index, "workspace_id": board.workspace_id} for index in range(101))]

    [alone] = await metrics_of(board.ctx, [board.project], None)
    found = await metrics_of(board.ctx, stub(many), None)

    assert found[0] == alone
    assert {one["total"] for one in found[1:]} == {0}
