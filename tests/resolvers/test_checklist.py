import asyncio
from typing import Any

import pytest

from models import Card
from models.base import Record, collection
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, new_id
from resolvers.checklist import add_checklist_item, remove_checklist_item, update_checklist_item
from resolvers.context import Context
from resolvers.inputs.base import read_input
from resolvers.inputs.card import MAX_CHECKLIST, ChecklistItemAdd, ChecklistItemUpdate
from tests.resolvers.delivery import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: Record) -> Board:
    return await make_board(owner, workspace, columns=1)


@pytest.fixture
async def card(board: Board) -> Record:
    """A card with the steps a, b and c."""
    return await board.card(checklist=[{"title": title} for title in "abc"])


async def change(board: Board, card: Record, place: int, **values: Any) -> Record:
    item = card["checklist"][place]["id"]
    given = read_input(ChecklistItemUpdate, values)
    return (await update_checklist_item(board.ctx, card["_id"], item, given)).value


def titles(card: Record) -> str:
    return "".join(item["title"].upper() if item["done"] else item["title"] for item in card["checklist"])


async def test_an_item_is_appended(board: Board, card: Record) -> None:
    changed = (await add_checklist_item(board.ctx, card["_id"], ChecklistItemAdd(title="d", done=True))).value

    assert titles(changed) == "abcD"
    assert changed["version"] == 2
    assert changed == await board.stored(card)


@pytest.mark.parametrize(
    ("place", "values", "expected"),
    [
        (1, {"done": True}, "aBc"),
        (1, {"title": "x"}, "axc"),
        (0, {"order": 2}, "bca"),
        (2, {"order": 0}, "cab"),
        (0, {"order": 99, "done": True, "title": "x"}, "bcX"),
        (1, {"order": 1}, "abc"),
        (1, {}, "abc"),
    ],
)
async def test_an_item_is_renamed_ticked_and_moved(
    place: int, values: dict[str, Any], expected: str, board: Board, card: Record
) -> None:
    seq = await board.seq()

    changed = await change(board, card, place, **values)

    assert titles(changed) == expected
    assert await board.types_since(seq) == ([] if expected == "abc" else ["CardUpdated"])
    assert {item["id"] for item in changed["checklist"]} == {item["id"] for item in card["checklist"]}


async def test_an_item_is_removed(board: Board, card: Record) -> None:
    item = card["checklist"][1]["id"]

    changed = (await remove_checklist_item(board.ctx, card["_id"], str(item))).value

    assert titles(changed) == "ac"
    with pytest.raises(NotFound, match="Checklist item not found"):
        await remove_checklist_item(board.ctx, card["_id"], item)
    with pytest.raises(NotFound, match="Checklist item not found"):
        await change(board, card, 1, done=True)


async def test_people_who_tick_different_items_at_once_do_not_undo_each_other(board: Board, card: Record) -> None:
    await asyncio.gather(*(change(board, card, place, done=True) for place in range(3)))

    assert titles(await board.stored(card)) == "ABC"


async def test_a_checklist_has_at_most_100_items(board: Board, card: Record) -> None:
    items = [{"id": new_id(Kind.CHECKLIST_ITEM), "title": "x", "done": False}] * MAX_CHECKLIST
    await collection(Card).update_one({"_id": card["_id"]}, {"$set": {"checklist": items}})

    with pytest.raises(Conflict, match="at most 100 items"):
        await add_checklist_item(board.ctx, card["_id"], ChecklistItemAdd(title="d"))


async def test_what_is_no_item_id_is_refused_by_name(board: Board, card: Record) -> None:
    for wrong in ("x", card["_id"]):
        with pytest.raises(BadUserInput, match=r"^itemId: "):
            await remove_checklist_item(board.ctx, card["_id"], wrong)


@pytest.mark.parametrize("name", ["title", "done", "order"])
def test_nothing_of_an_item_can_be_null(name: str) -> None:
    with pytest.raises(BadUserInput, match=f"^{name}: must not be null"):
        read_input(ChecklistItemUpdate, {name: None})
