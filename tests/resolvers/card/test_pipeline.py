"""The columns that cards go through by themselves, and where they are done."""

from typing import Any

import pytest

from models.enums import ColumnKind
from models.errors import BadUserInput, Conflict
from models.records import CardRecord
from resolvers.card.pipeline import pipeline_of
from resolvers.card.update import complete_card, set_card_pipeline
from resolvers.column.column import delete_column, update_column
from resolvers.inputs.card import CardPipelineSet
from resolvers.inputs.column import ColumnUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    """Four columns, the second and third of which are for work."""
    board = await make_board(owner, workspace, columns=4)
    for place in (1, 2):
        values = ColumnUpdate.of(kind=ColumnKind.ACTIVE, prompt=f"Step {place}")
        await update_column(board.ctx, board.columns[place]["_id"], values)
    return board


async def shown(board: Board, card: CardRecord) -> list[tuple[int, bool, str | None]]:
    """The steps of a card, by the places of their columns."""
    [steps] = await pipeline_of(board.ctx, [await board.stored(card)], None)
    places = {column["_id"]: place for place, column in enumerate(board.columns)}
    return [(places[step["column_id"]], step["enabled"], step["prompt"]) for step in steps]


async def set_steps(board: Board, card: CardRecord, steps: list[dict[str, Any]] | None) -> CardRecord:
    return (await set_card_pipeline(board.ctx, card["_id"], read_input(CardPipelineSet, {"steps": steps}))).value


async def test_a_card_goes_through_the_active_columns_of_its_board_unless_it_has_a_choice_of_its_own(
    board: Board,
) -> None:
    card = await board.card()
    assert await shown(board, card) == [(1, True, "Step 1"), (2, True, "Step 2")]

    # When it has steps of its own, and the column of one is deleted
    own: list[dict[str, Any]] = [{"columnId": board.column_id(place)} for place in (2, 1, 3)]
    own[1] |= {"enabled": False, "prompt": "Otherwise"}
    changed = await set_steps(board, card, own)
    assert await shown(board, card) == [(2, True, "Step 2"), (1, False, "Otherwise"), (3, True, None)]
    assert changed["version"] == card["version"] + 1
    await delete_column(board.ctx, board.columns[3]["_id"])
    assert await shown(board, card) == [(2, True, "Step 2"), (1, False, "Otherwise")]

    # Then none is none, and null is that of the board again
    await set_steps(board, card, [])
    assert await shown(board, card) == []
    await set_steps(board, card, None)
    assert await shown(board, card) == [(1, True, "Step 1"), (2, True, "Step 2")]


async def test_steps_name_columns_of_the_project_once(board: Board, owner: Context, workspace: Any) -> None:
    card, other = await board.card(), await make_board(owner, workspace, columns=1)

    for ids in ([board.column_id(1), board.column_id(1)], [other.column_id(0)]):
        with pytest.raises(BadUserInput) as refused:
            await set_steps(board, card, [{"columnId": column_id} for column_id in ids])
        assert refused.value.field == "steps"


async def test_a_card_is_completed_at_the_end_of_the_first_column_that_is_done(board: Board) -> None:
    # Given cards in the last column, and a card elsewhere
    last, card = await board.card(3), await board.card(0)

    # When it is completed, in the last column without any that is said to be done, and twice
    done = (await complete_card(board.ctx, card["_id"])).value
    again = (await complete_card(board.ctx, card["_id"])).value
    assert await board.lane(3) == [last["_id"], card["_id"]]
    assert again["version"] == done["version"]
    assert done["completed_at"] is not None

    # Then a column of that kind comes first
    await update_column(board.ctx, board.columns[0]["_id"], ColumnUpdate.of(kind=ColumnKind.DONE))
    await complete_card(board.ctx, last["_id"])
    assert await board.lane(0) == [last["_id"]]


async def test_a_board_without_columns_completes_nothing(owner: Context, workspace: Any) -> None:
    board = await make_board(owner, workspace, columns=0)
    card = await board.card(None)

    with pytest.raises(Conflict):
        await complete_card(board.ctx, card["_id"])


async def test_a_move_may_depend_on_where_the_card_stands(board: Board) -> None:
    card = await board.card(0)
    await board.move(card, columnId=board.column_id(1), ifColumnId=board.column_id(0))

    for elsewhere in (board.column_id(0), None):
        with pytest.raises(Conflict) as refused:
            await board.move(card, columnId=board.column_id(2), ifColumnId=elsewhere)
        assert refused.value.field == "ifColumnId"
    assert (await board.stored(card))["column_id"] == board.column_id(1)
