from datetime import UTC, datetime
from typing import Any

import pytest

from models import Activity, Card, Comment
from models.base import Record, collection
from models.enums import Priority
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, kind_of, new_id
from resolvers.card import delete_card, get_card, list_cards
from resolvers.context import Context
from tests.resolvers.delivery import Board, make_board
from tests.resolvers.lab import People, again


@pytest.fixture
async def board(owner: Context, workspace: Record) -> Board:
    return await make_board(owner, workspace)


async def test_a_new_card_holds_what_was_given(board: Board, owner: Context) -> None:
    label = await board.label()

    card = await board.card(
        title="  Lens  ",
        description=" Polish ",
        priority="HIGH",
        startDate="2026-05-01",
        dueDate="2026-05-02T12:00:00.123456+02:00",
        assigneeId=owner.user_id,
        labelIds=[label["_id"]],
        checklist=[{"title": "b", "order": 2}, {"title": "a", "done": True, "order": 1}],
    )

    stored = await board.stored(card)
    assert {**stored, "order": 0} == card
    assert (card["title"], card["description"], card["priority"]) == ("Lens", " Polish ", Priority.HIGH)
    assert card["start_date"] == datetime(2026, 5, 1, tzinfo=UTC)
    assert card["due_date"] == datetime(2026, 5, 2, 10, 0, 0, 123000, tzinfo=UTC)
    assert card["label_ids"] == [label["_id"]]
    assert [(item["title"], item["done"]) for item in card["checklist"]] == [("a", True), ("b", False)]
    assert all(kind_of(item["id"]) is Kind.CHECKLIST_ITEM for item in card["checklist"])
    assert (card["version"], card["archived"], card["created_by"]) == (1, False, owner.user_id)


async def test_a_new_card_stands_at_the_end_and_says_so(board: Board) -> None:
    await board.card()
    seq = await board.seq()

    card = await board.card()

    [event] = await board.events_since(seq)
    assert (event["type"], event["data"]["order"], event["card_id"]) == ("CardCreated", 1, card["_id"])
    assert event["data"]["card"] == await board.stored(card)
    assert event["project_id"] == board.project["_id"]
    [activity] = await collection(Activity).find({"card_id": card["_id"]}).to_list()
    assert activity["type"] == "card_created"


async def test_a_card_in_a_column_of_a_scope_belongs_to_the_scope(board: Board) -> None:
    scope = await board.scope()
    column = await board.column("Doing", scope["_id"])

    card = await board.card(None, columnId=column["_id"])

    assert card["scope_id"] == scope["_id"]


async def test_an_id_that_the_client_chose_is_taken_as_it_is(board: Board) -> None:
    chosen = new_id(Kind.CARD)

    card = await board.card(id=str(chosen))

    assert card["_id"] == chosen


async def test_a_chosen_id_that_is_taken_is_a_conflict_whoever_has_it(
    board: Board, people: People, owner: Context, workspace: Record
) -> None:
    mine = await board.card()
    stranger = await people.register("mallory")
    foreign = await make_board(owner, workspace, columns=0)
    theirs = new_id(Kind.CARD)
    await collection(Card).insert_one({**await board.stored(mine), "_id": theirs, "workspace_id": stranger.user_id})
    seq = await board.seq()

    for taken in (mine["_id"], theirs):
        with pytest.raises(Conflict, match=r"^id: is taken"):
            await foreign.card(None, id=taken)

    assert await board.types_since(seq) == []


@pytest.mark.parametrize("wrong", [new_id(Kind.PROJECT), "0" * 24, "x", "", 5, {"$ne": None}])
async def test_a_chosen_id_must_be_one_of_a_card(wrong: Any, board: Board) -> None:
    with pytest.raises(BadUserInput, match=r"^id: "):
        await board.card(id=wrong)


@pytest.mark.parametrize(
    ("field", "kind", "message"),
    [
        ("columnId", Kind.COLUMN, "is not a column of the project"),
        ("assigneeId", Kind.USER, "is not a member of the project"),
    ],
)
async def test_a_reference_to_nothing_of_the_project_is_refused_by_name(
    field: str, kind: Kind, message: str, board: Board
) -> None:
    with pytest.raises(BadUserInput, match=f"^{field}: {message}"):
        await board.card(0, **{field: new_id(kind)})
    assert await collection(Card).count_documents({"project_id": board.project["_id"]}) == 0


async def test_a_column_of_another_project_is_refused(board: Board, owner: Context, workspace: Record) -> None:
    other = await make_board(owner, workspace, columns=1)

    with pytest.raises(BadUserInput, match=r"^columnId: is not a column of the project"):
        await board.card(None, columnId=other.column_id(0))


async def test_two_items_with_one_id_are_refused(board: Board) -> None:
    item = {"_id": str(new_id(Kind.CHECKLIST_ITEM)), "title": "a"}

    with pytest.raises(BadUserInput, match=r"^checklist: has two items with one id"):
        await board.card(checklist=[item, item])


async def test_a_project_that_the_caller_cannot_see_is_not_found(board: Board, people: People) -> None:
    stranger = await people.register("mallory")
    card = await board.card()

    for attempt in (
        Board(stranger, board.project).card(None),
        get_card(again(stranger), card["_id"]),
        delete_card(again(stranger), card["_id"]),
        list_cards(again(stranger), board.project["_id"]),
    ):
        with pytest.raises(NotFound, match="not found"):
            await attempt
    assert await collection(Card).count_documents({"project_id": board.project["_id"]}) == 1


async def test_deleting_a_card_takes_its_comments_along_and_leaves_its_history(board: Board) -> None:
    card, other = await board.card(title="Lens"), await board.card()
    await board.comment(card)
    kept = await board.comment(other)
    seq = await board.seq()

    await delete_card(board.ctx, card["_id"])

    assert await board.lane(0) == [other["_id"]]
    assert await collection(Comment).distinct("_id", {"project_id": board.project["_id"]}) == [kept["_id"]]
    assert await board.types_since(seq) == ["CommentDeleted", "CardDeleted"]
    last = await collection(Activity).find_one({"card_id": card["_id"]}, sort=[("_id", -1)])
    assert last is not None
    assert (last["type"], last["meta"]) == ("card_deleted", {"title": "Lens"})
    with pytest.raises(NotFound, match="Card not found"):
        await delete_card(board.ctx, card["_id"])


async def test_the_cards_of_a_project_come_with_their_places(board: Board) -> None:
    for column in (0, 1, None, 0):
        await board.card(column)
    archived = await board.card(0)
    await board.update(archived, archived=True, order=1)

    cards = await list_cards(board.ctx, board.project["_id"])

    places = sorted((str(card["column_id"]), card["order"], card["archived"]) for card in cards)
    assert places == sorted(
        [
            (str(board.column_id(0)), 0, False),
            (str(board.column_id(0)), 1, True),
            (str(board.column_id(0)), 1, False),
            (str(board.column_id(1)), 0, False),
            ("None", 0, False),
        ]
    )
