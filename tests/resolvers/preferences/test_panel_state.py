"""How people leave the panels of cards."""

from typing import Any

import pytest

from models.errors import BadUserInput, Conflict
from models.ids import Kind, new_id
from resolvers.inputs.preferences import PanelStatesUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.preferences import panel_state
from resolvers.preferences.panel_state import delete_panel_state, list_panel_states, update_panel_states
from tests.resolvers.conftest import Join
from tests.resolvers.lab import again, event_types
from tests.resolvers.projects import Board, make_board


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=1)


async def leave(board: Board, states: dict[Any, Any], ctx: Context | None = None) -> None:
    given = {"projectId": board.project["_id"], "states": {str(card_id): state for card_id, state in states.items()}}
    await update_panel_states(again(ctx or board.caller), read_input(PanelStatesUpdate, given))


async def shown(board: Board, ctx: Context | None = None) -> dict[Any, Any]:
    found = await list_panel_states(again(ctx or board.caller), board.project["_id"])
    return {each["card_id"]: each["state"] for each in found}


async def test_states_are_kept_by_card_for_each_person(board: Board, workspace: Any, join: Join) -> None:
    ada, first, second = await join(workspace, "ada"), (await board.card())["_id"], (await board.card())["_id"]

    # When some are set, one of them again, and one taken away
    await leave(board, {first: {"open": True}, second: [1]})
    await leave(board, {first: {"open": True}})
    await leave(board, {second: None})
    await leave(board, {second: "left"}, ada)
    await delete_panel_state(again(ada), first)

    # Then each person has their own, and each change is told once
    assert await shown(board) == {first: {"open": True}}
    assert await shown(board, ada) == {second: "left"}
    assert (await event_types(board.caller.user_id)).count("PanelStatesChanged") == 2
    await delete_panel_state(board.ctx, first)
    assert await shown(board) == {}


async def test_states_are_of_cards_of_the_project_and_bounded(
    board: Board, owner: Context, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel_state, "MAX_OF_PROJECT", 1)
    card, second = (await board.card())["_id"], (await board.card())["_id"]
    foreign = (await (await make_board(owner, workspace, columns=1)).card())["_id"]

    for wrong in ({"nothing": 1}, {card: "x" * 4_096}):
        with pytest.raises(BadUserInput) as refused:
            await leave(board, wrong)
        assert refused.value.field == "states"
    await leave(board, {foreign: 1, card: 1, new_id(Kind.CARD): 1})
    with pytest.raises(Conflict):
        await leave(board, {second: 1})
    assert await shown(board) == {card: 1}
