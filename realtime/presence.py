"""That a process lives, so that what it leaves open when it dies holds up nobody.

A process that is killed in the midst of a transaction leaves that open, and the database keeps its locks for a minute.
So each process says again and again that it lives, and which sessions its transactions are in; who sees for a while
that another does not ends those. A process that only slept for so long has its transactions run again, as after any
conflict.
"""

import asyncio
import contextlib
import logging
from datetime import datetime, timedelta
from uuid import uuid4

from bson import Binary
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from models import Lease
from models.base import Record, collection, utc_now
from models.records import LeaseRecord
from realtime.log import EventLog
from realtime.loop import Loop, Rest

log = logging.getLogger("orrery.presence")

LEASE = 5.0
"""Seconds without a sign of life after which a process passes for dead: half of what a change waits."""
SESSIONS = 256
"""Sessions that are told of, those used last: many times the transactions that run at once (`realtime.writer`)."""
_PREFIX, _AFTER_PREFIX = "process ", "process!"


class Presence:
    """Tells of this process, and ends what dead ones have left."""

    def __init__(self, client: AsyncMongoClient[Record], event_log: EventLog, *, lease: float = LEASE) -> None:
        self._client = client
        self._lease = lease
        self._id = f"{_PREFIX}{uuid4().hex}"
        self._sessions: dict[Binary, None] = {}
        self._silent: dict[tuple[str, datetime], float] = {}
        self._saying = asyncio.Lock()
        rest = Rest(lease / 3)
        told = "what processes have left open could not be looked for"
        self._loop = Loop("presence", self._round, log=log, told=told, after_failure=rest)
        event_log.before_transaction(self._note)

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        """Say nothing more; nothing is left open."""
        if await self._loop.stop():
            with contextlib.suppress(Exception):
                async with asyncio.timeout(1):
                    await collection(Lease).delete_one({"_id": self._id})

    async def _note(self, session_id: Binary) -> None:
        """Tell of a session before its first transaction."""
        is_new = session_id not in self._sessions
        self._sessions.pop(session_id, None)
        self._sessions[session_id] = None
        if not is_new or self._loop.task is None:
            return
        while len(self._sessions) > SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        try:
            await self._say()
        except PyMongoError:  # the transaction will meet the same, and tells of it
            self._sessions.pop(session_id, None)

    async def _round(self) -> Rest:
        if self._sessions:
            await self._say()
        await self._look()
        return Rest(self._lease / 3)

    async def _say(self) -> None:
        until = utc_now() + timedelta(seconds=self._lease)
        async with self._saying:  # two upserts at once may both insert
            said = {"holder": self._id, "until": until, "sessions": list(self._sessions)}
            await collection(Lease).update_one({"_id": self._id}, {"$set": said}, upsert=True)

    async def _look(self) -> None:
        """End what those left who have been silent for as long as a lease lasts, by the clock of this process alone."""
        all_processes = {"_id": {"$gt": _PREFIX, "$lt": _AFTER_PREFIX}}
        said = await collection(Lease).find(all_processes).to_list()
        now = asyncio.get_running_loop().time()
        before, self._silent = self._silent, {}
        for lease in said:
            if lease["_id"] != self._id:
                since = before.get((lease["_id"], lease["until"]), now)
                self._silent[lease["_id"], lease["until"]] = since
                if now - since >= self._lease:
                    await self._end(lease)

    async def _end(self, lease: LeaseRecord) -> None:
        log.info("what %s has left open is ended", lease["_id"])
        await self._client.admin.command("killSessions", [{"id": session} for session in lease["sessions"]])
        await collection(Lease).delete_one({"_id": lease["_id"], "until": lease["until"]})
