import pytest

from models import Card, Label
from models.base import collection
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, new_id
from models.records import WorkspaceRecord
from resolvers.card.label import (
    add_card_label,
    delete_label,
    get_label,
    list_labels,
    remove_card_label,
    update_label,
)
from resolvers.inputs.card import MAX_LABELS
from resolvers.inputs.label import LabelUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from tests.resolvers.lab import People, again
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: WorkspaceRecord) -> Board:
    return await make_board(owner, workspace, columns=1)


async def test_labels_are_listed_by_name(board: Board) -> None:
    for name in ("b", "a", "C"):
        await board.label(name)

    labels = await list_labels(board.ctx, board.project["_id"])

    assert [label["name"] for label in labels] == ["a", "b", "C"]
    assert await get_label(board.ctx, labels[0]["_id"]) == labels[0]


async def test_a_name_is_unique_in_its_project(board: Board, owner: Context, workspace: WorkspaceRecord) -> None:
    label, other = await board.label("Bug"), await board.label("Idea")
    elsewhere = await (await make_board(owner, workspace, columns=0)).label("Bug")

    with pytest.raises(Conflict, match=r"^name: is taken"):
        await board.label(" Bug ")
    with pytest.raises(Conflict, match=r"^name: is taken"):
        await update_label(board.ctx, other["_id"], LabelUpdate.of(name="Bug"))

    assert label["name"] == elsewhere["name"]
    assert await collection(Label).count_documents({"project_id": board.project["_id"]}) == 2


async def test_a_label_changes_in_name_and_colour(board: Board) -> None:
    label = await board.label("Bug")
    seq = await board.seq()

    changed = (await update_label(board.ctx, label["_id"], read_input(LabelUpdate, {"color": "#AABBCC"}))).value
    same = (await update_label(board.ctx, label["_id"], LabelUpdate.of(name="Bug"))).value

    assert (changed["name"], changed["color"]) == ("Bug", "#aabbcc")
    assert same == changed == await collection(Label).find_one({"_id": label["_id"]})
    assert await board.types_since(seq) == ["LabelUpdated"]


async def test_a_label_that_is_deleted_leaves_every_card(board: Board) -> None:
    label, other = await board.label("Bug"), await board.label("Idea")
    card = await board.card(labelIds=[label["_id"], other["_id"]])
    seq = await board.seq()

    await delete_label(board.ctx, label["_id"])

    assert (await board.stored(card))["label_ids"] == [other["_id"]]
    assert await board.types_since(seq) == ["LabelDeleted"]
    with pytest.raises(NotFound, match="Label not found"):
        await delete_label(board.ctx, label["_id"])


async def test_a_label_goes_on_a_card_once_and_off_again(board: Board) -> None:
    label, card = await board.label(), await board.card()
    seq = await board.seq()

    await add_card_label(board.ctx, card["_id"], label["_id"])
    twice = (await add_card_label(board.ctx, card["_id"], str(label["_id"]))).value
    without = (await remove_card_label(board.ctx, card["_id"], label["_id"])).value

    assert (twice["label_ids"], twice["version"]) == ([label["_id"]], 2)
    assert (without["label_ids"], without["version"]) == ([], 3)
    assert await board.types_since(seq) == ["CardUpdated", "CardUpdated"]
    with pytest.raises(NotFound, match="Label not found"):
        await remove_card_label(board.ctx, card["_id"], label["_id"])


async def test_a_label_of_another_project_does_not_exist_for_a_card(
    board: Board, owner: Context, workspace: WorkspaceRecord
) -> None:
    card, foreign = await board.card(), await (await make_board(owner, workspace, columns=0)).label()

    for wrong in (foreign["_id"], new_id(Kind.LABEL)):
        with pytest.raises(NotFound, match="Label not found"):
            await add_card_label(board.ctx, card["_id"], wrong)
    with pytest.raises(BadUserInput, match=r"^labelId: is not the id of a label"):
        await add_card_label(board.ctx, card["_id"], card["_id"])


async def test_a_card_has_at_most_50_labels(board: Board) -> None:
    label, card = await board.label(), await board.card()
    full = {"label_ids": [new_id(Kind.LABEL) for _ in range(MAX_LABELS)]}
    await collection(Card).update_one({"_id": card["_id"]}, {"$set": full})

    with pytest.raises(Conflict, match="at most 50 labels"):
        await add_card_label(board.ctx, card["_id"], label["_id"])


async def test_a_project_has_a_bounded_number_of_labels(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.card.label.MAX_PROJECT_LABELS", 1)
    await board.label("a")

    with pytest.raises(Conflict, match="There are 1 labels in this project already"):
        await board.label("b")


async def test_labels_are_hidden_from_strangers(board: Board, people: People) -> None:
    stranger = await people.register("mallory")
    label = await board.label()

    for attempt in (
        get_label(again(stranger), label["_id"]),
        list_labels(again(stranger), board.project["_id"]),
        update_label(again(stranger), label["_id"], LabelUpdate.of(name="x")),
        delete_label(again(stranger), label["_id"]),
        Board(stranger, board.project).label("x"),
    ):
        with pytest.raises(NotFound, match="not found"):
            await attempt
    assert await collection(Label).find_one({"_id": label["_id"]}) == label
