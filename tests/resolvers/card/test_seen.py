"""Unread cards: what others have done since somebody looked."""

from functools import partial
from typing import Any

import pytest

from models import Card, SeenMark
from models.base import collection
from models.errors import NotFound
from resolvers.card.card import delete_card
from resolvers.card.seen import is_unread_of, mark_all_read, unread_count_of, view_card
from resolvers.column.column import clean_column
from resolvers.deletion import deletion
from resolvers.kit.context import Context
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again, event_types
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=2)


@pytest.fixture
def join_board(join: Join, workspace: Any) -> Join:
    """A new member of the board's workspace, by name."""
    return partial(join, workspace)


async def unread(ctx: Context, board: Board, *cards: Any) -> list[bool]:
    """Whether each card is unread, as often as the project counts."""
    found = await is_unread_of(again(ctx), list(cards), None)
    assert await unread_count_of(again(ctx), [board.project], None) == [sum(found)]
    return found


async def test_what_others_do_is_unread_until_it_is_looked_at(board: Board, join_board: Join) -> None:
    # Given a member who came after a card was made
    old = await board.card()
    ada = await join_board("ada")
    new, commented = await board.card(), await board.card()
    assert await unread(ada, board, old, new, commented) == [False, True, True]
    assert await unread(board.ctx, board, old, new, commented) == [False, False, False]

    # When they look at one card, and it changes again
    await view_card(again(ada), new["_id"])
    assert await unread(ada, board, old, new, commented) == [False, False, True]
    await board.update(new, title="Newer")
    assert await unread(ada, board, old, new, commented) == [False, True, True]

    # Then one write for the whole project reads all of it
    await mark_all_read(again(ada), board.project["_id"])
    assert await unread(ada, board, old, new, commented) == [False, False, False]
    await board.comment(commented)
    assert await unread(ada, board, old, new, commented) == [False, False, True]


async def test_looking_twice_writes_and_tells_once(board: Board, join_board: Join) -> None:
    card, ada = await board.card(), await join_board("ada")

    for _ in range(2):
        await view_card(again(ada), card["_id"])
        await mark_all_read(again(ada), board.project["_id"])

    marks = await collection(SeenMark).find({"user_id": ada.user_id}).to_list()
    assert sorted(str(mark["card_id"]) for mark in marks) == sorted(["None", str(card["_id"])])
    assert [name for name in await event_types(ada.user_id) if name.endswith("Seen")] == ["CardSeen", "ProjectSeen"]


async def test_a_stranger_sees_nothing_of_it(board: Board, people: People) -> None:
    card, eve = await board.card(), await people.register("eve")

    with pytest.raises(NotFound):
        await view_card(again(eve), card["_id"])
    with pytest.raises(NotFound):
        await mark_all_read(again(eve), board.project["_id"])
    assert await is_unread_of(again(eve), [card], None) == [False]


async def test_cards_that_are_gone_do_not_count_as_unread(
    board: Board, join_board: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a member who has seen nothing of four cards in two columns
    ada = await join_board("ada")
    first, second, third, hidden = [await board.card(column) for column in (0, 0, 0, 1)]
    assert await unread_count_of(again(ada), [board.project], None) == [4]

    # When one is deleted, one goes with others and one stands in a column that is not emptied yet
    await delete_card(board.ctx, first["_id"])
    await collection(Card).delete_one({"_id": third["_id"]})
    assert await unread_count_of(again(ada), [board.project], None) == [2]
    monkeypatch.setattr(deletion, "AT_ONCE", 0)
    await clean_column(board.ctx, board.columns[1]["_id"])
    assert await unread_count_of(again(ada), [board.project], None) == [1]

    # Then what is left is read by looking at it
    await view_card(again(ada), second["_id"])
    assert await unread(ada, board, second) == [False]
    assert await collection(Card).find_one({"_id": hidden["_id"]}) is not None
