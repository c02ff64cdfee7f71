"""What is done: columns by their kinds, and by their places where a board has none of those."""

from typing import Any

import pytest
from bson import ObjectId

from models.enums import ColumnKind, StatsInterval
from models.records import ColumnRecord
from resolvers.column.column import update_column
from resolvers.column.done import done_columns
from resolvers.column.scope import progress_of
from resolvers.figures.portfolio import metrics_of
from resolvers.figures.roadmap import get_project_roadmap
from resolvers.figures.stats import get_project_stats
from resolvers.inputs.column import ColumnUpdate
from resolvers.inputs.relation import RelationCreate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.periods import Periods
from resolvers.relation.graph import is_blocked_of
from resolvers.relation.relation import create_relation
from tests.resolvers.projects import Board, make_board

BACKLOG, ACTIVE, DONE, ARCHIVE = ColumnKind.BACKLOG, ColumnKind.ACTIVE, ColumnKind.DONE, ColumnKind.ARCHIVE


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=4)


async def set_kind(board: Board, column: ColumnRecord, kind: ColumnKind | None) -> ColumnRecord:
    return (await update_column(board.ctx, column["_id"], ColumnUpdate.of(kind=kind))).value


async def test_columns_of_a_kind_that_is_done_are_and_else_the_last_one(board: Board) -> None:
    ids = [ObjectId(column["_id"]) for column in board.columns]
    assert await done_columns([board.project["_id"]]) == {ids[3]}

    # When two columns are said to be done
    await set_kind(board, board.columns[1], DONE)
    await set_kind(board, board.columns[2], ARCHIVE)

    # Then the last one is not, until no column says so any more
    assert await done_columns([board.project["_id"]]) == {ids[1], ids[2]}
    await set_kind(board, board.columns[1], None)
    await set_kind(board, board.columns[2], ACTIVE)
    assert await done_columns([board.project["_id"]]) == {ids[3]}


async def test_figures_count_what_is_done_from_the_moment_that_a_kind_is_set(board: Board) -> None:
    # Given cards in the second and the last column, the first of which blocks the other
    blocker, other = await board.card(1, dueDate="2026-01-02"), await board.card(3, dueDate="2026-01-03")
    related = {"cardId": blocker["_id"], "targetCardId": other["_id"], "type": "blocks"}
    await create_relation(board.ctx, read_input(RelationCreate, related))
    assert await is_blocked_of(board.ctx, [other], None) == [True]

    # When the second column is done
    await set_kind(board, board.columns[1], DONE)

    # Then the one there is done, and the other one is not
    [metrics] = await metrics_of(board.ctx, [board.project], None)
    roadmap = await get_project_roadmap(board.ctx, board.project["_id"])
    stats = await get_project_stats(board.ctx, board.project["_id"], Periods.between(None, None, StatsInterval.DAY))
    assert await is_blocked_of(board.ctx, [other], None) == [False]
    assert (metrics["done"], metrics["open"], metrics["overdue"]) == (1, 1, 1)
    assert [drawn["is_done"] for drawn in roadmap["cards"]] == [True, False]
    assert (stats["cards"]["done"], stats["cards"]["open"]) == (1, 1)


async def test_the_progress_of_a_scope_adds_up_all_columns_that_are_done(board: Board) -> None:
    scope = await board.scope()
    board.columns = [await board.column(name, scope["_id"]) for name in "abc"]
    for place in (0, 1, 1, 2):
        await board.card(place)
    assert await progress_of(board.ctx, [scope], None) == [0.25]

    await set_kind(board, board.columns[0], ARCHIVE)
    await set_kind(board, board.columns[1], DONE)

    assert await progress_of(board.ctx, [scope], None) == [0.75]


async def test_a_kind_tells_how_far_a_card_is_before_the_place_does(board: Board) -> None:
    # Given columns whose kinds say otherwise than their places
    for column, kind in zip(board.columns, (DONE, BACKLOG, None, ACTIVE), strict=True):
        await set_kind(board, column, kind)

    # When a card goes through them
    card = await board.card(0)
    waiting = await board.move(card, columnId=board.column_id(1))
    doing = await board.move(card, columnId=board.column_id(3))
    plain = await board.move(card, columnId=board.column_id(2))
    done = await board.move(card, columnId=board.column_id(0))

    # Then it is done in the first and to do in the second, and a plain one between is work
    assert (card["started_at"], card["completed_at"]) == (None, card["created_at"])
    assert (waiting["started_at"], waiting["completed_at"]) == (None, None)
    assert (doing["started_at"], doing["completed_at"]) == (doing["updated_at"], None)
    assert (plain["started_at"], plain["completed_at"]) == (doing["started_at"], None)
    assert (done["started_at"], done["completed_at"]) == (doing["started_at"], done["updated_at"])
