"""How far an agent goes by itself is the same at every door, and an agent decides on nothing at any."""

import asyncio
import os
from typing import Any

import pytest
from bson import ObjectId

from auth.authenticate import authenticate
from models import Card, LoggedEvent
from models.base import collection
from models.errors import ApprovalRequired, OrreryError
from resolvers.kit.call import call
from resolvers.kit.context import Context, Services
from tests.gateway.lab import JSON, Board, Lab, Person

CREATE_AGENT = "mutation ($input: AgentCreateInput!) { agentCreate(input: $input) { token agent { id } } }"
UPDATE = 'mutation ($id: ID!) { cardUpdate(id: $id, input: {title: "New"}) { card { id } } }'
DELETE = "mutation ($id: ID!) { cardDelete(id: $id) { deletedId } }"
PLACE = "mutation ($id: ID!, $column: ID) { cardUpdate(id: $id, input: {columnId: $column}) { card { id } } }"
APPROVE = "mutation ($id: ID!) { proposalApprove(id: $id, input: {}) { proposal { status } } }"
REJECT = "mutation ($id: ID!) { proposalReject(id: $id, input: {}) { proposal { status } } }"

ROUNDS = int(os.environ.get("ORRERY_TEST_ROUNDS", "4"))
"""A hundred of them take half a minute, which `make test` has not."""

DONE, ASKED, REFUSED = "done", "asked", "refused"

CASES: list[Any] = [
    # What the agent was made with; what becomes of an update of a card, one that moves it, and a deletion.
    pytest.param({}, (ASKED, ASKED, ASKED), id="supervised by default"),
    pytest.param({"autonomyMode": "APPROVAL"}, (ASKED, ASKED, ASKED), id="in batches"),
    pytest.param({"autonomyMode": "AUTONOMOUS"}, (DONE, DONE, ASKED), id="autonomous"),
    pytest.param({"autonomyMode": "AUTONOMOUS", "tools": []}, (REFUSED,) * 3, id="no tools"),
    pytest.param({"autonomyMode": "AUTONOMOUS", "tools": ["update_card"]}, (DONE, REFUSED, REFUSED), id="one tool"),
    pytest.param({"policy": {"write_cards": "ALLOW", "move_card": "DENY"}}, (DONE, REFUSED, DONE), id="a policy"),
    pytest.param({"policy": {"*": "ALLOW", "delete_card": "ASK"}}, (DONE, DONE, ASKED), id="a policy for all"),
]


@pytest.mark.parametrize(("given", "expected"), CASES)
async def test_every_door_has_the_same_verdict(
    lab: Lab, board: Board, services: Services, given: JSON, expected: tuple[str, ...]
) -> None:
    agent = await hired(lab, board, **given)
    cards = {door: await board.card(door) for door in ("graph", "rest", "call")}

    verdicts = {
        "graph": await by_graph(agent, board, cards["graph"]),
        "rest": await by_rest(agent, board, cards["rest"]),
        "call": await by_call(agent, board, services, cards["call"]),
    }

    assert verdicts == dict.fromkeys(cards, expected)


async def test_the_ceiling_of_a_workspace_is_over_what_an_agent_may(lab: Lab, board: Board, services: Services) -> None:
    agent = await hired(lab, board, autonomyMode="AUTONOMOUS", policy={"*": "ALLOW"})
    ceiling = {"write_cards": "ask", "delete_card": "DENY"}
    query = "mutation ($id: ID!, $c: JSON) { workspaceUpdate(id: $id, input: {agentCeiling: $c}) { workspace { id } } }"
    await board.ann.ask(query, id=board.workspace, c=ceiling)

    assert await by_graph(agent, board, await board.card("One")) == (ASKED, ASKED, REFUSED)
    assert await by_call(agent, board, services, await board.card("Two")) == (ASKED, ASKED, REFUSED)


async def test_a_policy_that_names_nothing_is_refused(lab: Lab, board: Board) -> None:
    values = {"workspaceId": board.workspace, "name": "A", "slug": "at", "policy": {"write_crads": "DENY"}}
    refused = await board.ann.refused(CREATE_AGENT, input=values)
    assert refused["extensions"]["field"] == "policy"


async def test_an_agent_decides_on_nothing_at_any_door(lab: Lab, board: Board, services: Services) -> None:
    # Given
    agent = await hired(lab, board)
    waits = await agent.refused(UPDATE, id=await board.card("Old"))
    proposal = waits["extensions"]["proposalId"]
    route = f"/orgs/{board.org_slug}/workspaces/personal/proposals/{proposal}"
    doors = {
        "proposalApprove": {"id": proposal},
        "proposalReject": {"id": proposal},
        "proposalReview": {"id": proposal, "approved": True},
        "proposalApply": {"id": proposal},
        "proposalUpdate": {"id": proposal, "arguments": {}},
        "proposalBatchDecide": {"ids": [proposal], "approved": True},
    }

    # When
    codes = [(await agent.refused(query, id=proposal))["extensions"]["code"] for query in (APPROVE, REJECT)]
    statuses = [(await agent.http.post(f"{route}/{word}", json={})).status_code for word in ("approve", "reject")]
    called = [await verdict_of_call(agent, services, name, arguments) for name, arguments in doors.items()]

    # Then
    assert (codes, statuses, called) == (["FORBIDDEN"] * 2, [403, 403], [REFUSED] * 6)
    assert (await board.ann.ask(APPROVE, id=proposal))["proposalApprove"]["proposal"]["status"] == "APPLIED"


