"""The jobs of a queue that wait, the next one in turn first.

MongoDB walks an index and stops. The embedded database reads all that a filter fits before it sorts and cuts, so that
a claim would read every job that waits. There a list is looked at once, and from then on read up to a landmark
(`resolvers.kit.landmark`) that a few are known to stand before: what has come before that since is read with them.
"""

from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from models import Job
from models.base import collection
from models.records import JobRecord
from resolvers.kit.landmark import reads_whole_ranges

BLOCK = 25
"""Jobs between two landmarks."""
CROWDED = 4 * BLOCK
"""When so many more than were asked for stand before a landmark, the list is looked at anew."""
KEPT = 200
"""Lists of which a process knows the landmarks: those that were looked at last."""
IN_TURN = [("priority", 1), ("_id", 1)]

_landmarks: OrderedDict[tuple[Any, ...], deque[tuple[int, ObjectId]]] = OrderedDict()


async def first_waiting(
    waiting: Mapping[str, Any], size: int, session: AsyncClientSession | None = None
) -> list[ObjectId]:
    """The ids of the first jobs of a list, which `waiting` selects by equal fields."""
    if not await reads_whole_ranges(Job):
        return await _ids(waiting, session, size)
    name = tuple(waiting.items())
    while landmarks := _landmarks.get(name):
        first = landmarks[0]
        found = await _before(waiting, *first, session)
        if size <= len(found) <= size + CROWDED:
            return found[:size]
        if len(found) > size:
            break  # what is more urgent has come in the meantime
        if landmarks and landmarks[0] == first:  # nearly all before it are taken
            landmarks.popleft()
    found = await _ids(waiting, session)
    return found[:size]


async def _before(
    waiting: Mapping[str, Any], priority: int, last: ObjectId, session: AsyncClientSession | None
) -> list[ObjectId]:
    """All up to a landmark: two ranges of one index, the second behind the first."""
    urgent = {**waiting, "priority": {"$lt": priority}}
    equal = {**waiting, "priority": priority, "_id": {"$lte": last}}
    found = [*await _read(urgent, session), *await _read(equal, session)]
    return [job["_id"] for job in found]


async def _ids(waiting: Mapping[str, Any], session: AsyncClientSession | None, size: int = 0) -> list[ObjectId]:
    """So many, or all of a list; of a long one that is read whole the landmarks are remembered."""
    jobs = await _read(waiting, session, size)
    if not size:
        _remember(tuple(waiting.items()), jobs)
    return [job["_id"] for job in jobs]


def _remember(name: tuple[Any, ...], jobs: Sequence[JobRecord]) -> None:
    _landmarks.pop(name, None)
    if len(jobs) <= CROWDED:
        return
    _landmarks[name] = deque((job["priority"], job["_id"]) for job in jobs[BLOCK - 1 :: BLOCK])
    while len(_landmarks) > KEPT:
        _landmarks.popitem(last=False)


async def _read(where: Mapping[str, Any], session: AsyncClientSession | None, size: int = 0) -> list[JobRecord]:
    return await collection(Job).find(where, {"priority": 1}, session=session).sort(IN_TURN).limit(size).to_list()
