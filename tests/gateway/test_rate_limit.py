"""How many calls an agent makes a minute is counted at all doors together."""

from typing import Any

import pytest

from auth.authenticate import authenticate
from models.errors import OrreryError
from resolvers.kit.call import call
from resolvers.kit.context import Context
from tests.gateway.lab import Board, Lab, Person
from tests.gateway.test_autonomy import hired

READ = "query ($id: ID!) { card(id: $id) { title } }"
WRITE = 'mutation ($id: ID!) { cardUpdate(id: $id, input: {title: "New"}) { card { id } } }'
CLAIM = "mutation ($id: ID!) { missionClaim(workspaceId: $id) { mission { id } } }"
CHANGE = (
    "mutation ($id: ID!, $input: AgentUpdateInput!) { agentUpdate(id: $id, input: $input) { agent { rateLimit } } }"
)


async def test_one_call_too_many_is_refused_at_every_door(lab: Lab, board: Board) -> None:
    # Given an agent that may make four calls a minute, and makes them by different doors, reading and writing
    agent, card = await hired(lab, board, autonomyMode="AUTONOMOUS", rateLimit=4), await board.card("One")
    route = f"/orgs/{board.org_slug}/workspaces/personal/projects/{board.project}/cards/{card}"
    await agent.ask(READ, id=card)
    assert (await agent.http.get(route)).status_code == 200
    assert await by_call(lab, agent, card) is None
    await agent.ask(WRITE, id=card)

    # When it makes another one
    refused, answer = await agent.refused(READ, id=card), await agent.http.get(route)
    called, written = await by_call(lab, agent, card), await agent.refused(WRITE, id=card)

    # Then it is told when to come back
    for told in (refused, written):
        assert told["extensions"]["code"] == "RATE_LIMITED"
        assert 0 < told["extensions"]["retryAfter"] <= 60
        assert told["message"] == "This agent may make 4 calls a minute"
    assert (answer.status_code, called) == (429, "RATE_LIMITED")
    assert 0 < int(answer.headers["retry-after"]) <= 60
    # And others, and what it does for missions, are not
    await board.ann.ask(READ, id=card)
    await agent.ask(CLAIM, id=board.workspace)


async def test_a_field_of_a_document_is_a_call_and_what_it_reads_for_it_is_none(lab: Lab, board: Board) -> None:
    agent, card = await hired(lab, board, rateLimit=2), await board.card("One")
    query = "query ($id: ID!) { a: card(id: $id) { project { columns { id } } } b: card(id: $id) { title } }"

    assert await agent.ask(query, id=card)
    assert (await agent.refused(READ, id=card))["extensions"]["code"] == "RATE_LIMITED"


async def test_a_limit_holds_from_when_it_is_changed(lab: Lab, board: Board) -> None:
    agent, card = await hired(lab, board), await board.card("One")
    await agent.ask(READ, id=card)
    told = await board.ann.ask(CHANGE, id=agent.id, input={"rateLimit": 1})
    assert told["agentUpdate"]["agent"]["rateLimit"] == 1

    await agent.ask(READ, id=card)
    assert (await agent.refused(READ, id=card))["extensions"]["code"] == "RATE_LIMITED"
    await board.ann.ask(CHANGE, id=agent.id, input={"rateLimit": None})
    await agent.ask(READ, id=card)


@pytest.mark.parametrize("given", [0, -1, 100_001])
async def test_a_limit_is_a_number_within_bounds(lab: Lab, board: Board, given: int) -> None:
    agent = await hired(lab, board)
    refused = await board.ann.refused(CHANGE, id=agent.id, input={"rateLimit": given})
    assert refused["extensions"]["field"] == "rateLimit"


async def by_call(lab: Lab, agent: Person, card: str) -> str | None:
    """The code that a call of an operation by its name is refused with."""
    services: Any = lab.app.state.services
    subject = await authenticate(services.signer, authorization=f"Bearer {agent.token}", cookie=None)
    try:
        await call(Context(subject, services), "card", {"id": card})
    except OrreryError as error:
        return error.code
    return None
