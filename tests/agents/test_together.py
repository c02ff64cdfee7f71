"""Missions that run side by side: cancelled at any moment, and bounded by one budget.

`python -m tests.agents.cancels` and `python -m tests.agents.budgets` do the same to a gateway, with many more.
"""

import asyncio
from collections.abc import Sequence

import orjson
import pytest
from bson import ObjectId

from models import MissionStep, UsageRecord
from models.base import collection, to_record
from models.enums import MissionActivityKind, MissionStatus, MissionWait, UsageState
from models.mission_run import step_id
from models.records import MissionStepRecord, OrganizationRecord, WorkspaceRecord
from realtime.log import EventLog
from resolvers.kit.context import Context
from resolvers.mission.mission import cancel_mission
from resolvers.mission.report import Report
from resolvers.mission.run import Held, take
from resolvers.mission.turns import Request, begin_attempts, keep_turns
from resolvers.mission.turns import Turn as RunTurn
from resolvers.usage.spending import Amount
from resolvers.usage.usage import Usage
from tests.agents.lab import comment, desk, working
from tests.agents.model_server import Fault, Json, Turn
from tests.patience import PATIENCE, until
from tests.resolvers.lab import again, events
from tests.resolvers.traffic import traffic
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
            await until(lambda: sum(name in orjson.dumps(request) for request in at.model.requests) > place)
            await cancel_mission(again(at.owner), missions[place])

        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*map(cancel, range(MISSIONS)))

            # When no model speaks any more
            await until(lambda: not (runner.count or at.model.speaking))

    # Then their cancellation is the last that is told of each
    told = await events(workspace["_id"])
    for mission_id in missions:
        last = [event for event in told if event["mission_id"] == mission_id][-1]
        assert (last["type"], last["data"]["to_status"]) == ("MissionStatusChanged", MissionStatus.CANCELLED)


async def test_to_begin_and_to_keep_turns_of_many_missions_takes_no_more_commands_than_of_one(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    async with desk(owner, workspace, lambda _, before: Turn("Done.")) as at:
        # Given missions that somebody has taken, and an account of what their workspace stores
        log = at.owner.services.hub.log
        holder = str(ObjectId())
        runs = [await take(at.owner.services, await at.ask(), holder) for _ in range(MISSIONS)]
        held = [run for run in runs if run is not None]
        queue, commands = ObjectId(), []
        await turned(log, queue, held[:1], 1)

        # When one of them, and all of them, have a turn
        for place, some in enumerate((held[1:2], held), 2):
            with traffic() as seen:
                await turned(log, queue, some, place)
            commands.append(seen.commands)

    # Then
    assert len(held) == MISSIONS
    assert commands[0] == commands[1]
    steps = await collection(MissionStep).find({"mission_id": {"$in": [run.mission_id for run in held]}}).to_list()
    assert len(steps) == MISSIONS + 2


async def turned(log: EventLog, queue: ObjectId, held: Sequence[Held], n: int) -> None:
    """A turn of each of some missions, their `n`th, with a report."""
    requests = [Request(run, Amount(10, 10), "scripted") for run in held]
    attempts = await begin_attempts(log, queue, requests)
    turns = [
        RunTurn(
            run, step(run, n), [], [Report(MissionActivityKind.THOUGHT, "So")], {}, attempt.reserved, Usage(2, 1, 4)
        )
        for run, attempt in zip(held, attempts, strict=True)
    ]
    workspace_id, user_id = held[0].workspace_id, held[0].agent["user_id"]
    kept = (await log.write(workspace_id, user_id, lambda change: keep_turns(change, turns))).value
    assert [turn.mission["step_count"] for turn in kept] == [n] * len(held)


def step(held: Held, n: int) -> MissionStepRecord:
    kept = MissionStep(
        id=step_id(held.mission_id, n),
        workspace_id=held.workspace_id,
        mission_id=held.mission_id,
        n=n,
        attempt=n,
        model="scripted",
        format="none",
        messages="[]",
    )
    return to_record(kept)


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
