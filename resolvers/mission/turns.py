"""The turns of a run: counted before they are asked for, and kept before their calls run."""

from collections.abc import Sequence
from dataclasses import dataclass

from bson import ObjectId

from models import Mission, MissionActivity, MissionCall, MissionStep
from models.base import Record, collection
from models.records import (
    MissionActivityRecord,
    MissionCallRecord,
    MissionRecord,
    MissionStepRecord,
    UsageRecordRecord,
)
from realtime.cursor import Cursor
from realtime.log import Change, Committed
from resolvers.mission.report import Report
from resolvers.mission.run import Held, report
from resolvers.usage.spending import Amount
from resolvers.usage.usage import Usage, reserve, settle


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request to a model that is about to be sent: its number, what is reserved for it, and where the history of its
    workspace stood."""

    number: int
    reserved: UsageRecordRecord
    after: Cursor


async def begin_attempt(held: Held, worst: Amount, *, model: str, credential_id: ObjectId | None = None) -> Attempt:
    """Count a request to a model, and reserve what it may come to. Raises BudgetExhausted."""

    async def body(change: Change, mission: MissionRecord) -> tuple[int, UsageRecordRecord]:
        run = await held.run(change)
        reserved = await reserve(change, mission, held.organization_id, worst, model=model, credential_id=credential_id)
        return run["attempt"], reserved

    committed = await held.write(body, {"$inc": {"attempt": 1}, "$set": {"output": ""}})
    return Attempt(*committed.value, committed.cursor)


async def drop_attempt(held: Held, attempt: Attempt) -> None:
    """Note that a provider refused a request, so that it costs nothing."""

    async def body(change: Change, _: MissionRecord) -> None:
        await settle(change, attempt.reserved, Usage(0, 0, 0))

    await held.write(body)


async def store_step(
    held: Held,
    step: MissionStepRecord,
    calls: Sequence[MissionCallRecord],
    reports: Sequence[Report],
    run_changes: Record,
    reserved: UsageRecordRecord,
    usage: Usage,
    told: Sequence[ObjectId] = (),
) -> Committed[MissionRecord]:
    """Keep a turn of the model, and what it used, with the calls that it asks for, before any of them runs.

    `told` are late calls of before whose results it was told of.
    """

    async def body(change: Change, mission: MissionRecord) -> MissionRecord:
        await collection(MissionStep).insert_one(step, session=change.session)
        if usage.amount.tokens:  # of one that nobody was told, what was reserved stays so
            await settle(change, reserved, usage)
        for call in calls:
            await collection(MissionCall).insert_one(call, session=change.session)
        for call_id in told:
            await collection(MissionCall).update_one(
                {"_id": call_id}, {"$set": {"late": False}}, session=change.session
            )
        changes = {"step_count": step["n"], "model": step["model"]}
        return await report(held, change, mission, reports, changes)

    return await held.write(body, {"$set": {"output": "", "losses": 0, "waits": 0, **run_changes}})


async def steps_of(mission_id: ObjectId) -> list[MissionStepRecord]:
    """The turns of a mission, in order."""
    return await collection(MissionStep).find({"mission_id": mission_id}).sort("n", 1).to_list()


async def calls_of(mission_id: ObjectId, n: int) -> list[MissionCallRecord]:
    """The calls of a turn, in order."""
    return await collection(MissionCall).find({"mission_id": mission_id, "n": n}).sort("index", 1).to_list()


async def said_since(mission_id: ObjectId, position: int, change: Change | None = None) -> list[MissionActivityRecord]:
    """What people wrote to a mission after a position."""
    after = {"mission_id": mission_id, "position": {"$gt": position}}
    session = None if change is None else change.session
    found = await collection(MissionActivity).find(after, session=session).sort("position", 1).to_list()
    return [activity for activity in found if activity.get("author_id") is not None]


async def mission_before(mission: MissionRecord) -> MissionRecord | None:
    """The mission that another goes on from."""
    if (before := mission.get("continues_id")) is None:
        return None
    return await collection(Mission).find_one({"_id": before})