async def test_two_who_decide_on_one_at_once_have_one_effect(lab: Lab, board: Board) -> None:
    # Given
    agent = await hired(lab, board)
    comment = 'mutation ($id: ID!) { commentCreate(input: {cardId: $id, content: "Hi"}) { comment { id } } }'

    for round_ in range(ROUNDS):
        card = await board.card(f"Card {round_}")
        proposal = (await agent.refused(comment, id=card))["extensions"]["proposalId"]

        # When
        approved, other = await asyncio.gather(
            board.ann.send(APPROVE, id=proposal), board.ann.send(REJECT if round_ % 2 else APPROVE, id=proposal)
        )

        # Then
        record = await collection(Card).find_one({"_id": ObjectId(card)})
        told = await collection(LoggedEvent).count_documents({"card_id": ObjectId(card), "type": "CommentAdded"})
        won = "errors" not in approved
        assert record is not None
        assert (record["comment_count"], told) == (int(won), int(won))
        assert won or "errors" not in other


async def test_what_has_changed_since_is_never_written_over(lab: Lab, board: Board) -> None:
    # Given
    agent = await hired(lab, board)
    other = 'mutation ($id: ID!) { cardUpdate(id: $id, input: {title: "Other"}) { card { id } } }'

    for round_ in range(ROUNDS):
        card = await board.card(f"Card {round_}")
        proposal = (await agent.refused(UPDATE, id=card))["extensions"]["proposalId"]

        # When
        approved, _ = await asyncio.gather(board.ann.send(APPROVE, id=proposal), board.ann.send(other, id=card))

        # Then: it came first, or not at all
        record = await collection(Card).find_one({"_id": ObjectId(card)})
        assert record is not None
        assert record["title"] == "Other"
        assert "errors" not in approved or approved["errors"][0]["extensions"]["kind"] == "STALE"


async def hired(lab: Lab, board: Board, **given: Any) -> Person:
    """A new agent of the board's workspace."""
    values = {"workspaceId": board.workspace, "name": "Atlas", "slug": "atlas", **given}
    made = (await board.ann.ask(CREATE_AGENT, input=values))["agentCreate"]
    return Person(lab.client(made["token"]), made["agent"]["id"], made["token"], "atlas")


async def by_graph(agent: Person, board: Board, card: str) -> tuple[str, ...]:
    """What becomes of an update, one that moves, and a deletion over GraphQL."""
    answers = [
        await agent.send(UPDATE, id=card),
        await agent.send(PLACE, id=card, column=board.done),
        await agent.send(DELETE, id=card),
    ]
    return tuple(_told(answer["errors"][0]["extensions"]) if "errors" in answer else DONE for answer in answers)


async def by_rest(agent: Person, board: Board, card: str) -> tuple[str, ...]:
    """The same over REST."""
    path = f"/orgs/{board.org_slug}/workspaces/personal/projects/{board.project}/cards/{card}"
    answers = [
        await agent.http.patch(path, json={"title": "New"}),
        await agent.http.patch(path, json={"columnId": board.done}),
        await agent.http.delete(path),
    ]
    return tuple(_told(answer.json()) if answer.status_code >= 400 else DONE for answer in answers)


async def by_call(agent: Person, board: Board, services: Services, card: str) -> tuple[str, ...]:
    """The same as tools are called."""
    return (
        await verdict_of_call(agent, services, "cardUpdate", {"id": card, "title": "New"}),
        await verdict_of_call(agent, services, "cardUpdate", {"id": card, "columnId": board.done}),
        await verdict_of_call(agent, services, "cardDelete", {"id": card}),
    )


async def verdict_of_call(agent: Person, services: Services, name: str, arguments: JSON) -> str:
    """What becomes of a call of an operation by its name."""
    subject = await authenticate(services.signer, authorization=f"Bearer {agent.token}", cookie=None)
    try:
        await call(Context(subject, services), name, arguments)
    except ApprovalRequired:
        return ASKED
    except OrreryError as error:
        return _told({"code": error.code, **error.details})
    return DONE


def _told(error: JSON) -> str:
    assert error["code"] == "FORBIDDEN", error
    kind = error.get("details", error).get("kind")
    return ASKED if kind == "APPROVAL_REQUIRED" else REFUSED


@pytest.fixture
def services(lab: Lab) -> Services:
    """What the gateway holds."""
    found: Services = lab.app.state.services
    return found
