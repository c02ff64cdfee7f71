"""A person is asked before what cannot be undone, and which one they mean, where the client can ask."""

from typing import Any

import pytest
from bson import ObjectId
from pymongo.errors import AutoReconnect

from agents.server import answers, ask
from models.errors import Unavailable
from tests.agents.server.agent import agent_of
from tests.agents.server.client import HANDSHAKE, MODERN, Client
from tests.gateway.lab import Board, Lab

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


async def test_a_person_chooses_what_a_call_does_not_say(board: Board, lab: Lab) -> None:
    client = Client(board.ann.http, MODERN, capabilities=ASKING)
    agent = await agent_of(board, lab, MODERN)

    for tool, name, wanted, values in (
        ("create_card", "projectId", board.project, {"title": "Chosen"}),
        ("list_missions", "workspaceId", board.workspace, {}),
        ("run_agent", "agentId", agent.id, {"prompt": "Look"}),
    ):
        nested = {"name": tool, "arguments": values}
        for called, arguments in ((tool, values), ("call_tool", nested)):
            asked = await client.call(called, **arguments)
            field = asked["inputRequests"][name]["params"]["requestedSchema"]["properties"][name]
            chosen = {name: {"action": "accept", "content": {name: wanted}}}
            done = await client.send("tools/call", name=called, arguments=arguments, inputResponses=chosen)

            assert wanted in {choice["const"] for choice in field["oneOf"]}
            assert not done["result"].get("isError"), done


@pytest.mark.parametrize("answer", [{"action": "decline"}, {"action": "accept", "content": {"projectId": 5}}])
async def test_who_chooses_nothing_has_nothing_done(answer: dict[str, Any], board: Board) -> None:
    client = Client(board.ann.http, MODERN, capabilities=ASKING)

    refused = await client.send(
        "tools/call", name="create_card", arguments={"title": "None"}, inputResponses={"projectId": answer}
    )

    assert "DECLINED" in refused["result"]["content"][0]["text"]


async def test_what_another_tenant_has_is_no_choice(board: Board, lab: Lab) -> None:
    client = Client((await lab.person(f"eve-{ObjectId()}@example.com")).http, MODERN, capabilities=ASKING)
    chosen = {"projectId": {"action": "accept", "content": {"projectId": board.project}}}

    asked = await client.call("create_card", title="Foreign")
    refused = await client.send("tools/call", name="create_card", arguments={"title": "Foreign"}, inputResponses=chosen)

    assert board.project not in str(asked)
    assert refused["result"]["content"][0]["text"].startswith("NOT_FOUND: ")


@pytest.mark.parametrize(("capabilities", "asks"), [({"elicitation": {}}, True), ({"elicitation": {"url": {}}}, False)])
async def test_who_shows_no_forms_is_asked_by_none(capabilities: dict[str, Any], asks: bool, board: Board) -> None:
    answered = await Client(board.ann.http, MODERN, capabilities=capabilities).call("create_card", title="None")

    assert (answered["resultType"] == "input_required") is asks
    assert answered.get("isError", False) is not asks


async def test_a_database_that_is_away_is_told_as_such_before_a_call_and_in_it(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(board.ann.http, MODERN, capabilities=ASKING)

    async def away(*_: Any) -> Any:
        raise AutoReconnect("the database is away")

    with monkeypatch.context() as patched:
        patched.setitem(ask._CHOICES, "projectId", away)
        before = await client.send("tools/call", name="create_card", arguments={"title": "Which project?"})
    monkeypatch.setattr(answers, "call_tool", away)
    within = await client.call("create_card", title="In it", projectId=board.project)

    assert before["error"]["message"] == Unavailable().message
    assert within["isError"]
    assert Unavailable().message in within["content"][0]["text"]
