"""Cards that go through their columns by themselves, worked on by the runtime."""

from typing import Any

import pytest

from models import Card, Comment, Mission
from models.base import collection
from models.enums import ColumnKind
from models.records import WorkspaceRecord
from resolvers.card.auto import activate_card
from resolvers.card.card import create_card
from resolvers.card.update import update_card
from resolvers.column.column import create_column
from resolvers.inputs.card import CardCreate, CardUpdate
from resolvers.inputs.column import ColumnCreate
from resolvers.kit.context import Context
from tests.agents.lab import Desk, card_in, desk, working
from tests.agents.model_server import Json, Turn
from tests.resolvers.lab import again

pytestmark = pytest.mark.usefixtures("nothing_due")

STEPS = ("Design it", "Build it", "Check it")
CARDS = 3


def script(request: Json, before: int) -> Turn:
    """A comment that says what was asked, then the end."""
    if before:
        return Turn("Done.")
    step = next(each for each in STEPS if each in str(request["messages"][-1]))
    return Turn(calls=(("comment", {"cardId": card_in(request), "content": step}),))


async def test_cards_in_auto_mode_go_through_their_columns_once(owner: Context, workspace: WorkspaceRecord) -> None:
    # Given a board of three columns where agents work, and cards in its first column
    async with desk(owner, workspace, script) as at:
        for name in STEPS:
            await _column(at, name, kind=ColumnKind.ACTIVE, prompt=name)
        done = await _column(at, "Done", kind=ColumnKind.DONE)
        first = await collection(Card).find_one({"_id": at.card_id})
        assert first is not None
        inside = {"project_id": at.project_id, "column_id": first["column_id"]}
        cards = [
            (await create_card(again(at.owner), CardCreate.of(**inside, title=f"Card {n}"))).value["_id"]
            for n in range(CARDS)
        ]

        # When a person begins with them
        for card_id in cards:
            await update_card(again(at.owner), card_id, CardUpdate.of(auto_mode=True))
            await activate_card(again(at.owner), card_id)
        async with working(at.owner.services):
            for card_id in cards:
                for _ in STEPS:
                    last = await collection(Mission).find_one({"card_id": card_id}, sort=[("_id", -1)])
                    assert last is not None
                    await at.ended(last["_id"])

        # Then each has gone through every step once, and is done
        for card_id in cards:
            card = await collection(Card).find_one({"_id": card_id})
            assert card is not None
            assert (card["column_id"], card["active_mission_id"]) == (done, None)
            comments = await collection(Comment).find({"card_id": card_id}).sort("_id", 1).to_list()
            assert [comment["content"] for comment in comments] == list(STEPS)


async def _column(at: Desk, name: str, **values: Any) -> Any:
    given = ColumnCreate.of(project_id=at.project_id, name=name, **values)
    return (await create_column(again(at.owner), given)).value["_id"]
