"""Changing a card's text, and its labels by their names."""

import pytest

from models.records import WorkspaceRecord
from resolvers.card.label import list_labels
from resolvers.card.revise import revise_card
from resolvers.inputs.card import CardRevise
from resolvers.kit.context import Context
from tests.resolvers.lab import again
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: WorkspaceRecord) -> Board:
    return await make_board(owner, workspace, columns=1)


async def test_labels_are_found_by_name_or_made_in_the_change_of_the_card(board: Board) -> None:
    bug = await board.label("bug")
    card = await board.card(title="A")
    seq = await board.seq()

    values = CardRevise.of(title="B", labels=["new", "bug", "new"])
    changed = (await revise_card(again(board.ctx), card["_id"], values)).value

    labels = {label["name"]: label["_id"] for label in await list_labels(again(board.ctx), board.project["_id"])}
    assert changed["label_ids"] == [labels["new"], bug["_id"]]
    assert (changed["title"], set(labels)) == ("B", {"bug", "new"})
    assert await board.seq() == seq + 2  # a label that was made, and the card


async def test_what_is_not_given_stays_and_the_same_again_changes_nothing(board: Board) -> None:
    card = await board.card(title="A")
    await revise_card(again(board.ctx), card["_id"], CardRevise.of(description="Why", labels=["bug"]))
    seq = await board.seq()

    again_ = (await revise_card(again(board.ctx), card["_id"], CardRevise.of(labels=["bug"]))).value

    assert (again_["title"], again_["description"], await board.seq()) == ("A", "Why", seq)
    assert (await revise_card(again(board.ctx), card["_id"], CardRevise.of(labels=[]))).value["label_ids"] == []
