"""A client may choose the id of a card that it makes, but none that is, or was, somebody else's."""

import pytest
from bson import ObjectId

from models import Card, Mission
from models.base import collection
from models.ids import Kind, id_inside, new_id
from tests.gateway.lab import Board, Lab, make_board

CREATE = "mutation ($i: CardCreateInput!) { cardCreate(input: $i) { card { id } } }"
DELETE = "mutation ($id: ID!) { cardDelete(id: $id) { cursor } }"
DELETE_PROJECT = "mutation ($id: ID!) { projectDelete(id: $id) { cursor } }"
AGENT = 'mutation ($w: ID!) { agentCreate(input: {workspaceId: $w, name: "Ada", slug: "ada"}) { agent { id } } }'
ASK = 'mutation ($a: ID!, $c: ID!) { missionCreate(input: {agentId: $a, cardId: $c, prompt: "Go"}) { mission { id } } }'
CANCEL = "mutation ($id: ID!) { missionCancel(id: $id) { cursor } }"
ABOUT = "query ($id: ID!) { mission(id: $id) { card { id } project { id } } }"


@pytest.fixture
async def eve(lab: Lab, board: Board) -> Board:
    """The board of somebody of another tenant."""
    return await make_board(await lab.person("eve@example.com"))


async def asked(board: Board, card: str) -> str:
    """A mission about a card; its id."""
    made = await board.ann.ask(AGENT, w=board.workspace)
    asked_for = await board.ann.ask(ASK, a=made["agentCreate"]["agent"]["id"], c=card)
    mission: str = asked_for["missionCreate"]["mission"]["id"]
    return mission


async def test_an_unused_id_is_taken_as_it_is(board: Board) -> None:
    wanted = str(id_inside(Kind.CARD, ObjectId(board.project)))

    assert await board.card("Mine", id=wanted) == wanted


@pytest.mark.parametrize("deleted", ["no", "card", "project"])
async def test_the_id_of_a_card_of_another_tenant_answers_as_one_of_nobody_even_once_it_is_gone(
    board: Board, eve: Board, deleted: str
) -> None:
    card = await board.card("Plans")
    await board.ann.ask(CANCEL, id=await asked(board, card))
    if deleted == "card":
        await board.ann.ask(DELETE, id=card)
    elif deleted == "project":
        await board.ann.ask(DELETE_PROJECT, id=board.project)

    theirs, nobodys = [
        await eve.ann.refused(CREATE, i={"projectId": eve.project, "title": "Mine", "id": one})
        for one in (card, str(new_id(Kind.CARD)))
    ]

    assert theirs == nobodys
    assert theirs["extensions"] == {"code": "BAD_USER_INPUT", "field": "id"}
    assert await collection(Card).count_documents({"title": "Mine"}) == 0


async def test_a_mission_leads_to_nothing_once_its_card_is_gone(board: Board, eve: Board) -> None:
    # Given a mission about a card that is gone, and a card of another tenant that came to have its id
    card = await board.card("Plans")
    mission = await asked(board, card)
    before = (await board.ann.ask(ABOUT, id=mission))["mission"]
    await board.ann.ask(CANCEL, id=mission)
    await board.ann.ask(DELETE_PROJECT, id=board.project)
    after = (await board.ann.ask(ABOUT, id=mission))["mission"]
    other = await eve.card("Theirs")
    await collection(Mission).update_one({}, {"$set": {"card_id": ObjectId(other)}})

    # Then it never leads there
    assert before == {"card": {"id": card}, "project": {"id": board.project}}
    assert after == {"card": None, "project": None}
    assert (await board.ann.ask(ABOUT, id=mission))["mission"]["card"] is None
