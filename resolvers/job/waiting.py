"""The jobs of a queue that wait, the next one in turn first.

MongoDB walks an index and stops. The embedded database reads all that a filter fits before it sorts and cuts, so that
a claim would read every job that waits. There a list is looked at once, and from then on read up to a landmark
(`resolvers.kit.landmark`) that a few are known to stand before: what has come before that since is read with them. A
list that was filled in this process need not be looked at: every so many of its jobs is a landmark.

Claims that share a transaction share what was read for the first of them.
"""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from models import Job
from models.base import collection
from models.records import JobRecord
from realtime.log import Change
from resolvers.job.book import book_of, find_jobs
from resolvers.kit.landmark import reads_whole_ranges

BLOCK = 25
"""Jobs between two landmarks, and how many more than are asked for are read where there are none."""
CROWDED = 4 * BLOCK
"""When so many more than were asked for stand before a landmark, the list is looked at anew."""
KEPT = 200
"""Lists of which a process knows the landmarks, and that they had a job: those that were looked at last."""
IN_TURN = [("priority", 1), ("_id", 1)]

Name = tuple[tuple[str, Any], ...]
"""What selects a list, by equal fields."""
Place = tuple[int, ObjectId]
"""Where a job stands in its list: its priority, and its id."""

_landmarks: OrderedDict[Name, deque[Place]] = OrderedDict()
_since: Counter[Name] = Counter()
"""Jobs of a list that were put in behind its last landmark, of those of which landmarks are known."""
_giving: OrderedDict[Name, None] = OrderedDict()
"""Lists of which the last claim was given something."""
_looks: WeakValueDictionary[Name, asyncio.Lock] = WeakValueDictionary()
"""Held by who looks at the whole of a list."""


@dataclass(frozen=True, slots=True)
class _Read:
    """The first jobs of a list, as they were before the transaction; all of it, where these are fewer than `asked`."""

    places: Sequence[Place]
    asked: int


async def may_wait(waiting: Mapping[str, Any]) -> bool:
    """Whether a claim of a list is worth its turn: the last one was given something, or something waits now."""
    return tuple(waiting.items()) in _giving or bool(await first_waiting(waiting, 1))


async def next_waiting(change: Change, queue_id: ObjectId, waiting: Mapping[str, Any], size: int) -> list[JobRecord]:
    """The first jobs of a list of a queue, as it stands within a change."""
    book, name = book_of(change, queue_id), tuple(waiting.items())
    touched = book.touched_jobs()
    wanted = size + len(touched)
    known: _Read | None = book.notes.get(name)
    if known is None or known.asked <= len(known.places) < wanted:
        known = book.notes[name] = _Read(await _first(waiting, wanted, change.session), wanted)
    places = [place for place in known.places if place[1] not in book.touched]
    places += [(job["priority"], job["_id"]) for job in touched if waiting.items() <= job.items()]
    ids = [job_id for _, job_id in sorted(places)[:size]]
    _giving.pop(name, None)
    if ids:
        _giving[name] = None
        while len(_giving) > KEPT:
            _giving.popitem(last=False)
    jobs = await find_jobs(change, queue_id, ids)
    return [jobs[job_id] for job_id in ids]


def note_waiting(job: JobRecord) -> None:
    """Let a job that waits from now on be a landmark of its lists, unless the last one is near, or behind it."""
    of_queue = {"queue_id": job["queue_id"], "state": job["state"]}
    for waiting in (of_queue, {**of_queue, "name": job["name"]}):
        name, place = tuple(waiting.items()), (job["priority"], job["_id"])
        landmarks = _keep(name, _landmarks.get(name) or deque())
        if not landmarks or landmarks[-1] < place:
            _since[name] += 1
            if _since[name] >= BLOCK:
                landmarks.append(place)
                _since[name] = 0


async def first_waiting(waiting: Mapping[str, Any], size: int) -> list[ObjectId]:
    """The ids of the first jobs of a list, which `waiting` selects by equal fields."""
    return [job_id for _, job_id in (await _first(waiting, size, None))[:size]]


async def _first(waiting: Mapping[str, Any], size: int, session: AsyncClientSession | None) -> list[Place]:
    """So many from the first one on, or some more; fewer where there are no more."""
    if not await reads_whole_ranges(Job):
        return await _read(waiting, session, size + BLOCK)
    name = tuple(waiting.items())
    if (found := await _known(waiting, size, session)) is not None:
        return found
    # Those that come while one looks at a long list know it then, too.
    async with _looks.setdefault(name, asyncio.Lock()):
        found = await _known(waiting, size, session)
        if found is None:
            found = await _read(waiting, session)
            _remember(name, found)
    return found


async def _known(waiting: Mapping[str, Any], size: int, session: AsyncClientSession | None) -> list[Place] | None:
    """The same of a list with landmarks; None where these do not lead to it."""
    name = tuple(waiting.items())
    while landmarks := _landmarks.get(name):
        first = landmarks[0]
        found = await _before(waiting, *first, session)
        if size <= len(found) <= size + CROWDED:
            return found
        if len(found) > size:
            break  # what is more urgent has come in the meantime
        if landmarks and landmarks[0] == first:  # nearly all before it are taken
            landmarks.popleft()
    return None


async def _before(
    waiting: Mapping[str, Any], priority: int, last: ObjectId, session: AsyncClientSession | None
) -> list[Place]:
    """All up to a landmark: two ranges of one index, the second behind the first."""
    urgent = {**waiting, "priority": {"$lt": priority}}
    equal = {**waiting, "priority": priority, "_id": {"$lte": last}}
    return [*(await _read(urgent, session) if priority else ()), *await _read(equal, session)]


def _remember(name: Name, places: Sequence[Place]) -> None:
    _keep(name, deque(places[BLOCK - 1 :: BLOCK] if len(places) > CROWDED else ()))
    _since[name] = len(places) % BLOCK


def _keep(name: Name, landmarks: deque[Place]) -> deque[Place]:
    _landmarks[name] = landmarks
    _landmarks.move_to_end(name)
    while len(_landmarks) > KEPT:
        forgotten, _ = _landmarks.popitem(last=False)
        del _since[forgotten]
    return landmarks


async def _read(where: Mapping[str, Any], session: AsyncClientSession | None, size: int = 0) -> list[Place]:
    found = collection(Job).find(where, {"priority": 1}, session=session).sort(IN_TURN).limit(size)
    return [(job["priority"], job["_id"]) for job in await found.to_list()]
