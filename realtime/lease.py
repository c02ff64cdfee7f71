"""Work that one process does for all: held for a time, so that it goes on elsewhere when that process dies."""

from datetime import timedelta

from pymongo.errors import DuplicateKeyError

from models import Lease
from models.base import collection, utc_now


async def hold(work: str, holder: str, time: timedelta) -> bool:
    """Take a work, or go on with it, for `time`; False where another holds it. Clocks that differ by less than `time`
    do no harm, and two holders must not either.
    """
    now = utc_now()
    try:
        await collection(Lease).update_one(
            {"_id": work, "holder": holder}, {"$set": {"until": now + time}}, upsert=True
        )
    except DuplicateKeyError:
        expired = {"_id": work, "until": {"$lt": now}}
        taken = await collection(Lease).update_one(expired, {"$set": {"holder": holder, "until": now + time}})
        return bool(taken.matched_count)
    return True


async def give_up(work: str, holder: str) -> None:
    """Leave a work to whoever asks next."""
    await collection(Lease).delete_one({"_id": work, "holder": holder})
