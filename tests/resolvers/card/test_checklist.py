import asyncio
from typing import Any

import pytest

from models import Card
from models.base import collection
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, new_id
from resolvers.card.checklist import (
    add_checklist_item,
    convert_checklist_item,
    move_checklist_item,
    remove_checklist_item,
    update_checklist_item,
)
from resolvers.inputs.card import MAX_CHECKLIST, ChecklistItemAdd, ChecklistItemMove, ChecklistItemUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.relation.relation import list_relations
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=1)


@pytest.fixture
async def card(board: Board) -> Any:
    """A card with the steps a, b and c."""
    return await board.card(checklist=[{"title": title} for title in "abc"])


async def change(board: Board, card: Any, place: int, **values: Any) -> Any:
    item = card["checklist"][place]["id"]
    given = read_input(ChecklistItemUpdate, values)
    return (await update_checklist_item(board.ctx, card["_id"], item, given)).value


def titles(card: Any) -> str:
    return "".join(item["title"].upper() if item["done"] else item["title"] for item in card["checklist"])


async def test_an_item_is_appended(board: Board, card: Any) -> None:
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
    place: int, values: dict[str, Any], expected: str, board: Board, card: Any
) -> None:
    seq = await board.seq()

    changed = await change(board, card, place, **values)

    assert titles(changed) == expected
    assert await board.types_since(seq) == ([] if expected == "abc" else ["CardUpdated"])
    assert {item["id"] for item in changed["checklist"]} == {item["id"] for item in card["checklist"]}


async def test_an_item_is_removed(board: Board, card: Any) -> None:
    item = card["checklist"][1]["id"]

    changed = (await remove_checklist_item(board.ctx, card["_id"], str(item))).value

    assert titles(changed) == "ac"
    with pytest.raises(NotFound, match="Checklist item not found"):
        await remove_checklist_item(board.ctx, card["_id"], item)
    with pytest.raises(NotFound, match="Checklist item not found"):
        await change(board, card, 1, done=True)


async def test_people_who_tick_different_items_at_once_do_not_undo_each_other(board: Board, card: Any) -> None:
    await asyncio.gather(*(change(board, card, place, done=True) for place in range(3)))

    assert titles(await board.stored(card)) == "ABC"


async def test_a_checklist_has_at_most_100_items(board: Board, card: Any) -> None:
    items = [{"id": new_id(Kind.CHECKLIST_ITEM), "title": "x", "done": False}] * MAX_CHECKLIST
    await collection(Card).update_one({"_id": card["_id"]}, {"$set": {"checklist": items}})

    with pytest.raises(Conflict, match="at most 100 items"):
        await add_checklist_item(board.ctx, card["_id"], ChecklistItemAdd(title="d"))


async def test_what_is_no_item_id_is_refused_by_name(board: Board, card: Any) -> None:
    for wrong in ("x", card["_id"]):
        with pytest.raises(BadUserInput, match=r"^itemId: "):
            await remove_checklist_item(board.ctx, card["_id"], wrong)


@pytest.mark.parametrize("name", ["title", "done", "order"])
def test_nothing_of_an_item_can_be_null(name: str) -> None:
    with pytest.raises(BadUserInput, match=f"^{name}: must not be null"):
        read_input(ChecklistItemUpdate, {name: None})


@pytest.mark.parametrize(
    ("place", "values", "expected"),
    [
        (0, {"order": 1}, "bac"),
        (0, {"order": 99}, "bca"),
        (0, {}, "bca"),
        (2, {"afterItemId": 0}, "acb"),
        (0, {"afterItemId": 2}, "bca"),
        (2, {"beforeItemId": 0}, "cab"),
        (0, {"beforeItemId": 2}, "bac"),
        (1, {"order": 1}, "abc"),
    ],
)
async def test_an_item_moves_to_a_place_or_beside_another(
    place: int, values: dict[str, int], expected: str, board: Board, card: Any
) -> None:
    items = [item["id"] for item in card["checklist"]]
    given = {name: value if name == "order" else items[value] for name, value in values.items()}
    seq = await board.seq()

    moved = await move_checklist_item(board.ctx, card["_id"], items[place], read_input(ChecklistItemMove, given))

    assert titles(moved.value) == titles(await board.stored(card)) == expected
    assert await board.types_since(seq) == ([] if expected == "abc" else ["CardUpdated"])


async def test_a_place_that_is_none_is_refused_by_name(board: Board, card: Any) -> None:
    items = [item["id"] for item in card["checklist"]]
    for values, message in (
        ({"order": 0, "afterItemId": items[1]}, "^order: give one of"),
        ({"afterItemId": items[0]}, "^afterItemId: is not another item"),
        ({"beforeItemId": new_id(Kind.CHECKLIST_ITEM)}, "^beforeItemId: is not another item"),
    ):
        with pytest.raises(BadUserInput, match=message):
            await move_checklist_item(board.ctx, card["_id"], items[0], read_input(ChecklistItemMove, values))
    with pytest.raises(NotFound, match="Checklist item not found"):
        await move_checklist_item(board.ctx, card["_id"], new_id(Kind.CHECKLIST_ITEM), ChecklistItemMove())
    assert titles(await board.stored(card)) == "abc"


async def test_an_item_becomes_a_card_whose_parent_is_the_card_that_it_was_an_item_of(board: Board, card: Any) -> None:
    other = await board.card()
    seq = await board.seq()

    made = (await convert_checklist_item(board.ctx, card["_id"], card["checklist"][1]["id"])).value

    assert titles(made.parent) == titles(await board.stored(card)) == "ac"
    assert made.card["title"] == "b"
    assert await board.lane(0) == [card["_id"], other["_id"], made.card["_id"]]
    assert made.card["order"] == 2
    assert (made.relation["source_id"], made.relation["target_id"]) == (card["_id"], made.card["_id"])
    [seen] = await list_relations(board.ctx, made.card["_id"])
    assert (seen["type"], seen["card_id"]) == ("child_of", card["_id"])
    told = await board.events_since(seq)
    assert [event["type"] for event in told] == ["CardCreated", "RelationCreated", "CardUpdated"]
    assert len({event["at"] for event in told}) == 1
    with pytest.raises(NotFound, match="Checklist item not found"):
        await convert_checklist_item(board.ctx, card["_id"], card["checklist"][1]["id"])
    assert len(await board.lane(0)) == 3


async def test_an_item_that_two_make_a_card_at_once_becomes_one(board: Board, card: Any) -> None:
    item = card["checklist"][0]["id"]

    answers = await asyncio.gather(
        *(convert_checklist_item(board.ctx, card["_id"], item) for _ in range(5)), return_exceptions=True
    )

    assert sum(isinstance(one, NotFound) for one in answers) == 4
    assert len(await board.lane(0)) == 2


async def test_an_item_stays_where_its_card_can_have_no_more_relations(
    board: Board, card: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.relation.check.MAX_RELATIONS", 0)

    with pytest.raises(Conflict, match="at most 0 relations"):
        await convert_checklist_item(board.ctx, card["_id"], card["checklist"][0]["id"])

    assert titles(await board.stored(card)) == "abc"
    assert await board.lane(0) == [card["_id"]]
