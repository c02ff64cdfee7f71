"""When work on a card began and ended, as its moves tell."""

from typing import Any

import pytest

from resolvers.kit.context import Context
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=3)


async def test_work_begins_beyond_the_first_column_and_ends_in_the_last(board: Board) -> None:
    # Given a card in the first column
    card = await board.card(0)
    assert (card["started_at"], card["completed_at"]) == (None, None)

    # When it goes through the board
    doing = await board.move(card, columnId=board.column_id(1))
    done = await board.move(card, columnId=board.column_id(2))

    # Then each moment is that of the move
    assert (doing["started_at"], doing["completed_at"]) == (doing["updated_at"], None)
    assert (done["started_at"], done["completed_at"]) == (doing["started_at"], done["updated_at"])
    assert await board.stored(card) == {name: value for name, value in done.items() if name != "order"}


async def test_a_card_that_goes_back_is_not_complete_and_at_the_first_column_not_begun(board: Board) -> None:
    card = await board.card(1)
    done = await board.move(card, columnId=board.column_id(2))

    again = await board.update(card, columnId=str(board.column_id(1)))
    back = await board.move(card, columnId=board.column_id(0))
    beside = await board.move(await board.card(2), columnId=None)

    assert done["completed_at"] is not None
    assert (again["started_at"], again["completed_at"]) == (card["started_at"], None)
    assert (back["started_at"], back["completed_at"]) == (None, None)
    assert (beside["started_at"], beside["completed_at"]) == (None, None)


async def test_a_card_that_skips_the_middle_was_never_seen_in_work(board: Board) -> None:
    card = await board.card(0)

    done = await board.move(card, columnId=board.column_id(2))

    assert (done["started_at"], done["completed_at"]) == (None, done["updated_at"])


async def test_a_move_inside_a_column_keeps_the_moments(board: Board) -> None:
    card, _ = await board.card(2), await board.card(2)

    moved = await board.move(card, order=1)

    assert moved["completed_at"] == card["completed_at"] == card["created_at"]


async def test_a_move_tells_the_moments_and_names_no_field(board: Board) -> None:
    card = await board.card(0)
    seq = await board.seq()

    done = await board.move(card, columnId=board.column_id(2))

    [added, event] = await board.events_since(seq)
    assert added["type"] == "ChangelogEntryAdded"
    assert (event["type"], event["data"]["card"]["completed_at"]) == ("CardMoved", done["completed_at"])


async def test_a_board_of_one_column_tells_nothing(owner: Context, workspace: Any) -> None:
    board = await make_board(owner, workspace, columns=1)

    card = await board.card(0)

    assert (card["started_at"], card["completed_at"]) == (None, None)
