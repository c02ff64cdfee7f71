"""Schedules: jobs again and again, one for each tick whoever looks at the clock.

A tick is a change of the schedule: its next moment is set in the transaction that makes the job, whose key is the
tick. So two processes that see the same one make one job. Ticks that were missed make one job, and none is made while
the one before has not ended.
"""

import logging
from datetime import datetime, timedelta

import orjson
from bson import ObjectId
from cronsim import CronSim
from pymongo.errors import DuplicateKeyError

from auth.policies import job as policy
from models import Job, Schedule, Workspace
from models.base import collection, timestamp, to_record, with_changes
from models.enums import Backoff, TokenScope
from models.errors import Conflict, NotFound
from models.facts import CREATE
from models.records import QueueRecord, ScheduleRecord, WorkspaceMemberRecord
from models.write import find_and_delete
from realtime.events.job import ScheduleChanged, ScheduleDeleted
from realtime.log import Change, Committed
from resolvers.inputs.job import MAX_SCHEDULES, ScheduleCreate, ScheduleSubmit, ScheduleUpdate
from resolvers.job import state
from resolvers.job.book import find_by_key, find_jobs, open_queue
from resolvers.job.queue import add_queue, find_queue
from resolvers.job.state import TICK
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.fields import values_of
from resolvers.kit.nouns import QUEUE, SCHEDULE, WORKSPACE
from resolvers.kit.operation import operation, reader
from resolvers.kit.page import pages_by

WRITE = TokenScope.PILOTAGE_WRITE

LEASE_SECONDS = 300
"""That the job of a tick is held without a sign of life."""

log = logging.getLogger("orrery.jobs")

get_schedule = reader("schedule", SCHEDULE)

schedules_of = pages_by(SCHEDULE, "queue_id")
"""The schedules of each queue, oldest first."""


@operation("scheduleCreate", inside=QUEUE, permission=policy.MANAGE, scope=WRITE)
async def create_schedule(ctx: Context, queue: QueueRecord, values: ScheduleCreate) -> Committed[ScheduleRecord]:
    """Have a queue get a job again and again."""

    async def body(change: Change) -> ScheduleRecord:
        await open_queue(change, queue["_id"])
        return await _add(ctx, change, queue, values)

    return await ctx.write(queue["_id"], body)


@operation(
    "scheduleSubmit",
    inside=WORKSPACE,
    permission=policy.MANAGE,
    scope=WRITE,
    no_tool="create_schedule does it, for a queue that is there",
)
async def submit_schedule(
    ctx: Context, membership: WorkspaceMemberRecord, values: ScheduleSubmit
) -> Committed[ScheduleRecord]:
    """Have the queue of a name get a job again and again, or otherwise than before.

    The queue is created where the workspace has none of the name. A schedule that rests goes on resting.
    """
    workspace_id = membership["workspace_id"]
    there = await find_queue(workspace_id, values.queue)

    async def body(change: Change) -> ScheduleRecord:
        await require_parent(change, Workspace, workspace_id)
        queue = await find_queue(workspace_id, values.queue, change)
        if queue is None:
            if there is not None:
                raise NotFound("Queue")  # it was deleted just now, with its history
            queue = await add_queue(change, workspace_id, values.queue, ctx.user_id)
        named = {"queue_id": queue["_id"], "name": values_of(values, Schedule, CREATE)["name"]}
        found = await collection(Schedule).find_one(named, {"_id": 1}, session=change.session)
        if found is None:
            return await _add(ctx, change, queue, values)
        says = {"cron": values.cron, "every_seconds": values.every_seconds, "data": values.data}
        schedule, differs = await set_fields(change, Schedule, found["_id"], says)
        return await _go_on(change, schedule) if differs else schedule

    return await ctx.write(workspace_id if there is None else there["_id"], body)


@operation("scheduleUpdate", opens=SCHEDULE.whole, permission=policy.MANAGE, scope=WRITE)
async def update_schedule(ctx: Context, door: ScheduleRecord, values: ScheduleUpdate) -> Committed[ScheduleRecord]:
    """Have a schedule rest, or go on from now."""

    async def body(change: Change) -> ScheduleRecord:
        schedule, differs = await set_fields(change, Schedule, door["_id"], values.given())
        return await _go_on(change, schedule) if differs else schedule

    return await ctx.write(door["queue_id"], body)


