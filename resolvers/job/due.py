"""What comes by the clock: ticks of schedules, delayed jobs that may begin, and claims that nobody gives a sign of."""

import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from bson import ObjectId
from pymongo.errors import PyMongoError

from models import Job, Schedule
from models.base import Record, collection, utc_now
from models.enums import JobState
from models.errors import NotFound, OrreryError
from models.reach import unexpected
from realtime.log import Change
from resolvers.job import state
from resolvers.job.schedule import tick
from resolvers.kit.context import Services

AT_ONCE = 200
"""Of each kind, how many one round looks at."""
LOST = "Whoever claimed it gave no sign of life"

Step = Callable[[Change], Awaitable[None]]

log = logging.getLogger("orrery.jobs")


async def run_due(services: Services, now: datetime | None = None) -> bool:
    """Do some of what is due, a change for each queue; whether there may be more. Several processes may at once: what
    another has done is looked at again in the change, and left.

    A queue whose change fails waits for the next round, and hides no other from this one."""
    moment = now or utc_now()
    stuck: set[ObjectId] = set()
    while True:
        steps, is_all = await _due(moment, stuck)
        failed = {queue_id for queue_id, some in steps.items() if not await _run(services, queue_id, some)}
        if is_all or not failed:
            return not is_all
        stuck |= failed


async def _due(moment: datetime, stuck: set[ObjectId]) -> tuple[Mapping[ObjectId, Sequence[Step]], bool]:
    """What is to be done at a moment in other queues than the `stuck` ones, and whether that is all of it."""
    steps: dict[ObjectId, list[Step]] = defaultdict(list)
    others: Record = {"queue_id": {"$nin": list(stuck)}} if stuck else {}
    delayed = {"state": JobState.DELAYED.value, "run_at": {"$lte": moment}}
    lost = {"state": JobState.ACTIVE.value, "lease_until": {"$lte": moment}}
    wanted = {"queue_id": 1}
    is_all = True
    for where, key in ((delayed, "run_at"), (lost, "lease_until")):
        jobs = await collection(Job).find(where | others, wanted).sort(key, 1).limit(AT_ONCE).to_list()
        is_all &= len(jobs) < AT_ONCE
        for job in jobs:
            steps[job["queue_id"]].append(partial(_go_on, job_id=job["_id"], now=moment))
    ticking = collection(Schedule).find({"next_at": {"$lte": moment}} | others, wanted).sort("next_at", 1)
    schedules = await ticking.limit(AT_ONCE).to_list()
    for schedule in schedules:
        steps[schedule["queue_id"]].append(partial(tick, schedule_id=schedule["_id"], now=moment))
    return steps, is_all and len(schedules) < AT_ONCE


async def _run(services: Services, queue_id: ObjectId, steps: Sequence[Step]) -> bool:
    """Do what is due in a queue; whether that went well. What fails there is no matter of other queues."""

    async def body(change: Change) -> None:
        await state.open_queue(change, queue_id)
        for step in steps:
            await step(change)
            await change.give_way()

    try:
        await services.hub.log.write(queue_id, None, body)
    except NotFound:
        return False  # it goes with the queue
    except (OrreryError, PyMongoError) as error:
        log.warning("what is due in the queue %s waits", queue_id, exc_info=unexpected(error))
        return False
    return True


async def _go_on(change: Change, *, job_id: ObjectId, now: datetime) -> None:
    """Have a delayed job given out, and a lost one begun anew or ended."""
    job = await collection(Job).find_one({"_id": job_id}, session=change.session)
    if job is None:
        return
    if job["state"] == JobState.DELAYED and job["run_at"] <= now:
        await state.let_wait(change, job)
    elif state.is_lost(job, now):
        await state.fail(change, job, LOST)
