"""A person is asked before what cannot be undone, where the client can ask."""

from typing import Any

import pytest

from tests.agents.server.client import HANDSHAKE, MODERN, Client
from tests.gateway.lab import Board

ASKING: dict[str, Any] = {"elicitation": {"form": {}}}


async def exists(board: Board, card: str) -> bool:
    return (await board.ann.send("query ($id: ID!) { card(id: $id) { id } }", id=card))["data"]["card"] is not None


@pytest.mark.parametrize("through", ["delete_card", "call_tool"])
async def test_a_deletion_waits_for_the_person_to_confirm_it(through: str, board: Board) -> None:
    client, card = Client(board.ann.http, MODERN, capabilities=ASKING), await board.card("Doomed")
    arguments: dict[str, Any] = {"id": card}
    if through == "call_tool":
        arguments = {"name": "delete_card", "arguments": arguments}

    asked = await client.call(through, **arguments)
    still_there = await exists(board, card)
    yes = {"action": "accept", "content": {"confirm": True}}
    done = await client.send("tools/call", name=through, arguments=arguments, inputResponses={"confirm": yes})

    assert asked["resultType"] == "input_required"
    assert card in asked["inputRequests"]["confirm"]["params"]["message"]
    assert still_there
    assert done["result"]["structuredContent"]["deleted"] == card
    assert not await exists(board, card)


@pytest.mark.parametrize(
    "answer", [{"action": "decline"}, {"action": "cancel"}, {"action": "accept", "content": {"confirm": False}}]
)
async def test_what_is_not_confirmed_is_not_done(answer: dict[str, Any], board: Board) -> None:
    client, card = Client(board.ann.http, MODERN, capabilities=ASKING), await board.card("Spared")

    refused = await client.send(
        "tools/call", name="delete_card", arguments={"id": card}, inputResponses={"confirm": answer}
    )

    assert refused["result"]["isError"]
    assert await exists(board, card)


@pytest.mark.parametrize(("version", "capabilities"), [(MODERN, {}), (HANDSHAKE, ASKING)])
async def test_a_client_that_cannot_ask_is_trusted_to_have_asked(
    version: str, capabilities: dict[str, Any], board: Board
) -> None:
    client, card = Client(board.ann.http, version, capabilities=capabilities), await board.card("Gone")

    assert (await client.call("delete_card", id=card))["structuredContent"]["deleted"] == card


async def test_what_can_be_undone_is_done_at_once(board: Board) -> None:
    client, card = Client(board.ann.http, MODERN, capabilities=ASKING), await board.card("Renamed")

    assert (await client.call("update_card", id=card, title="Other"))["structuredContent"]["status"] == "DONE"
