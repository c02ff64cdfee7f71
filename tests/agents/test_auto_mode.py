"""Cards that go through their columns by themselves, worked on by the runtime; and runs that are handed over."""

from typing import Any

import pytest

from models import Card, Comment, Mission
from models.base import collection
from models.enums import ColumnKind, MissionReason, MissionStatus
from models.records import WorkspaceRecord
from resolvers.agent.agent import create_agent
from resolvers.card.auto import activate_card
from resolvers.card.card import create_card
from resolvers.card.update import update_card
from resolvers.column.column import create_column
from resolvers.inputs.agent import AgentCreate
from resolvers.inputs.card import CardCreate, CardUpdate
from resolvers.inputs.column import ColumnCreate
from resolvers.inputs.mission import MissionPrompt
from resolvers.inputs.organization import OrganizationUpdate
from resolvers.kit.context import Context
from resolvers.mission.mission import cancel_mission
from resolvers.mission.prompt import prompt_mission
from resolvers.mission.relay import relay_held
from resolvers.mission.run import Held
from resolvers.organization.organization import update_organization
from tests.agents.lab import Desk, card_in, desk, told, working
from tests.agents.model_server import Json, Turn
from tests.resolvers.lab import again

pytestmark = pytest.mark.usefixtures("nothing_due")

STEPS = ("Design it", "Build it", "Check it")
CARDS = 3
TURNS = 4
"""With comments, of a run that is not handed over."""


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


def long_script(request: Json, before: int) -> Turn:
    """Some comments, unless those of before are handed over, then the end."""
    if before == TURNS or "as it was handed over" in str(request):
        return Turn("Done.")
    return Turn(calls=(("comment", {"cardId": card_in(request), "content": f"Step {before}"}),))


async def test_a_run_whose_context_is_full_is_handed_over_by_itself(
    owner: Context, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[bool] = []

    async def counted(held: Held) -> bool:
        tried.append(await relay_held(held))
        return tried[-1]

    # Given an organization that has runs handed over early, and a card that another agent is asked about as well
    values = OrganizationUpdate.of(relay_mode="auto", relay_threshold=0.1)
    await update_organization(again(owner), workspace["organization_id"], values)
    async with desk(owner, workspace, long_script, context=1_000) as at:
        slow = AgentCreate.of(workspace_id=workspace["_id"], name="Hera", slug="hera", mcp_only=True)
        hera = (await create_agent(again(at.owner), slow)).value.agent
        beside = await at.ask("Look at it", agentId=hera["_id"])

        # When its context is full, nothing takes the place of its run, which ends by itself
        async with working(at.owner.services):
            monkeypatch.setattr("resolvers.mission.relay.relay_held", counted)
            alone = await at.ended(await at.ask("Polish the lens"))
        assert (alone["status"], alone["step_count"]) == (MissionStatus.COMPLETED, TURNS + 1)
        # And it does not try so at every turn
        assert tried == [False] * 2

        # When there is nothing beside it, it is handed over after two turns
        await cancel_mission(again(at.owner), beside)
        mission_id = await at.ask("Polish the lens", maxSteps=9)
        await prompt_mission(again(at.owner), mission_id, MissionPrompt(text="Use felt"))
        async with working(at.owner.services):
            first = await at.ended(mission_id)
            [second] = await collection(Mission).find({"continues_id": mission_id}).to_list()
            last = await at.ended(second["_id"])

    # Then another one goes on with a summary, and with the turns that are left
    assert (first["status"], last["status"]) == (MissionStatus.COMPLETED, MissionStatus.COMPLETED)
    assert (last["reason"], last["continues_id"]) == (MissionReason.RELAY, mission_id)
    assert (first["step_count"], last["max_steps"], last["agent_id"]) == (2, 7, first["agent_id"])
    assert last["prompt"].startswith("Polish the lens")
    assert "was told: Use felt" in last["prompt"]
    assert ("response", "Done.") in await told(last["_id"])


async def _column(at: Desk, name: str, **values: Any) -> Any:
    given = ColumnCreate.of(project_id=at.project_id, name=name, **values)
    return (await create_column(again(at.owner), given)).value["_id"]
