"""Attempts that are counted in the database: guessing is slow in all processes together."""

import asyncio
import hashlib
import math
import weakref
from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo.errors import DuplicateKeyError

from models import AttemptCount
from models.base import collection, utc_now
from models.errors import RateLimited
from models.records import AttemptCountRecord

PATIENCE = 10.0
"""Seconds that an attempt waits for its turn at most; a request may take 30."""
PACED = timedelta(hours=1)
"""How long after the last one paced attempts are forgotten."""

_TRIES = 5
_TURNS = 50
_locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()


@dataclass(frozen=True, slots=True)
class Pace:
    """`free` attempts cost nothing; each after them waits twice as long as the last one, `longest` seconds at most."""

    free: int
    longest: float

    def pause(self, made: int) -> float:
        """Seconds between the attempt that is number `made` and the next."""
        beyond = made - self.free
        return 0.0 if beyond < 0 else min(self.longest, 2.0 ** min(beyond, 30))


def _key(what: str, who: str) -> str:
    # A hash: an address that somebody tried says nothing in the database.
    return hashlib.sha256(f"{what}\0{who}".encode("utf-8", "replace")).hexdigest()


async def count_attempt(what: str, who: str, *, limit: int, window: timedelta, amount: int = 1) -> None:
    """Count one attempt (or an amount) before it is made; raises RateLimited where that would be more than `limit`
    since the window began.

    It is counted ahead, so a burst of attempts is let in one by one like any others.
    """
    attempts, key, now = collection(AttemptCount), _key(what, who), utc_now()
    wait = 1.0
    for _ in range(_TRIES):
        open_ = {"_id": key, "expires_at": {"$gt": now}, "made": {"$lte": limit - amount}}
        if (await attempts.update_one(open_, {"$inc": {"made": amount}})).matched_count:
            return
        over = {"_id": key, "expires_at": {"$lte": now}}
        begun = {"made": amount, "expires_at": now + window}
        if (await attempts.update_one(over, {"$set": begun})).matched_count:
            return
        found = await attempts.find_one({"_id": key})
        if found is None:
            try:
                await attempts.insert_one({"_id": key, "made": amount, "expires_at": now + window})
            except DuplicateKeyError:
                continue
            return
        if found["made"] > limit - amount and found["expires_at"] > now:
            wait = (found["expires_at"] - now).total_seconds()
            break
    raise RateLimited("Too many attempts: try again later", retry_after=math.ceil(wait))


async def take_turn(what: str, who: str, pace: Pace) -> float:
    """Count one attempt, and return how many seconds it has to wait before it is made.

    Raises RateLimited, and counts nothing, where that would be more than PATIENCE.
    """
    key = _key(what, who)
    # Those of this process take their turns one by one, so that they need not try against each other.
    lock = _locks.setdefault(key, asyncio.Lock())
    async with lock:
        for _ in range(_TURNS):
            now = utc_now()
            found = await collection(AttemptCount).find_one({"_id": key})
            at, taken = _turn(key, found, now, pace)
            wait = (at - now).total_seconds()
            if wait > PATIENCE:
                raise RateLimited("Too many wrong passwords: try again later", retry_after=math.ceil(wait - PATIENCE))
            if await _taken(key, found, taken):
                return wait
    raise RateLimited("Too many attempts at once: try again", retry_after=1)


def _turn(key: str, found: AttemptCountRecord | None, now: datetime, pace: Pace) -> tuple[datetime, AttemptCountRecord]:
    """When the next attempt may be made, and what is written for it to be taken."""
    made, at = 0, now
    if found is not None and found["expires_at"] > now:
        made, at = found["made"], max(now, found.get("opens_at") or now)
    opens_at = at + timedelta(seconds=pace.pause(made + 1))
    return at, {"_id": key, "made": made + 1, "opens_at": opens_at, "expires_at": opens_at + PACED}


async def _taken(key: str, found: AttemptCountRecord | None, update: AttemptCountRecord) -> bool:
    """Write a turn, unless another process took one since `found` was read."""
    attempts = collection(AttemptCount)
    if found is None:
        try:
            await attempts.insert_one(update)
        except DuplicateKeyError:
            return False
        return True
    same = {"_id": key, "made": found["made"], "expires_at": found["expires_at"]}
    return bool((await attempts.update_one(same, {"$set": update})).matched_count)


async def give_back(what: str, who: str) -> None:
    """Take back one attempt that was counted, and was none; the pause after it passes by itself."""
    await collection(AttemptCount).update_one({"_id": _key(what, who), "made": {"$gt": 0}}, {"$inc": {"made": -1}})


async def forget_attempts(what: str, who: str) -> None:
    """Begin anew after a success."""
    await collection(AttemptCount).delete_one({"_id": _key(what, who)})
