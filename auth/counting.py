"""Attempts that are counted in the database: guessing is slow in all processes together."""

import hashlib
from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from models import AttemptCount
from models.base import collection, utc_now
from models.errors import RateLimited

_TRIES = 5


def _key(what: str, who: str) -> str:
    # A hash: an address that somebody tried says nothing in the database.
    return hashlib.sha256(f"{what}\0{who}".encode("utf-8", "replace")).hexdigest()


async def count_attempt(what: str, who: str, *, limit: int, window: timedelta) -> None:
    """Count one attempt before it is made; raises RateLimited where `limit` were made since the window began.

    It is counted ahead, so a burst of attempts is let in one by one like any others.
    """
    attempts, key, now = collection(AttemptCount), _key(what, who), utc_now()
    for _ in range(_TRIES):
        open_ = {"_id": key, "expires_at": {"$gt": now}, "made": {"$lt": limit}}
        if (await attempts.update_one(open_, {"$inc": {"made": 1}})).matched_count:
            return
        over = {"_id": key, "expires_at": {"$lte": now}}
        begun = {"made": 1, "expires_at": now + window}
        if (await attempts.update_one(over, {"$set": begun})).matched_count:
            return
        found = await attempts.find_one({"_id": key})
        if found is None:
            try:
                await attempts.insert_one({"_id": key, **begun})
            except DuplicateKeyError:
                continue
            return
        if found["made"] >= limit and found["expires_at"] > now:
            break
    raise RateLimited("Too many attempts: try again later")


async def forget_attempts(what: str, who: str) -> None:
    """Begin anew after a success."""
    await collection(AttemptCount).delete_one({"_id": _key(what, who)})
