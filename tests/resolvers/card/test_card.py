import pkgutil
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest

from models import Activity, Card, Comment, Workspace
from models.base import collection
from models.enums import Priority
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, id_inside, kind_of, new_id
from resolvers import inputs
from resolvers.card.card import delete_card, get_card, list_cards
from resolvers.kit.context import Context
from resolvers.kit.input import Input
from tests.resolvers.lab import People, again
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
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
    chosen = id_inside(Kind.CARD, board.project["_id"])

    card = await board.card(id=str(chosen))

    assert card["_id"] == chosen


async def test_a_chosen_id_that_the_project_has_used_is_a_conflict(board: Board, owner: Context) -> None:
    taken = id_inside(Kind.CARD, board.project["_id"])
    mine = await board.card(id=taken)
    seq = await board.seq()

    with pytest.raises(Conflict, match=r"^id: is taken"):
        await board.card(id=taken)
    await delete_card(again(owner), mine["_id"])
    with pytest.raises(Conflict, match=r"^id: is taken"):
        await board.card(id=taken)

    assert await board.types_since(seq) == ["CardDeleted"]


async def test_a_chosen_id_tells_nothing_of_the_cards_of_others(board: Board, people: People) -> None:
    theirs = [await board.card(), await board.card(id=id_inside(Kind.CARD, board.project["_id"]))]
    mallory = await people.register("mallory")
    home = await collection(Workspace).find_one({"owner_id": mallory.user_id})
    assert home is not None
    stranger = await make_board(mallory, home, columns=0)
    refusals = []

    for chosen in (*(one["_id"] for one in theirs), new_id(Kind.CARD), id_inside(Kind.CARD, board.project["_id"])):
        with pytest.raises(BadUserInput) as refused:
            await stranger.card(None, id=chosen)
        refusals.append(refused.value.message)

    assert len(set(refusals)) == 1
    assert refusals[0].startswith(f"id: must have {str(stranger.project['_id'])[-8:]}")


async def test_a_card_whose_own_id_is_taken_gets_another_one(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = (await board.card())["_id"]
    ids = [taken, taken, new_id(Kind.CARD)]
    monkeypatch.setattr("resolvers.card.card.new_id", lambda kind: ids.pop(0))

    card = await board.card()

    assert (card["_id"] == taken, ids) == (False, [])


def test_only_what_is_known_here_takes_an_id_of_the_clients_making() -> None:
    """A card names its project; a checklist item is known within its card alone, an option within its field, a step
    within its pipeline, and a job that is ended was made before, in the queue that is named."""
    takes = {
        name
        for module in pkgutil.iter_modules(inputs.__path__)
        for name, model in vars(import_module(f"resolvers.inputs.{module.name}")).items()
        if isinstance(model, type) and issubclass(model, Input) and "id" in model.model_fields
    }

    assert takes == {"CardCreate", "ChecklistItemInput", "CompletedJob", "CustomFieldOptionInput", "PipelineStepInput"}


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


async def test_a_column_of_another_project_is_refused(board: Board, owner: Context, workspace: Any) -> None:
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
    assert await board.types_since(seq) == ["CardDeleted", "CommentDeleted"]
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
