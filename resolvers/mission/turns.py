"""The turns of a run: counted before they are asked for, and kept before their calls run."""

from collections.abc import Sequence
from dataclasses import dataclass

from bson import ObjectId
from pymongo import UpdateOne

from models import Mission, MissionCall, MissionStep
from models.base import Record, collection, insert_all, update_all
from models.enums import MissionStatus
from models.records import (
    MissionCallRecord,
    MissionRecord,
    MissionStepRecord,
    UsageRecordRecord,
)
from realtime.cursor import Cursor
from realtime.log import Change, EventLog
from resolvers.mission.calls import conclude
from resolvers.mission.report import Report
from resolvers.mission.run import Held, all_fenced, report_all
from resolvers.state.follow import follow
from resolvers.usage.spending import Amount
from resolvers.usage.usage import Asked, Usage, reserve, settle


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a model that a run is about to make, and what it may come to."""

    held: Held
    worst: Amount
    model: str
    credential_id: ObjectId | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A request to a model that is about to be sent: its number, what is reserved for it, and where the history of its
    workspace stood."""

    number: int
    reserved: UsageRecordRecord
    after: Cursor


@dataclass(frozen=True, slots=True)
class Turn:
    """What a model answered, to be kept: the step, the calls that it asks for, what it came to, and what changes of the
    run. `told` are late calls of before whose results it was told of. Where the model has said its last word, that is
    `last_word`."""

    held: Held
    step: MissionStepRecord
    calls: Sequence[MissionCallRecord]
    reports: Sequence[Report]
    run_changes: Record
    reserved: UsageRecordRecord
    usage: Usage
    told: Sequence[ObjectId] = ()
    last_word: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A turn that was kept: the mission as it is then, and whether that goes on."""

    mission: MissionRecord
    goes_on: bool = True


async def begin_attempts(log: EventLog, queue: ObjectId, requests: Sequence[Request]) -> list[Attempt]:
    """Count requests to models, of missions wherever they are, and reserve what they may come to: nothing is told of
    that, so that it need not wait for anybody's turn. Raises BudgetExhausted."""

    async def body(change: Change) -> list[tuple[int, UsageRecordRecord]]:
        begun: Record = {"$inc": {"attempt": 1}, "$set": {"output": ""}}
        fenced = await all_fenced(change, [(request.held, begun) for request in requests])
        asked = [
            Asked(mission, request.held.organization_id, request.worst, request.model, request.credential_id)
            for request, (mission, _) in zip(requests, fenced, strict=True)
        ]
        reserved = await reserve(change, asked)
        return [(run["attempt"] + 1, record) for (_, run), record in zip(fenced, reserved, strict=True)]

    begun = await log.aside(queue, body)
    heads = await log.heads({request.held.workspace_id for request in requests})
    return [
        Attempt(number, reserved, heads[request.held.workspace_id])
        for request, (number, reserved) in zip(requests, begun, strict=True)
    ]


async def drop_attempt(held: Held, attempt: Attempt) -> None:
    """Note that a provider refused a request, so that it costs nothing."""

    async def body(change: Change, _: MissionRecord) -> None:
        await settle(change, [(attempt.reserved, Usage(0, 0, 0))])

    await held.write(body)


async def keep_turns(change: Change, turns: Sequence[Turn]) -> list[Kept]:
    """Keep turns of models, of missions of one workspace, and what they used, with the calls that they ask for, before
    any of those runs."""
    kept: Record = {"output": "", "losses": 0, "failures": 0, "waits": 0}
    fenced = await all_fenced(change, [(turn.held, {"$set": {**kept, **turn.run_changes}}) for turn in turns])
    await insert_all(MissionStep, [turn.step for turn in turns], change)
    # Of one that nobody was told of, what was reserved stays so.
    await settle(change, [(turn.reserved, turn.usage) for turn in turns if turn.usage.amount.tokens])
    await insert_all(MissionCall, [call for turn in turns for call in turn.calls], change)
    told = [call_id for turn in turns for call_id in turn.told]
    await update_all(MissionCall, [UpdateOne({"_id": call_id}, {"$set": {"late": False}}) for call_id in told], change)
    changes: list[Record] = [{"step_count": turn.step["n"], "model": turn.step["model"]} for turn in turns]
    reported = [
        (mission, turn.reports, values) for turn, (mission, _), values in zip(turns, fenced, changes, strict=True)
    ]
    missions = await report_all(turns[0].held, change, reported)
    return [await _concluded(change, turn, mission) for turn, mission in zip(turns, missions, strict=True)]


async def _concluded(change: Change, turn: Turn, mission: MissionRecord) -> Kept:
    if turn.last_word is None:
        return Kept(mission)
    goes_on = await conclude(turn.held, change, mission, MissionStatus.COMPLETED, turn.last_word)
    # Here, and not at the end of the change: what follows is done as the agent of this run.
    await follow(turn.held.ctx, change, None)
    return Kept(mission, goes_on)


async def steps_of(mission_id: ObjectId, first: int = 1) -> list[MissionStepRecord]:
    """The turns of a mission from the `first` on, in order."""
    since = {"mission_id": mission_id, "n": {"$gte": first}}
    return await collection(MissionStep).find(since).sort("n", 1).to_list()


async def calls_of(mission_id: ObjectId, n: int) -> list[MissionCallRecord]:
    """The calls of a turn, in order."""
    return await collection(MissionCall).find({"mission_id": mission_id, "n": n}).sort("index", 1).to_list()


async def mission_before(mission: MissionRecord) -> MissionRecord | None:
    """The mission that another goes on from."""
    if (before := mission.get("continues_id")) is None:
        return None
    return await collection(Mission).find_one({"_id": before})
