"""What an agent may not do by itself is pending over MCP, until a person decides."""

import pytest
from bson import ObjectId

from tests.agents.server.client import VERSIONS, Client
from tests.gateway.lab import Board, Lab

CREATE = "mutation ($input: AgentCreateInput!) { agentCreate(input: $input) { token } }"


@pytest.fixture(params=VERSIONS)
async def agent(request: pytest.FixtureRequest, board: Board, lab: Lab) -> Client:
    """A client with the token of an agent that is supervised."""
    values = {"workspaceId": board.workspace, "name": "Atlas", "slug": f"atlas-{ObjectId()}"}
    token = (await board.ann.ask(CREATE, input=values))["agentCreate"]["token"]
    return Client(lab.client(token), request.param)


async def test_a_change_of_an_agent_is_done_once_a_person_approves(agent: Client, board: Board) -> None:
    # Given
    card = await board.card("Old")
    ann = Client(board.ann.http, agent.version)

    # When
    asked = await agent.call("update_card", id=card, title="New")
    before = await agent.call("get_card", id=card)
    proposal = asked["structuredContent"]["proposal"]["id"]
    refused = await agent.call("decide_proposals", ids=[proposal], approved=True)
    await ann.call("decide_proposals", ids=[proposal], approved=True)
    after = await agent.call("get_card", id=card)

    # Then
    assert asked["structuredContent"]["status"] == "PENDING"
    assert not asked.get("isError")
    assert "title: Old" in before["content"][0]["text"]
    assert refused["content"][0]["text"].startswith("FORBIDDEN")
    assert "title: New" in after["content"][0]["text"]


async def test_an_agent_is_not_told_of_what_it_never_may_do(agent: Client, board: Board) -> None:
    own = {tool["name"] for tool in (await agent.send("tools/list"))["result"]["tools"]}
    anns = {
        tool["name"] for tool in (await Client(board.ann.http, agent.version).send("tools/list"))["result"]["tools"]
    }

    assert "decide_proposals" in anns - own
    assert "claim_mission" in own - anns


async def test_a_change_that_waits_is_proposed_once_for_a_key(agent: Client, board: Board) -> None:
    card, key = await board.card("Old"), {"orrery/idempotencyKey": f"key-{ObjectId()}"}

    first = await agent.call("update_card", key, id=card, title="New")
    again = await agent.call("update_card", key, id=card, title="New")

    assert first["structuredContent"]["status"] == "PENDING"
    assert again["structuredContent"] == first["structuredContent"]
