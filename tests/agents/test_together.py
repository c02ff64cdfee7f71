"""Missions that run side by side: cancelled at any moment, and bounded by one budget.

`python -m tests.agents.cancels` and `python -m tests.agents.budgets` do the same to a gateway, with many more.
"""

import asyncio

import orjson
import pytest

from models import UsageRecord
from models.base import collection
from models.enums import MissionStatus, MissionWait, UsageState
from models.records import OrganizationRecord, WorkspaceRecord
from resolvers.kit.context import Context
from resolvers.mission.mission import cancel_mission
from tests.agents.lab import comment, desk, working
from tests.agents.model_server import Fault, Json, Turn
from tests.patience import PATIENCE
from tests.resolvers.lab import again, events
from tests.resolvers.usage.lab import set_budget, stored_budget

pytestmark = pytest.mark.usefixtures("nothing_due")

MISSIONS = 5


def comments_without_end(request: Json, before: int) -> Turn:
    """A few words and a comment, again and again."""
    return Turn("a few words", (comment(request, f"Turn {before}"),), pause=0.02)


async def test_whatever_missions_do_when_they_are_cancelled_nothing_of_them_is_committed_afterwards(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given missions that are cancelled once their model was asked so many times
    async with desk(owner, workspace, comments_without_end) as at, working(at.owner.services) as runner:
        missions = [await at.ask(f"Mission number {n} of all", maxSteps=100) for n in range(MISSIONS)]

        async def cancel(place: int) -> None:
            name = f"Mission number {place} of all".encode()
            while sum(name in orjson.dumps(request) for request in at.model.requests) <= place:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await cancel_mission(again(at.owner), missions[place])

        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*map(cancel, range(MISSIONS)))

            # When no model speaks any more
            while runner.count or at.model.speaking:  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    # Then their cancellation is the last that is told of each
    told = await events(workspace["_id"])
    for mission_id in missions:
        last = [event for event in told if event["mission_id"] == mission_id][-1]
        assert (last["type"], last["data"]["to_status"]) == ("MissionStatusChanged", MissionStatus.CANCELLED)


async def test_missions_side_by_side_are_never_billed_more_than_their_budget(
    owner: Context, workspace: WorkspaceRecord, organization: OrganizationRecord
) -> None:
    # Given missions that would go on for long, whose model fails now and then, and a budget of a few turns
    async with desk(owner, workspace, comments_without_end) as at:
        at.model.faults.extend([Fault(cut_after=1), Fault(status=529), Fault()] * 3)
        limit = 100_000
        budget = await set_budget(owner, organization, organization["_id"], limitUsd=limit / 1_000_000, period="total")
        missions = [await at.ask(f"Mission number {n}", maxSteps=100) for n in range(MISSIONS)]

        # When they have come to its end
        async with working(at.owner.services):
            for mission_id in missions:
                await at.until(mission_id, lambda mission: mission["waiting_for"] == MissionWait.BUDGET)

        # Then what was billed is within it, and counted
        billed = sum(read + 2 * written for read, written in at.model.bill)
    usages = await collection(UsageRecord).find({"workspace_id": workspace["_id"]}).to_list()
    counted = sum(usage["cost"] if usage["state"] == UsageState.SETTLED else usage["reserved_cost"] for usage in usages)
    after = await stored_budget(budget)
    assert 0 < billed <= counted == after["cost_spent"] + after["cost_reserved"] <= limit
