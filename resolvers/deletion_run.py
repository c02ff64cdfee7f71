"""Carries out what is left of deletions: one part of whichever has waited longest, then the next.

A part is a transaction on the condition that this worker still holds the tombstone, so whatever dies in between, a part
is written whole or not at all, and whoever takes the tombstone next goes on. Deleting twice does no harm.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter

from bson import ObjectId
from pymongo.errors import PyMongoError

from models import Lane, LoggedEvent, StreamHead, Tombstone
from models.base import Record, collection, utc_now
from models.errors import RateLimited, Unavailable
from models.ids import IDS_PER_QUERY, Kind, kind_of
from models.reach import unexpected
from realtime.log import Change
from resolvers.cascade import CHOSEN, Step, listed
from resolvers.context import Services
from resolvers.deletion import GRACE, PART, plan_of, take_part
from resolvers.deletion_plan import HISTORIES

log = logging.getLogger("orrery.deletions")

PAUSE = timedelta(seconds=10)
"""Before a deletion is tried again that the database stood in the way of."""
REST = 0.5
"""How long others have the database to themselves after a part, as a share of what that took: longer, and 50,000 cards
would not be gone within two minutes."""
EVENTS_AT_ONCE = 500
SILENT_PART = 400
"""Objects of one part that are not told of: an event costs as much as what it tells of."""
READ_AHEAD = 10_000
"""Ids that are looked for at once."""
LANES_AHEAD = 1_000
"""Cards that are looked for in lanes at once, at least; a block of a lane is one short read."""
REMEMBERED = 25
"""Deletions of which a worker remembers what it has found: they take turns, and looking anew at each would not end."""

_LATER = (RateLimited, Unavailable, PyMongoError)


class LostError(Exception):
    """Another worker has taken the deletion, or it is gone."""


@dataclass(slots=True)
class Ahead:
    """What a worker has found of one deletion and not deleted yet: of one step at a time, READ_AHEAD ids."""

    knows_lanes: bool = False
    entries: list[str] = field(default_factory=list)
    blocks: list[ObjectId] = field(default_factory=list)
    step: Step | None = None
    ids: list[ObjectId] = field(default_factory=list)

    async def look(self, tombstone: Record) -> None:
        """Find a step of which something is left; None where nothing is, but for steps without a look."""
        if self.step is not None and self.ids:
            return
        for step in plan_of(tombstone):
            self.step, self.ids = step, await self._of_step(tombstone, step)
            if self.ids:
                return
        self.step = None

    async def _of_step(self, tombstone: Record, step: Step) -> list[ObjectId]:
        """Some of what a step is to take; nothing for one without a look."""
        ids = [] if step.lanes_by is None else await self._of_lanes(tombstone, step.lanes_by)
        if ids or step.look is None:
            return ids
        cursor = collection(step.models[0]).find(step.look(tombstone), {"_id": 1}).limit(READ_AHEAD)
        return [one["_id"] for one in await cursor.to_list()]

    async def _of_lanes(self, tombstone: Record, key: str) -> list[ObjectId]:
        """Cards that the lanes of what was deleted name, or the next blocks of those."""
        if not self.knows_lanes:
            inside = {key: tombstone["_id"], "lane_id": None}
            lanes = await collection(Lane).find(inside, {"entries": 1, "blocks": 1}).to_list()
            self.entries = [entry for lane in lanes for entry in lane["entries"]]
            self.blocks = [block for lane in lanes for block in lane["blocks"]]
            self.knows_lanes = True
        while len(self.entries) < LANES_AHEAD and self.blocks:
            block = await collection(Lane).find_one({"_id": self.blocks.pop()}, {"entries": 1})
            self.entries += [] if block is None else block["entries"]
        entries, self.entries = self.entries, []
        return [ObjectId(entry.split()[1]) for entry in entries]

    def chosen(self) -> list[ObjectId]:
        """What a part is to take."""
        is_silent = self.step is not None and self.step.is_silent
        return self.ids[: SILENT_PART if is_silent else min(PART, IDS_PER_QUERY)]

    async def took(self, tombstone: Record) -> None:
        """Forget what a part has taken, and what was moved away before it could."""
        some, left = self.chosen(), set[ObjectId]()
        if self.step is not None and self.step.lingers is not None:
            key = self.step.lingers
            found = await collection(self.step.models[0]).find({"_id": {"$in": some}}, {key: 1}).to_list()
            left = {one["_id"] for one in found if tombstone["_id"] in listed(one[key])}
        self.ids[: len(some)] = [one for one in some if one in left]


@dataclass(frozen=True, slots=True)
class Worker:
    """Who carries out deletions: `holder` is unique; one that is held for `lease` without a sign of life is free."""

    services: Services
    holder: str
    lease: timedelta = timedelta(seconds=30)
    now: Callable[[], datetime] = field(default=utc_now)
    _ahead: dict[ObjectId, Ahead] = field(default_factory=dict)

    async def run_next(self) -> float | None:
        """Carry out one part of the deletion that has waited longest; the seconds to wait then, None where none waits.

        Whichever process goes on with it waits as long, so that others have their turn.
        """
        found = await collection(Tombstone).find_one({"due_at": {"$lte": self.now()}}, sort=[("due_at", 1)])
        if found is None:
            return None
        started = perf_counter()
        same = {"_id": found["_id"], "holder": found["holder"], "due_at": found["due_at"]}
        taken = {"$set": {"holder": self.holder, "due_at": self.now() + self.lease}}
        if not (await collection(Tombstone).update_one(same, taken)).matched_count:
            return 0.0
        try:
            ahead = await self._ahead_of(found["_id"])
            await ahead.look(found)
            await self._carry_out(found, ahead)
        except LostError:
            log.info("the deletion of %s goes on elsewhere, or is done", found["_id"])
        except _LATER as error:
            log.warning("the deletion of %s waits", found["_id"], exc_info=unexpected(error))
            await self._free(found, PAUSE)
        else:
            await self._free(found, timedelta(seconds=(perf_counter() - started) * REST))
        return (perf_counter() - started) * REST

    async def _ahead_of(self, deleted_id: ObjectId) -> Ahead:
        """What was found of a deletion; nothing, and nothing is remembered, where too many others are on their way."""
        if deleted_id not in self._ahead and len(self._ahead) >= REMEMBERED:
            going = {"_id": {"$in": list(self._ahead)}, "emptied_at": None}
            others = {one["_id"] for one in await collection(Tombstone).find(going, {"_id": 1}).to_list()}
            for ended in self._ahead.keys() - others:
                del self._ahead[ended]
            if len(self._ahead) >= REMEMBERED:
                return Ahead()
        return self._ahead.setdefault(deleted_id, Ahead())

    async def _carry_out(self, tombstone: Record, ahead: Ahead) -> None:
        """Take one part, of what was chosen of a step where there is one.

        Where nothing is left, look again after the grace; where that is over, let the rest go.
        """
        step, ids = ahead.step, ahead.chosen()

        async def body(change: Change) -> bool:
            held = {"_id": tombstone["_id"], "holder": self.holder}
            mark = {"$set": {"due_at": self.now() + self.lease}}
            if not (await collection(Tombstone).update_one(held, mark, session=change.session)).matched_count:
                raise LostError
            current = await collection(Tombstone).find_one(held, session=change.session)
            if current is None:
                raise LostError
            if step is None:
                return await take_part(change, current, PART)
            await take_part(change, {**current, CHOSEN: ids}, PART, [step])
            return False

        written = await self.services.hub.log.write(tombstone["stream_id"], tombstone["actor_id"], body)
        if not written.value:
            await ahead.took(tombstone)
            self.services.files_due.set()
            return
        if tombstone["emptied_at"] is None:
            self.services.files_due.set()
            await self._end(tombstone)
        elif not await self._take_history(tombstone["_id"]):
            await collection(Tombstone).delete_one({"_id": tombstone["_id"], "holder": self.holder})

    async def _end(self, tombstone: Record) -> None:
        """Nothing is left: what was under way is looked for once more when it must have ended."""
        self._ahead.pop(tombstone["_id"], None)
        moment = self.now()
        emptied = {"$set": {"emptied_at": moment, "due_at": moment + GRACE, "holder": None}}
        await collection(Tombstone).update_one({"_id": tombstone["_id"], "holder": self.holder}, emptied)
        if kind_of(tombstone["_id"]) is Kind.WORKSPACE:
            self.services.search.forget(tombstone["_id"])

    async def _take_history(self, deleted_id: ObjectId) -> bool:
        """Delete some events of what has a history of its own; whether there may be more."""
        if kind_of(deleted_id) not in HISTORIES:
            return False
        events = collection(LoggedEvent)
        oldest = await events.find_one({"stream_id": deleted_id}, {"seq": 1}, sort=[("seq", 1)])
        if oldest is not None:
            until = {"$lt": oldest["seq"] + EVENTS_AT_ONCE}
            await events.delete_many({"stream_id": deleted_id, "seq": until})
            return True
        await collection(StreamHead).delete_one({"_id": deleted_id})
        return False

    async def _free(self, tombstone: Record, pause: timedelta) -> None:
        held = {"_id": tombstone["_id"], "holder": self.holder}
        freed = {"$set": {"holder": None, "due_at": self.now() + pause}}
        await collection(Tombstone).update_one(held, freed)


async def pending() -> int:
    """How many deletions have something left to take."""
    return await collection(Tombstone).count_documents({"emptied_at": None})