@operation("scheduleDelete", opens=SCHEDULE.reading("queue_id"), permission=policy.MANAGE, scope=WRITE)
async def delete_schedule(ctx: Context, door: ScheduleRecord) -> Committed[ObjectId]:
    """Delete a schedule; jobs that it has made stay."""

    async def body(change: Change) -> ObjectId:
        if await find_and_delete(Schedule, {"_id": door["_id"]}, change.session) is None:
            raise NotFound("Schedule")
        change.append(door["queue_id"], ScheduleDeleted(deleted_id=door["_id"]))
        return door["_id"]

    return await ctx.write(door["queue_id"], body)


def next_after(schedule: ScheduleRecord, moment: datetime) -> datetime:
    """When a schedule makes its first job after a moment. Cron counts in UTC, whose days all have 24 hours."""
    if schedule["cron"] is not None:
        return next(CronSim(schedule["cron"], moment))
    return next_every(schedule["every_seconds"] or 1, schedule["created_at"], moment)


def next_every(seconds: int, begun: datetime, moment: datetime) -> datetime:
    """The first moment after another of those that come every so many seconds."""
    every = timedelta(seconds=seconds)
    return begun + every * ((moment - begun) // every + 1)


async def tick(change: Change, queue_id: ObjectId, schedule_id: ObjectId, now: datetime) -> None:
    """Make the job of a schedule whose moment has come, unless another process has."""
    schedule = await collection(Schedule).find_one({"_id": schedule_id}, session=change.session)
    if schedule is None or schedule["next_at"] is None or schedule["next_at"] > now:
        return
    changes: dict[str, object] = {"next_at": next_after(schedule, now)}
    key = f"{TICK}{schedule['_id']}:{timestamp(schedule['next_at'])}"
    # A schedule that was woken may come to the same tick again.
    if not await _is_open(change, queue_id, schedule["last_job_id"]) and not await find_by_key(change, queue_id, key):
        job = to_record(
            Job(
                workspace_id=schedule["workspace_id"],
                queue_id=schedule["queue_id"],
                schedule_id=schedule["_id"],
                name=schedule["name"],
                key=key,
                data=schedule["data"],
                bytes=len(orjson.dumps(schedule["data"])),
                max_attempts=3,
                backoff=Backoff.EXPONENTIAL,
                backoff_ms=1_000,
                lease_seconds=LEASE_SECONDS,
                run_at=schedule["next_at"],
                created_at=change.at,
            )
        )
        try:
            await state.add(change, job)
            changes["last_job_id"] = job["_id"]
        except Conflict as error:  # before anything of it was written: this tick is missed, the next one may be not
            log.warning("the schedule %s misses a tick: %s", schedule_id, error)
    await collection(Schedule).update_one({"_id": schedule_id}, {"$set": changes}, session=change.session)
    change.append(schedule["queue_id"], ScheduleChanged(schedule=with_changes(schedule, changes)))


async def _add(
    ctx: Context, change: Change, queue: QueueRecord, values: ScheduleCreate | ScheduleSubmit
) -> ScheduleRecord:
    """A new schedule of a queue; raises Conflict where its name is taken, or the queue has no room for it."""
    await require_room(change, Schedule, {"queue_id": queue["_id"]}, MAX_SCHEDULES, "schedules of this queue")
    schedule = to_record(
        Schedule(
            workspace_id=queue["workspace_id"],
            queue_id=queue["_id"],
            **values_of(values, Schedule, CREATE),
            cron=values.cron,
            every_seconds=values.every_seconds,
            data=values.data,
            created_by=ctx.user_id,
            created_at=change.at,
            updated_at=change.at,
        )
    )
    schedule = with_changes(schedule, {"next_at": next_after(schedule, change.at)})
    try:
        await collection(Schedule).insert_one(schedule, session=change.session)
    except DuplicateKeyError as error:
        raise Conflict("is taken by another schedule of the queue", field="name") from error
    change.append(queue["_id"], ScheduleChanged(schedule=schedule))
    return schedule


async def _go_on(change: Change, changed: ScheduleRecord) -> ScheduleRecord:
    """A schedule that was changed goes by what it says now, from now on."""
    next_at = next_after(changed, change.at) if changed["is_enabled"] else None
    schedule, _ = await set_fields(change, Schedule, changed["_id"], {"next_at": next_at})
    change.append(schedule["queue_id"], ScheduleChanged(schedule=schedule))
    return schedule


async def _is_open(change: Change, queue_id: ObjectId, job_id: ObjectId | None) -> bool:
    """Whether a job is there and has not ended."""
    job = None if job_id is None else (await find_jobs(change, queue_id, [job_id])).get(job_id)
    return job is not None and not state.is_over(job)
