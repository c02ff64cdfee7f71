"""What agents propose in missions, and what becomes of a mission by what is decided."""

import asyncio
from typing import Any

import orjson
import pytest
from bson import ObjectId

from models import Mission, MissionCall, Proposal
from models.base import collection
from models.enums import MissionStatus, MissionWait, ProposalStatus
from models.records import WorkspaceRecord
from resolvers.inputs.proposal import ProposalApprove, ProposalReject
from resolvers.kit.context import Context
from resolvers.proposal.decide import approve_proposal, reject_proposal
from tests.agents.lab import Desk, comment, comments, desk, results, working
from tests.agents.model_server import Json, Turn, turns
from tests.patience import PATIENCE
from tests.resolvers.lab import again

pytestmark = pytest.mark.usefixtures("nothing_due")


async def pending(at: Desk) -> list[Any]:
    found = collection(Proposal).find({"agent_id": at.agent["_id"], "status": ProposalStatus.PENDING.value})
    return await found.sort("_id", 1).to_list()


def two_comments(request: Json, before: int) -> Turn:
    """Two comments in one turn, then the end."""
    if before == 0:
        return Turn("", (comment(request, "One"), comment(request, "Two")))
    return Turn("Done.")


async def test_a_supervised_agent_waits_for_each_decision(owner: Context, workspace: WorkspaceRecord) -> None:
    # Given a supervised agent that would comment twice
    async with desk(owner, workspace, two_comments, mode="supervised") as at, working(at.owner.services):
        mission_id = await at.ask()
        waiting = await at.until(mission_id, lambda mission: mission["status"] == MissionStatus.AWAITING_APPROVAL)
        [first] = await pending(at)
        assert (waiting["waiting_for"], first["mission_id"]) == (MissionWait.PROPOSALS, mission_id)
        assert await comments(at) == []

        # When the first is approved, and the second rejected
        await approve_proposal(again(at.owner), first["_id"], ProposalApprove())
        while not (second := await pending(at)):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        await reject_proposal(again(at.owner), second[0]["_id"], ProposalReject(reason="Once is enough"))
        mission = await at.ended(mission_id)

        # Then the one was done, and the model reads why the other was not
        assert mission["status"] == MissionStatus.COMPLETED
        assert await comments(at) == ["One"]
        done, refused = results(at.model.requests[1])
        assert "DONE" in done
        assert refused == "REJECTED: Once is enough"


async def test_a_mission_that_was_proposed_counts_for_the_one_that_proposed_it(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given a mission that would begin another one
    async with desk(owner, workspace, turns(Turn("Done.")), mode="supervised") as at, working(at.owner.services):

        def script(request: Json, before: int) -> Turn:
            if before or "Delegate" not in orjson.dumps(request["messages"]).decode():
                return Turn("Done.")
            return Turn("", (("run_agent", {"agentId": str(at.agent["_id"]), "prompt": "Help"}),))

        at.model.script = script
        mission_id = await at.ask("Delegate")
        await at.until(mission_id, lambda mission: mission["status"] == MissionStatus.AWAITING_APPROVAL)

        # When that is approved
        [proposal] = await pending(at)
        await approve_proposal(again(at.owner), proposal["_id"], ProposalApprove())
        await at.ended(mission_id)

        # Then it counts for the first one, and for the person who asked for that
        begun = await collection(Mission).find_one({"agent_id": at.agent["_id"], "prompt": "Help"})
        assert begun is not None
        assert begun["charged_to"] == [mission_id, at.owner.user_id, at.agent["_id"]]


async def test_an_agent_that_proposes_goes_on_and_waits_at_its_end(owner: Context, workspace: WorkspaceRecord) -> None:
    # Given an agent that asks for approval in batches
    async with desk(owner, workspace, two_comments, mode="approval") as at, working(at.owner.services):
        mission_id = await at.ask()
        await at.until(mission_id, lambda mission: mission["status"] == MissionStatus.AWAITING_APPROVAL)
        proposals = await pending(at)
        assert len(proposals) == 2
        assert len(at.model.requests) == 2

        # When both are approved
        for proposal in proposals:
            await approve_proposal(again(at.owner), proposal["_id"], ProposalApprove())
        mission = await at.ended(mission_id)

        # Then they are done, and the model is told of both before it ends
        assert mission["status"] == MissionStatus.COMPLETED
        assert sorted(await comments(at)) == ["One", "Two"]
        assert orjson.dumps(at.model.requests[-1]).decode().count("was decided on") == 2


async def test_decisions_one_after_the_other_ask_the_model_once(owner: Context, workspace: WorkspaceRecord) -> None:
    # Given a mission that has concluded, and waits for more decisions than a model may have bad turns
    def script(request: Json, before: int) -> Turn:
        if before == 0:
            return Turn("", tuple(comment(request, f"Comment {number}") for number in range(6)))
        return Turn("Done.")

    async with desk(owner, workspace, script, mode="approval") as at, working(at.owner.services):
        mission_id = await at.ask()
        for decided, proposal in enumerate(await waiting_proposals(at, mission_id), 1):
            # When they are decided on one by one
            await reject_proposal(again(at.owner), proposal["_id"], ProposalReject(reason="Not that one"))
            if decided < 6:
                await until_taken(mission_id, decided)
        mission = await at.ended(mission_id)

        # Then the model is told of all of them together
        assert (mission["status"], mission["summary"]) == (MissionStatus.COMPLETED, "Done.")
        assert len(at.model.requests) == 3
        assert orjson.dumps(at.model.requests[-1]).decode().count("was decided on") == 6


async def waiting_proposals(at: Desk, mission_id: ObjectId) -> list[Any]:
    await at.until(mission_id, lambda mission: mission["status"] == MissionStatus.AWAITING_APPROVAL)
    return await pending(at)


async def until_taken(mission_id: ObjectId, count: int) -> None:
    """Wait until the runtime has read so many decisions."""
    read = {"mission_id": mission_id, "late": True, "finished_at": {"$ne": None}}
    async with asyncio.timeout(PATIENCE):
        while await collection(MissionCall).count_documents(read) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_decision_while_the_model_concludes_is_not_missed(owner: Context, workspace: WorkspaceRecord) -> None:
    # Given a model that speaks for a while before it concludes
    def script(request: Json, before: int) -> Turn:
        return Turn("", (comment(request, "One"),)) if before == 0 else Turn("Done it.", pause=0.2)

    async with desk(owner, workspace, script, mode="approval") as at, working(at.owner.services):
        mission_id = await at.ask()
        await at.until(mission_id, lambda _: at.model.speaking > 0 and len(at.model.requests) == 2)

        # When its proposal is approved meanwhile
        [proposal] = await pending(at)
        await approve_proposal(again(at.owner), proposal["_id"], ProposalApprove())

        # Then the mission ends by itself
        assert (await at.ended(mission_id))["status"] == MissionStatus.COMPLETED
        assert await comments(at) == ["One"]
