"""Numbers: what is counted is so however it is made, is found by them, and has them though it is of before."""

from typing import Any

import pytest

from models import Agent, Card, Organization, Project, StreamHead, User
from models.base import collection
from models.errors import NotFound
from models.number import MAX_NUMBER
from resolvers.card.card import delete_card
from resolvers.kit.context import Context
from resolvers.kit.nouns import AGENT, CARD, ORGANIZATION, PROJECT, USER
from resolvers.kit.numbered import find_numbered, numbers_of
from resolvers.kit.numbers_rebuild import NUMBER_STEPS
from tests.resolvers.conftest import make_tenant
from tests.resolvers.lab import People, again
from tests.resolvers.lanes import imported
from tests.resolvers.missions import Crew
from tests.resolvers.projects import make_board
from tests.resolvers.test_sorting import NoWork
from tests.stubs import stubs


async def test_what_is_counted_has_the_next_number_of_its_kind_and_workspace_and_is_found_by_it(
    people: People, owner: Context, workspace: Any, organization: Any
) -> None:
    # Given a project with cards, one of which is deleted, another that is imported, agents, and another tenant
    inside = workspace["_id"]
    board = await make_board(owner, workspace)
    before = await board.seq()
    cards = [await board.card() for _ in range(3)]
    told = [event["data"]["card"]["number"] for event in await board.events_since(before)]
    await delete_card(again(owner), cards[2]["_id"])
    long = await imported(owner, workspace, 4)
    crew = Crew(people, owner, workspace)
    agents = [(await crew.hire(slug)).record for slug in ("atlas", "borea")]
    other = await make_tenant(people)
    theirs = await make_board(other.owner, other.workspace)
    foreign = await theirs.card()

    # Then each kind is counted in its workspace, no number is given twice, and events tell it
    assert [card["number"] for card in cards] == told == [1, 2, 3]
    assert (board.project["number"], long.project["number"], theirs.project["number"]) == (1, 2, 1)
    came = await collection(Card).find({"project_id": long.project["_id"]}).sort("rank", 1).to_list()
    assert [card["number"] for card in came] == [4, 5, 6, 7, 8]
    assert [agent["number"] for agent in agents] == [1, 2]
    assert foreign["number"] == 1

    # And it is found by its number there alone
    assert await find_numbered(CARD, 1, inside) == cards[0]["_id"]
    assert await find_numbered(CARD, 1, other.workspace["_id"]) == foreign["_id"]
    assert await find_numbered(PROJECT, 2, inside) == long.project["_id"]
    assert await find_numbered(AGENT, 2, inside) == agents[1]["_id"]
    for number in (3, 99, MAX_NUMBER + 1):
        with pytest.raises(NotFound):
            await find_numbered(CARD, number, inside)
    ids = [cards[0]["_id"], None, foreign["_id"], cards[2]["_id"]]
    assert await numbers_of(CARD, ids) == {cards[0]["_id"]: 1, foreign["_id"]: 1}

    # And people and organizations have numbers of their own, which tell nothing
    number = (await numbers_of(USER, [owner.user_id]))[owner.user_id]
    assert await find_numbered(USER, number) == owner.user_id
    assert 0 < number <= MAX_NUMBER
    assert await find_numbered(ORGANIZATION, organization["number"]) == organization["_id"]


async def test_what_is_of_before_is_given_numbers_in_the_order_of_ids(owner: Context, workspace: Any) -> None:
    # Given what an earlier version has written, without numbers, of which a part has got some
    inside = {"workspace_id": workspace["_id"]}
    board = await imported(owner, workspace, 5)
    await make_board(owner, workspace)
    for model in (Card, Project, Agent):
        await stubs(model).update_many(inside, {"$unset": {"number": ""}})
    for model in (User, Organization):
        await stubs(model).update_many({}, {"$unset": {"number": ""}})
    await stubs(StreamHead).update_one({"_id": workspace["_id"]}, {"$unset": {"numbers": ""}})

    # When the steps are run, and once more
    kept: list[Any] = []
    for _ in range(2):
        for step in NUMBER_STEPS:
            await step.run(NoWork())
        cards = await collection(Card).find(inside).sort("_id", 1).to_list()
        projects = await collection(Project).find(inside).sort("_id", 1).to_list()
        users = await collection(User).find({}, {"number": 1}).sort("_id", 1).to_list()
        kept.append(([card["number"] for card in cards], [project["number"] for project in projects], users))

    # Then all have theirs, which stay, and the next one comes behind them
    assert kept[0] == kept[1]
    assert kept[0][:2] == ([1, 2, 3, 4, 5, 6], [1, 2])
    assert len({user["number"] for user in kept[0][2]}) == len(kept[0][2])
    assert (await board.card())["number"] == 7
