"""Carries out what is left of deletions: one part of whichever has waited longest, then the next.

A part is a transaction on the condition that this worker still holds the tombstone, so whatever dies in between, a part
is written whole or not at all, and whoever takes the tombstone next goes on. Deleting twice does no harm.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter

from bson import ObjectId

from models import Column, LoggedEvent, StreamHead, Tombstone
from models.base import collection, utc_now
from models.ids import Kind, kind_of
from models.organization import KEPT
from models.reach import LATER, unexpected
from models.records import TombstoneRecord
from realtime.log import Change
from resolvers.deletion.ahead import Ahead
from resolvers.deletion.cascade import AT_A_TIME, CHOSEN, LOOKED, Step
from resolvers.deletion.deletion import GRACE, PART, plan_of, take_part
from resolvers.deletion.plan import HISTORIES
from resolvers.kit.context import Services

log = logging.getLogger("orrery.deletions")

PAUSE = timedelta(seconds=10)
"""Before a deletion is tried again that the database stood in the way of."""
REST = 0.75
"""How long others have the database to themselves after each command, as a share of what that took: longer, and 50,000
cards would not be gone within two minutes."""
EVENTS_AT_ONCE = 500
SILENT_PART = 600
"""Objects of one part that are not told of: an event costs as much as what it tells of."""
PART_SECONDS = 0.5
"""How long a part is to last at most: others of the workspace wait for its end."""
LEAST_SHARE = 0.25
SOON = timedelta(days=1)
"""What is due later was kept to be restored, and may be."""
REMEMBERED = 25
"""Deletions of which a worker remembers what it has found: they take turns, and looking anew at each would not end."""


class LostError(Exception):
    """Another worker has taken the deletion, or it is gone."""


@dataclass(slots=True)
class Pace:
    """How much a part takes, less where they last too long, and how long others have the database to themselves."""

    share: float = 1.0
    started: float = 0.0
    rested: float = 0.0

    def most_of(self, step: Step | None) -> int:
        """How many objects the next part takes of a step."""
        is_silent = step is not None and step.is_silent
        return max(int((SILENT_PART if is_silent else PART) * self.share), AT_A_TIME)

    def start(self) -> None:
        """A part begins."""
        self.started, self.rested = perf_counter(), 0.0

    def took(self, seconds: float) -> None:
        """A part has worked so long."""
        self.share = min(1.0, max(LEAST_SHARE, self.share * PART_SECONDS / seconds))

    @property
    def worked(self) -> float:
        """Seconds that the part has worked so far."""
        return perf_counter() - self.started - self.rested

    @property
    def rest(self) -> float:
        """Seconds that are still to be rested for what the part has worked so far."""
        return max(self.worked * REST - self.rested, 0.0)


@dataclass(frozen=True, slots=True)
class Worker:
    """Who carries out deletions: `holder` is unique; one that is held for `lease` without a sign of life is free."""

    services: Services
    holder: str
    lease: timedelta = timedelta(seconds=30)
    now: Callable[[], datetime] = field(default=utc_now)
    _ahead: dict[ObjectId, Ahead] = field(default_factory=dict)
    _pace: Pace = field(default_factory=Pace)

    async def run_next(self) -> float | None:
        """Carry out one part of the deletion that has waited longest; the seconds to wait then, None where none waits.

        Whichever process goes on with it waits as long, so that others have their turn.
        """
        found = await collection(Tombstone).find_one({"due_at": {"$lte": self.now()}}, sort=[("due_at", 1)])
        if found is None:
            return None
        self._pace.start()
        same = {"_id": found["_id"], "holder": found["holder"], "due_at": found["due_at"]}
        taken = {"$set": {"holder": self.holder, "due_at": self.now() + self.lease}}
        if not (await collection(Tombstone).update_one(same, taken)).matched_count:
            return 0.0
        try:
            await self._carry_out(found, await self._ahead_of(found["_id"]))
        except LostError:
            log.info("the deletion of %s goes on elsewhere, or is done", found["_id"])
        except LATER as error:
            log.warning("the deletion of %s waits", found["_id"], exc_info=unexpected(error))
            await self._free(found, PAUSE)
        self._pace.took(self._pace.worked)
        return self._pace.rest

    async def _ahead_of(self, deleted_id: ObjectId) -> Ahead:
        """What was found of a deletion; nothing, and nothing is remembered, where too many others are on their way."""
        if deleted_id not in self._ahead and len(self._ahead) >= REMEMBERED:
            going = {"_id": {"$in": list(self._ahead)}, "emptied_at": None}
            others = {tombstone["_id"] for tombstone in await collection(Tombstone).find(going, {"_id": 1}).to_list()}
            for ended in self._ahead.keys() - others:
                del self._ahead[ended]
            if len(self._ahead) >= REMEMBERED:
                return Ahead()
        return self._ahead.setdefault(deleted_id, Ahead())

    async def _carry_out(self, tombstone: TombstoneRecord, ahead: Ahead) -> None:
        """Take one part, of what was chosen of a step where there is one.

        Where nothing is left, look again after the grace; where that is over, let the rest go.
        """
        step = None if tombstone["emptied_at"] is not None else await ahead.look(tombstone, plan_of(tombstone))
        most = self._pace.most_of(step)
        ids = ahead.ids[:most]

        held = {"_id": tombstone["_id"], "holder": self.holder}

        async def body(change: Change) -> bool:
            change.rest = REST
            current = await collection(Tombstone).find_one(held, session=change.session)
            if current is None:
                raise LostError
            if step is None:
                is_over = await take_part(change, {**current, LOOKED: True}, most)
            else:
                await take_part(change, {**current, CHOSEN: ids}, most, [step])
                is_over = False
            self._pace.rested = change.rested
            # What is over is held on to; with all else, whoever comes first after the rest goes on.
            freed = {"holder": None, "due_at": self.now() + timedelta(seconds=self._pace.rest)}
            mark = {"due_at": self.now() + self.lease} if is_over else freed
            if not (await collection(Tombstone).update_one(held, {"$set": mark}, session=change.session)).matched_count:
                raise LostError
            return is_over

        written = await self.services.hub.log.write(tombstone["stream_id"], tombstone["actor_id"], body)
        if not written.value:
            self.services.files_due.set()
            if step is None:  # something came after it was looked for
                self._ahead.pop(tombstone["_id"], None)
            else:
                await ahead.took(tombstone, step, ids)
        elif tombstone["emptied_at"] is None:
            self.services.files_due.set()
            await self._end(tombstone)
        elif await self._take_history(tombstone["_id"]):
            await self._free(tombstone, timedelta(seconds=self._pace.rest))
        else:
            await collection(Tombstone).delete_one(held)

    async def _end(self, tombstone: TombstoneRecord) -> None:
        """Nothing is left: what was under way is looked for once more when it must have ended."""
        self._ahead.pop(tombstone["_id"], None)
        if tombstone.get("keeps"):
            await self.services.hub.log.write(
                tombstone["stream_id"], tombstone["actor_id"], partial(self._open_again, tombstone)
            )
            return
        moment = self.now()
        emptied = {"$set": {"emptied_at": moment, "due_at": moment + GRACE, "holder": None}}
        await collection(Tombstone).update_one({"_id": tombstone["_id"], "holder": self.holder}, emptied)
        if kind_of(tombstone["_id"]) is Kind.WORKSPACE:
            self.services.search.forget(tombstone["_id"])

    async def _open_again(self, tombstone: TombstoneRecord, change: Change) -> None:
        """Let cards come to a column that is empty. Nothing was under way to it: it took none meanwhile.

        An organization that was deleted is kept until its time is over.
        """
        held = {"_id": tombstone["_id"], "holder": self.holder}
        if kind_of(tombstone["_id"]) is Kind.ORGANIZATION:
            later = {"$set": {"keeps": False, "holder": None, "due_at": tombstone["deleted_at"] + KEPT}}
            await collection(Tombstone).update_one(held, later, session=change.session)
            return
        if (await collection(Tombstone).delete_one(held, session=change.session)).deleted_count:
            opened = {"$set": {"emptying": False}}
            await collection(Column).update_one({"_id": tombstone["_id"]}, opened, session=change.session)

    async def _take_history(self, deleted_id: ObjectId) -> bool:
        """Delete some events of what has a history of its own, the oldest first; whether there may be more."""
        head = await collection(StreamHead).find_one({"_id": deleted_id}, {"seq": 1, "floor": 1})
        if kind_of(deleted_id) not in HISTORIES or head is None:
            return False
        last = min(head["floor"] + EVENTS_AT_ONCE, head["seq"])
        for floor in range(head["floor"], last + 1, AT_A_TIME):
            began = perf_counter()
            until = {"$lte": min(floor + AT_A_TIME, last)}
            await collection(LoggedEvent).delete_many({"stream_id": deleted_id, "seq": until})
            await asyncio.sleep((perf_counter() - began) * REST)
        if last == head["seq"]:
            await collection(StreamHead).delete_one({"_id": deleted_id})
            return False
        same = {"_id": deleted_id, "floor": head["floor"]}
        await collection(StreamHead).update_one(same, {"$set": {"floor": last}})
        return True

    async def _free(self, tombstone: TombstoneRecord, pause: timedelta) -> None:
        held = {"_id": tombstone["_id"], "holder": self.holder}
        freed = {"$set": {"holder": None, "due_at": self.now() + pause}}
        await collection(Tombstone).update_one(held, freed)


async def pending() -> int:
    """How many deletions have something left to take."""
    return await collection(Tombstone).count_documents({"emptied_at": None, "due_at": {"$lt": utc_now() + SOON}})
