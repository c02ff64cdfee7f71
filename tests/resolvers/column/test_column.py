import asyncio
from typing import Any

import pytest
from bson import ObjectId

from models import Card, Column, Lane, Tombstone
from models.base import collection
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, new_id
from models.rank import MAX_LENGTH
from resolvers.card.card import get_card
from resolvers.card.graph import cards_of_column
from resolvers.column.column import (
    archived_card_count_of,
    card_count_of,
    clean_column,
    column_of,
    columns_of_project,
    columns_of_scope,
    delete_column,
    get_column,
    list_columns,
    order_of,
    reorder_columns,
    update_column,
)
from resolvers.deletion import deletion
from resolvers.inputs.column import ColumnReorder, ColumnUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.lab import People, again
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=4)


async def change(board: Board, place: int, **values: Any) -> Any:
    given = read_input(ColumnUpdate, values)
    return (await update_column(board.ctx, board.columns[place]["_id"], given)).value


async def names(board: Board) -> str:
    """The last letters of the project's own columns in order, which their `order` agrees with."""
    [columns] = await columns_of_project(board.ctx, [board.project], None)
    assert [column["order"] for column in columns] == list(range(len(columns)))
    return "".join(column["name"][-1] for column in columns)


async def test_a_new_column_stands_at_the_end_of_its_board(board: Board) -> None:
    scope = await board.scope()
    seq = await board.seq()

    own, scoped = await board.column("Column 4"), await board.column("Doing", scope["_id"])

    assert (own["order"], scoped["order"]) == (4, 0)
    assert await names(board) == "01234"
    assert [event["data"]["order"] for event in await board.events_since(seq)] == [4, 0]
    assert await columns_of_scope(board.ctx, [scope], None) == [[scoped]]
    listed = await list_columns(board.ctx, board.project["_id"])
    assert [(column["name"], column["order"]) for column in listed][-2:] == [("Column 4", 4), ("Doing", 0)]


@pytest.mark.parametrize(
    ("place", "order", "expected"),
    [(0, 2, "1203"), (0, 3, "1230"), (0, 99, "1230"), (3, 0, "3012"), (3, 1, "0312"), (1, 2, "0213"), (2, 2, "0123")],
)
async def test_a_column_moves_to_a_place(place: int, order: int, expected: str, board: Board) -> None:
    before = {one["_id"]: one for one in await collection(Column).find({}).to_list()}
    seq = await board.seq()

    moved = await change(board, place, order=order)

    assert await names(board) == expected
    assert moved["order"] == expected.index(str(place))
    after = {one["_id"]: one for one in await collection(Column).find({}).to_list()}
    changed = [one for one in after if after[one] != before[one]]
    assert changed == ([] if expected == "0123" else [board.columns[place]["_id"]])
    assert await board.types_since(seq) == ["ColumnUpdated"] * len(changed)


async def test_renaming_and_moving_are_one_change(board: Board) -> None:
    seq = await board.seq()

    changed = await change(board, 0, name="Column 9", order=1)
    await change(board, 0, name="Column 9", order=1)

    assert await names(board) == "1923"
    [event] = await board.events_since(seq)
    assert event["data"]["order"] == 1
    assert {**event["data"]["column"], "order": 1} == changed


async def test_columns_that_move_at_once_keep_places_of_their_own(board: Board) -> None:
    await asyncio.gather(*(change(board, place, order=1) for place in range(4)))

    assert sorted(await names(board)) == list("0123")
    ranks = await collection(Column).distinct("rank", {"project_id": board.project["_id"]})
    assert len(ranks) == 4


async def test_ranks_that_have_grown_long_are_spread_anew(board: Board) -> None:
    for place in (0, 1):
        tight = "Zz" + "0" * MAX_LENGTH + str(place + 1)
        await collection(Column).update_one({"_id": board.columns[place]["_id"]}, {"$set": {"rank": tight}})

    await change(board, 3, order=1)

    assert await names(board) == "0312"
    ranks = await collection(Column).distinct("rank", {"project_id": board.project["_id"]})
    assert max(map(len, ranks)) < 10


@pytest.mark.parametrize("name", ["name", "order"])
def test_nothing_of_a_column_can_be_null(name: str) -> None:
    with pytest.raises(BadUserInput, match=f"^{name}: must not be null"):
        read_input(ColumnUpdate, {name: None})


async def test_a_scope_of_another_project_has_no_place_for_a_column(
    board: Board, owner: Context, workspace: Any
) -> None:
    foreign = await (await make_board(owner, workspace, columns=0)).scope()

    with pytest.raises(BadUserInput, match=r"^scopeId: is a scope of another project"):
        await board.column("x", foreign["_id"])


