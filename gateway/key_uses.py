"""Notes what the keys of organizations are used for, behind the back of the requests."""

import asyncio
import contextlib
import logging

from bson import ObjectId

from gateway.waiting import Waiting, write_waiting
from models import KeyUse
from models.base import collection, utc_now
from models.ids import Kind, new_id
from models.records import KeyUseRecord
from realtime.loop import NONE, Loop, Rest
from serving.key_use import Use

log = logging.getLogger("orrery.keys")

KEPT = 100_000
"""Uses of one key that are kept, for as long as all are (`models.key_use`)."""
TRIM_EVERY = 1_000
"""After so many more uses of a key it is looked whether they are too many."""
MAX_COUNTED = 10_000
"""Keys whose uses are counted at a time."""
AT_ONCE = 200
AFTER_FAILURE = Rest(5.0)
STOP_SECONDS = 2.0


class KeyUses:
    """Those of one process, written once a second. What finds no room is counted, and told in the log."""

    def __init__(self, *, period: float = 1.0) -> None:
        self.waiting = Waiting[KeyUseRecord]()
        self._rest = Rest(period)
        self._since_trim: dict[ObjectId, int] = {}
        self._loop = Loop(
            "key-uses",
            self._round,
            log=log,
            told="uses of keys could not be noted; trying again",
            after_failure=AFTER_FAILURE,
            patience=STOP_SECONDS,
        )

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        """Write what waits, if that is soon done, and stop."""
        await self._loop.stop()
        with contextlib.suppress(Exception):
            async with asyncio.timeout(STOP_SECONDS):
                while self.waiting.entries:
                    await self._write()

    def note(self, use: Use) -> None:
        """Take a use to be written. It never waits and never fails."""
        self.waiting.add(
            {
                "_id": new_id(Kind.KEY_USE),
                "api_token_id": use.api_token_id,
                "method": use.method,
                "route": use.route,
                "status": use.status,
                "ms": round(use.seconds * 1000),
                "created_at": utc_now(),
            }
        )

    async def _round(self) -> Rest:
        if dropped := self.waiting.dropped:
            self.waiting.dropped = 0
            log.warning("%d uses of keys were not noted: there were too many at a time", dropped)
        if not self.waiting.entries:
            return self._rest
        await self._write()
        return NONE

    async def _write(self) -> None:
        written = self.waiting.some(AT_ONCE)
        await write_waiting(KeyUse, self.waiting, AT_ONCE)
        for use in written:
            key_id = use["api_token_id"]
            self._since_trim[key_id] = self._since_trim.get(key_id, 0) + 1
            if self._since_trim[key_id] >= TRIM_EVERY:
                del self._since_trim[key_id]
                await trim(key_id)
        if len(self._since_trim) > MAX_COUNTED:
            self._since_trim.clear()


async def trim(api_token_id: ObjectId) -> int:
    """Take away the oldest uses of a key that has too many; how many."""
    of_key = {"api_token_id": api_token_id}
    first = await collection(KeyUse).find(of_key, {"_id": 1}).sort("_id", -1).skip(KEPT).limit(1).to_list()
    if not first:
        return 0
    return (await collection(KeyUse).delete_many({**of_key, "_id": {"$lte": first[0]["_id"]}})).deleted_count
