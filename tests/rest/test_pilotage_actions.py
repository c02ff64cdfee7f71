"""Actions of a pilotage: names in place of ids, decisions that are made once, and what is recorded alone."""

from typing import Any

import httpx
import pytest

from tests.rest.conftest import Api, Board, made


async def _board(board: Board) -> dict[str, Any]:
    """A card in the first of three columns, two of which are called alike."""
    columns = [await made(board.ann, f"{board.path}/columns", name=name) for name in ("Ready", "Shipped", "shipped")]
    card = await made(board.ann, f"{board.path}/cards", title="Lens", columnId=columns[0]["id"])
    return {"card": card["id"], "columns": [column["id"] for column in columns]}


async def _posted(client: httpx.AsyncClient, path: str, **body: Any) -> tuple[int, Any]:
    answer = await client.post(path, json=body)
    return answer.status_code, answer.json()


def _move(card: str, column: str) -> dict[str, Any]:
    payload = {"cardId": card, "targetColumn": column}
    return {"actionType": "Move Card", "explanation": "All of it is done", "payload": payload}


@pytest.fixture
def actions(board: Board) -> str:
    return f"{board.workspace}/pilotage/actions"


async def test_a_name_that_several_have_is_a_conflict_and_one_that_none_has_bad_input(
    board: Board, actions: str
) -> None:
    # Given
    made_board = await _board(board)

    # When
    several = await _posted(board.ann, f"{actions}/propose", **_move(made_board["card"], "SHIPPED"))
    none = await _posted(board.ann, f"{actions}/propose", **_move(made_board["card"], "Nowhere"))
    one = await _posted(board.ann, f"{actions}/propose", **_move(made_board["card"], "READY"))

    # Then
    assert (several[0], several[1]["details"]["ids"]) == (409, made_board["columns"][1:])
    assert (none[0], none[1]["details"]["field"]) == (400, "columnId")
    assert (one[0], one[1]["payload"]["targetColumn"]) == (201, "READY")


async def test_an_action_is_applied_once_and_only_when_it_was_approved(board: Board, actions: str) -> None:
    # Given
    made_board = await _board(board)
    where = made_board["columns"][1]
    action = await made(board.ann, f"{actions}/propose", **_move(made_board["card"], where))
    path = f"{actions}/{action['id']}"

    # When
    too_soon, _ = await _posted(board.ann, f"{path}/apply")
    approved = await made(board.ann, f"{path}/review", approved=True)
    same = await made(board.ann, f"{path}/review", approved=True)
    opposite, _ = await _posted(board.ann, f"{path}/review", approved=False)
    applied = await made(board.ann, f"{path}/apply")
    again = await made(board.ann, f"{path}/apply")
    too_late, _ = await _posted(board.ann, f"{path}/review", approved=False)
    card = (await board.ann.get(f"{board.path}/cards/{made_board['card']}")).json()

    # Then
    assert (too_soon, opposite, too_late) == (409, 409, 409)
    assert (approved["status"], same, applied["status"], again) == ("approved", approved, "applied", applied)
    assert card["columnId"] == where
    [change] = applied["changes"]
    assert change["after"]["columnId"] == where


async def test_words_that_name_no_operation_are_decided_on_and_recorded(board: Board, actions: str) -> None:
    action = await made(board.ann, f"{actions}/propose", actionType="Call the foundry", explanation="Ask for a sample")
    path = f"{actions}/{action['id']}"

    await made(board.ann, f"{path}/review", approved=True)
    applied = await made(board.ann, f"{path}/apply")
    rejected = await made(board.ann, f"{actions}/propose", actionType="Sell", explanation="Now")
    await made(board.ann, f"{actions}/{rejected['id']}/review", approved=False, reason="Later")

    assert (action["executable"], applied["status"], applied["result"]) == (False, "applied", None)
    listed = (await board.ann.get(f"{actions}?status=rejected")).json()
    assert [(one["actionType"], one["reason"]) for one in listed] == [("Sell", "Later")]


async def test_what_would_change_is_told_in_the_words_that_cards_are_told_in(board: Board, actions: str) -> None:
    # Given
    card = await made(board.ann, f"{board.path}/cards", title="Lens", priority="low")
    payload = {"cardId": card["id"], "priority": "high"}

    # When
    action = await made(board.ann, f"{actions}/propose", actionType="update_card", explanation="Due", payload=payload)

    # Then
    [change] = action["changes"]
    assert (change["before"]["priority"], change["after"]["priority"]) == ("low", "high")


async def test_an_agent_suggests_and_never_decides(api: Api, board: Board, actions: str) -> None:
    hired = await made(board.ann, f"{board.workspace}/agents", name="Atlas", slug="atlas")
    atlas = api.client(hired["token"])
    made_board = await _board(board)

    action = await made(atlas, f"{actions}/propose", **_move(made_board["card"], made_board["columns"][1]))
    decided, _ = await _posted(atlas, f"{actions}/{action['id']}/review", approved=True)
    await made(board.ann, f"{actions}/{action['id']}/review", approved=True)
    applying, _ = await _posted(atlas, f"{actions}/{action['id']}/apply")

    assert action["agentId"] == hired["id"]
    assert (decided, applying) == (403, 403)