async def test_a_board_has_a_bounded_number_of_columns(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.column.column.MAX_COLUMNS", 4)

    with pytest.raises(Conflict, match="A board has at most 4 columns"):
        await board.column()


async def test_a_column_that_was_read_alone_finds_its_place(board: Board) -> None:
    scope = await board.scope()
    scoped = [await board.column(name, scope["_id"]) for name in ("a", "b")]
    ids = [board.columns[3]["_id"], scoped[1]["_id"]]
    alone = [await get_column(board.ctx, one, frozenset({"project_id"})) for one in ids]

    assert await order_of(board.ctx, alone, None) == [3, 1]
    assert await order_of(board.ctx, scoped, None) == [0, 1]


async def test_a_column_counts_its_open_cards_and_those_that_are_archived(board: Board) -> None:
    await board.card(0)
    await board.update(await board.card(0), archived=True)
    card = await board.card(1)

    assert await card_count_of(board.ctx, board.columns, None) == [1, 1, 0, 0]
    assert await archived_card_count_of(board.ctx, board.columns, None) == [1, 0, 0, 0]
    [column, none] = await column_of(board.ctx, [card, await board.card(None)], frozenset({"name"}))
    assert column is not None
    assert (column["_id"], none) == (board.column_id(1), None)


async def test_only_the_fields_that_are_asked_for_are_read(board: Board) -> None:
    scope = await board.scope()
    await board.column("a", scope["_id"])

    [[own, *_]] = await columns_of_project(board.ctx, [board.project], frozenset({"name"}))
    [[scoped]] = await columns_of_scope(board.ctx, [scope], frozenset({"name"}))

    assert own.keys() == {"_id", "name", "project_id", "scope_id", "order"}
    assert scoped.keys() == {"_id", "name", "scope_id", "order"}


async def test_a_column_that_is_gone_is_not_found(board: Board) -> None:
    await delete_column(board.ctx, board.columns[0]["_id"])

    for attempt in (
        get_column(board.ctx, board.columns[0]["_id"]),
        change(board, 0, name="x"),
        delete_column(board.ctx, board.columns[0]["_id"]),
    ):
        with pytest.raises(NotFound, match="Column not found"):
            await attempt
    with pytest.raises(BadUserInput, match=r"^columnId: is not a column of the project"):
        await board.card(0)
    assert await names(board) == "123"


async def test_columns_are_hidden_from_strangers(board: Board, people: People) -> None:
    stranger = await people.register("mallory")
    one: ObjectId = board.columns[0]["_id"]

    for attempt in (
        get_column(again(stranger), one),
        list_columns(again(stranger), board.project["_id"]),
        update_column(again(stranger), one, ColumnUpdate.of(name="x")),
        delete_column(again(stranger), one),
        Board(stranger, board.project).column(),
    ):
        with pytest.raises(NotFound, match="not found"):
            await attempt
    assert await names(board) == "0123"


async def test_columns_of_one_board_are_put_into_another_order(board: Board) -> None:
    # Given a column of a scope's board too
    scope = await board.scope()
    inside = await board.column("Inside", scope["_id"])
    ids = [ObjectId(column["_id"]) for column in board.columns]
    seq = await board.seq()

    async def reorder(*wanted: ObjectId) -> None:
        await reorder_columns(board.ctx, ColumnReorder(project_id=board.project["_id"], ids=list(wanted)))

    await reorder(ids[1], ids[2], ids[3], ids[0])

    # Then one column is told with its place, and boards are not mixed
    assert await names(board) == "1230"
    [told] = await board.events_since(seq)
    assert (told["type"], told["data"]["order"], told["data"]["column"]["_id"]) == ("ColumnUpdated", 3, ids[0])
    for wrong in ([ids[0], ids[1]], [*ids, inside["_id"]], [inside["_id"], ids[0]], [new_id(Kind.COLUMN)]):
        with pytest.raises(Conflict):
            await reorder(*wrong)
    await reorder(inside["_id"])
    assert await names(board) == "1230"


async def test_a_column_is_cleaned_of_all_its_cards_and_stays(board: Board) -> None:
    # Given cards in two columns, one of them archived and one with a comment
    gone, archived, other = await board.card(0), await board.card(0), await board.card(1)
    await board.update(archived, archived=True)
    await board.comment(gone)
    seq = await board.seq()

    # When one column is cleaned, twice
    for _ in range(2):
        column = (await clean_column(board.ctx, board.columns[0]["_id"])).value

    # Then it is empty and takes cards again, and what went is told once
    types = await board.types_since(seq)
    assert column["_id"] == board.columns[0]["_id"]
    assert (await board.lane(0, archived=True), await board.lane(1)) == ([], [other["_id"]])
    assert (types.count("ColumnCleaned"), types.count("CardDeleted"), types.count("CommentDeleted")) == (1, 2, 1)
    card = await board.card(0)
    assert await board.lane(0) == [card["_id"]]


async def test_many_cards_are_out_of_sight_at_once_and_the_column_takes_none_until_they_are_gone(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a column of which everything is left to the parts that follow
    monkeypatch.setattr(deletion, "AT_ONCE", 0)
    doomed, elsewhere, column = await board.card(0), await board.card(1), board.columns[0]
    await clean_column(board.ctx, column["_id"])

    # Then nobody sees its cards, and the column takes none
    assert (await get_column(board.ctx, column["_id"]))["name"] == column["name"]
    ctx = board.ctx
    await get_column(ctx, column["_id"])
    assert await card_count_of(ctx, [column], None) == [0]
    [page] = await cards_of_column(ctx, [{**column, "project_id": board.project["_id"]}], None)
    assert page.nodes == []
    with pytest.raises(NotFound):
        await get_card(board.ctx, doomed["_id"])
    with pytest.raises(NotFound):
        await board.move(doomed, columnId=board.column_id(1))
    there = str(column["_id"])
    for coming in (board.card(0), board.move(elsewhere, columnId=there), board.update(elsewhere, columnId=there)):
        with pytest.raises(Conflict):
            await coming

    # When the parts are done
    await finish_deletions(board.caller.services)

    # Then it is open again
    card = await board.card(0)
    assert await board.lane(0, archived=True) == [card["_id"]]
    assert await collection(Tombstone).count_documents({"_id": column["_id"]}) == 0


async def test_a_column_is_deleted_while_it_is_cleaned(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletion, "AT_ONCE", 0)
    await board.card(0)
    await clean_column(board.ctx, board.columns[0]["_id"])

    await delete_column(board.ctx, board.columns[0]["_id"])
    await finish_deletions(board.caller.services)

    assert await names(board) == "123"
    assert await collection(Card).count_documents({"project_id": board.project["_id"]}) == 0
    assert await collection(Lane).count_documents({"_id": board.columns[0]["_id"]}) == 0
