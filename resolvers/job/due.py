"""What comes by the clock: ticks of schedules, delayed jobs that may begin, and claims that nobody gives a sign of."""

import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from bson import ObjectId

from models import Job, Schedule
from models.base import collection, utc_now
from models.enums import JobState
from models.errors import Conflict, NotFound
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
    another has done is looked at again in the change, and left."""
    moment = now or utc_now()
    steps: dict[ObjectId, list[Step]] = defaultdict(list)
    delayed = {"state": JobState.DELAYED.value, "run_at": {"$lte": moment}}
    lost = {"state": JobState.ACTIVE.value, "lease_until": {"$lte": moment}}
    wanted = {"queue_id": 1}
    for where, key in ((delayed, "run_at"), (lost, "lease_until")):
        for job in await collection(Job).find(where, wanted).sort(key, 1).limit(AT_ONCE).to_list():
            steps[job["queue_id"]].append(partial(_go_on, job_id=job["_id"], now=moment))
    ticking = collection(Schedule).find({"next_at": {"$lte": moment}}, wanted).sort("next_at", 1)
    for schedule in await ticking.limit(AT_ONCE).to_list():
        steps[schedule["queue_id"]].append(partial(tick, schedule_id=schedule["_id"], now=moment))
    for queue_id, some in steps.items():
        await _run(services, queue_id, some)
    return any(len(some) >= AT_ONCE for some in steps.values())


async def _run(services: Services, queue_id: ObjectId, steps: list[Step]) -> None:
    async def body(change: Change) -> None:
        await state.open_queue(change, queue_id)
        for step in steps:
            await step(change)
            await change.give_way()

    try:
        await services.hub.log.write(queue_id, None, body)
    except NotFound:
        pass  # it goes with the queue
    except Conflict as error:
        log.warning("a queue takes no job of its schedules: %s", error)


async def _go_on(change: Change, *, job_id: ObjectId, now: datetime) -> None:
    """Have a delayed job given out, and a lost one begun anew or ended."""
    job = await collection(Job).find_one({"_id": job_id}, session=change.session)
    if job is None:
        return
    if job["state"] == JobState.DELAYED and job["run_at"] <= now:
        await state.let_wait(change, job)
    elif state.is_lost(job, now):
        await state.fail(change, job, LOST)
