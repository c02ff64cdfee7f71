"""What comes by the clock: ticks of schedules, delayed jobs that may begin, and claims that nobody gives a sign of."""

import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bson import ObjectId

from models import Job, Schedule
from models.base import Record, Recorded, collection, utc_now
from models.enums import JobState
from models.errors import NotFound
from models.ids import portions
from models.reach import unexpected
from realtime.log import Change
from resolvers.job import state
from resolvers.job.book import find_jobs, open_queue
from resolvers.job.schedule import tick
from resolvers.kit.context import Services

AT_ONCE = 200
"""Of each kind, how many one round looks at."""
FIRST = timedelta(seconds=2)
LONGEST = timedelta(minutes=5)
"""How long a job or a schedule rests that has failed once, and at most: twice as long each time."""

Run = Callable[[Change, ObjectId, ObjectId, datetime], Awaitable[None]]
"""Does what is due in a queue of the object with an id at a moment, within a change of the queue's history."""

log = logging.getLogger("orrery.jobs")


@dataclass(frozen=True, slots=True)
class Step:
    """What is due of a job or a schedule."""

    object_id: ObjectId
    run: Run


@dataclass(slots=True)
class Setbacks:
    """What has failed by itself lately, in one process: how often in a row, and until when it rests."""

    resting: dict[ObjectId, tuple[int, datetime]] = field(default_factory=dict)

    def at(self, moment: datetime) -> list[ObjectId]:
        """What rests at a moment. What was not met again for long is forgotten."""
        self.resting = {key: each for key, each in self.resting.items() if each[1] > moment - LONGEST}
        return [key for key, (_, until) in self.resting.items() if until > moment]

    def add(self, object_id: ObjectId, moment: datetime) -> None:
        times = self.resting.get(object_id, (0, moment))[0]
        self.resting[object_id] = times + 1, moment + min(FIRST * (1 << min(times, 20)), LONGEST)


async def run_due(services: Services, now: datetime | None = None, setbacks: Setbacks | None = None) -> bool:
    """Do some of what is due, a change for each queue; whether there may be more. Several processes may at once: what
    another has done is looked at again in the change, and left.

    A queue that is busy waits for the next round. What fails by itself rests, longer each time, and the others of its
    queue go on without it. Neither hides anything else from this round."""
    moment, known = now or utc_now(), setbacks or Setbacks()
    busy: set[ObjectId] = set()
    while True:
        resting = known.at(moment)
        steps, is_all = await _due(moment, busy, resting)
        before = len(busy) + len(resting)
        for queue_id, some in steps.items():
            if not await _run_queue(services, queue_id, some, known, moment):
                busy.add(queue_id)
        if is_all or len(busy) + len(known.at(moment)) == before:
            return not is_all


async def _due(
    moment: datetime, busy: set[ObjectId], resting: Sequence[ObjectId]
) -> tuple[Mapping[ObjectId, Sequence[Step]], bool]:
    """What is to be done at a moment in queues that are not `busy`, of what is not `resting`, and whether that is all
    of it."""
    steps: dict[ObjectId, list[Step]] = defaultdict(list)
    others: Record = {"queue_id": {"$nin": list(busy)}} if busy else {}
    if resting:
        others["_id"] = {"$nin": list(resting)}
    delayed = {"state": JobState.DELAYED.value, "run_at": {"$lte": moment}}
    lost = {"state": JobState.ACTIVE.value, "lease_until": {"$lte": moment}}
    ticking = {"next_at": {"$lte": moment}}
    kinds: Sequence[tuple[type[Recorded[Any]], Record, str, Run]] = (
        (Job, delayed, "run_at", _go_on),
        (Job, lost, "lease_until", _go_on),
        (Schedule, ticking, "next_at", tick),
    )
    is_all = True
    for model, where, key, run in kinds:
        found = await collection(model).find(where | others, {"queue_id": 1}).sort(key, 1).limit(AT_ONCE).to_list()
        is_all &= len(found) < AT_ONCE
        for each in found:
            steps[each["queue_id"]].append(Step(each["_id"], run))
    return steps, is_all


async def _run_queue(
    services: Services, queue_id: ObjectId, steps: Sequence[Step], setbacks: Setbacks, moment: datetime
) -> bool:
    """Do what is due in a queue, together or else one by one; False where the queue is busy."""
    alone = [[step] for step in steps] if len(steps) > 1 else []
    for some in (steps, *alone):
        try:
            await services.hub.log.write(queue_id, None, partial(_run, queue_id, some, moment))
        except NotFound:
            return False  # it goes with the queue
        except Exception as error:
            reason = unexpected(error)
            if reason is None:
                log.warning("what is due in the queue %s waits", queue_id)
                return False
            if len(some) == 1:
                log.warning("%s fails, and rests", some[0].object_id, exc_info=reason)
                setbacks.add(some[0].object_id, moment)
        else:
            if some is steps:
                return True
    return True


async def _run(queue_id: ObjectId, steps: Sequence[Step], now: datetime, change: Change) -> None:
    await open_queue(change, queue_id)
    for ids in portions(step.object_id for step in steps if step.run is _go_on):
        await find_jobs(change, queue_id, ids)
    for step in steps:
        await step.run(change, queue_id, step.object_id, now)
        await change.give_way()


async def _go_on(change: Change, queue_id: ObjectId, job_id: ObjectId, now: datetime) -> None:
    """Have a delayed job given out, and a lost one begun anew or ended."""
    job = (await find_jobs(change, queue_id, [job_id])).get(job_id)
    if job is None:
        return
    if job["state"] == JobState.DELAYED and job["run_at"] <= now:
        state.let_wait(change, job)
    elif state.is_lost(job, now):
        state.lose(change, job)
