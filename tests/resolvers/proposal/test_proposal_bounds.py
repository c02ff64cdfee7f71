"""How long proposals stay, how many there are, how large they get, and what they cost."""

from datetime import timedelta

import pytest

from gateway.database import Database
from models import Proposal
from models.base import collection, utc_now
from models.errors import Conflict
from resolvers.files.storage_account import used_bytes
from resolvers.inputs.workspace import WorkspaceUpdate
from resolvers.kit.call import call
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.page import Window
from resolvers.mission.mission import cancel_mission
from resolvers.proposal import create
from resolvers.proposal.proposal import list_proposals, list_proposals_of_mission
from resolvers.proposal.trim import expire_proposals, size_of, trim_proposals
from resolvers.workspace.workspace import update_workspace
from tests.resolvers.lab import again
from tests.resolvers.proposing import Desk, moved, proposed, stored, to_second
from tests.resolvers.test_indexes import has_index, recorded
from tests.resolvers.traffic import traffic


async def test_one_ends_by_itself_where_the_workspace_has_set_a_time_alone(desk: Desk) -> None:
    # Given
    workspace_id, services = desk.crew.workspace["_id"], desk.crew.owner.services
    lasting = await desk.propose("cardMove", **to_second(desk, await moved(desk)))
    await update_workspace(
        again(desk.crew.owner), workspace_id, read_input(WorkspaceUpdate, {"proposalsExpireDays": 2})
    )
    passing = await desk.propose("cardMove", **to_second(desk, await moved(desk)))
    forever = read_input(WorkspaceUpdate, {"proposalsExpireDays": None})
    await update_workspace(again(desk.crew.owner), workspace_id, forever)

    # When
    early = await expire_proposals(services, utc_now() + timedelta(days=1))
    late = await expire_proposals(services, utc_now() + timedelta(days=400))

    # Then
    assert (early, late) == (False, True)
    assert [(await stored(proposal))["status"] for proposal in (lasting, passing)] == ["pending", "expired"]


async def test_old_ones_make_room_unless_they_wait(desk: Desk) -> None:
    # Given
    workspace_id, services = desk.crew.workspace["_id"], desk.crew.owner.services
    before = await used_bytes(workspace_id)
    waiting = await desk.propose("commentCreate", cardId=str((await moved(desk))["_id"]), content="Wait" * 100)
    decided = await desk.propose("commentCreate", cardId=str((await moved(desk))["_id"]), content="Done" * 100)
    await desk.reject(decided)

    # When
    assert await trim_proposals(services, utc_now() + timedelta(days=400))

    # Then
    assert (await stored(waiting))["status"] == "pending"
    assert await collection(Proposal).find_one({"_id": decided["_id"]}) is None
    assert await used_bytes(workspace_id) <= before + size_of(waiting)


async def test_at_most_a_hundred_of_one_agent_wait(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given
    monkeypatch.setattr(create, "MAX_PENDING", 1)
    busy = await desk.crew.hire("busy", autonomyMode="supervised")
    card = await moved(desk)
    await proposed(busy, "cardMove", to_second(desk, card))

    # When / Then
    with pytest.raises(Conflict, match="proposals that wait"):
        await call(busy.ctx, "cardUpdate", {"id": str(card["_id"]), "title": "More"})


async def test_asking_how_far_an_agent_goes_is_two_reads_by_id_of_its_changes_and_none_of_a_persons(desk: Desk) -> None:
    # Given
    free, card = await desk.crew.hire("free"), await moved(desk)

    async def commands(ctx: Context, title: str) -> int:
        with traffic() as met:
            await call(ctx, "cardUpdate", {"id": str(card["_id"]), "title": title})
        return met.commands

    for ctx in (desk.crew.owner, free.ctx):  # what is only asked the first time
        await commands(again(ctx), f"Warm {ctx.user_id}")

    # When
    person, agent = await commands(again(desk.crew.owner), "One"), await commands(free.ctx, "Two")

    # Then
    assert agent == person + 2


async def test_of_a_large_value_a_proposal_keeps_the_hash(desk: Desk) -> None:
    # Given
    card = await desk.board.card(0, title="Long", description="a" * 5_000)
    proposal = await desk.propose("cardUpdate", id=str(card["_id"]), description="b" * 5_000)

    # When
    [change] = proposal["changes"]
    await desk.board.update(card, description="c" * 5_000)

    # Then
    assert change["before"]["description"].keys() == {"sha256", "bytes"}
    with pytest.raises(Conflict):
        await desk.approve(proposal)
    assert (await desk.approve(await stored(proposal)))["status"] == "applied"


async def test_every_query_of_proposals_runs_on_an_index(desk: Desk, database: Database) -> None:
    # Given
    mission = await desk.crew.ask(desk.agent)
    await desk.agent.claim()
    owner, workspace_id = desk.crew.owner, desk.crew.workspace["_id"]

    # When
    with recorded() as sent:
        first, second, _ = [await desk.propose("cardMove", **to_second(desk, await moved(desk))) for _ in range(3)]
        await desk.approve(first)
        await desk.reject(second)
        await list_proposals(again(owner), workspace_id, Window.read(), {"status": {"eq": "pending"}})
        await list_proposals(again(owner), workspace_id, Window.read())
        await list_proposals_of_mission(again(owner), mission["_id"], Window.read(), {"status": {"eq": "applied"}})
        await cancel_mission(again(owner), mission["_id"])
        await expire_proposals(owner.services)
        await trim_proposals(owner.services)

    # Then
    of_proposals = [query for query in sent if query[1] in ("proposals", "agents")]
    assert len(of_proposals) > 20
    assert [query for query in of_proposals if not await has_index(database, query)] == []
