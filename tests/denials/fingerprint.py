"""What the denials compare: a hash of all that the database holds."""

from datetime import datetime, timedelta
from hashlib import sha256

import bson
from pymongo import monitoring

from gateway.database import Database
from models import Lease
from models.base import collection, utc_now
from tests.written import Written

# Only clients that are made later have it: who compares imports it before the database of the session is opened.
WRITTEN = Written()
monitoring.register(WRITTEN)
_kept: dict[str, list[tuple[datetime | None, bytes]]] = {}
"""Of each collection that nothing has written to since: the hash of every document, and when its time has come."""


async def fingerprint(database: Database) -> str:
    """A hash of everything that the database holds, when tokens were last used and what processes take turns at aside.

    What the database removes by itself, because its time has come, counts as gone some minutes before.
    """
    for name in WRITTEN.collections.copy():
        _kept.pop(name, None)
    WRITTEN.collections.clear()
    soon = utc_now() + timedelta(minutes=5)
    digest = sha256()
    for name in sorted(await database.db.list_collection_names()):
        if name == collection(Lease).name:
            continue
        if name not in _kept:
            _kept[name] = await _documents(database, name)
        digest.update(name.encode())
        for gone, stored in _kept[name]:
            if gone is None or gone > soon:
                digest.update(stored)
    return digest.hexdigest()


async def _documents(database: Database, name: str) -> list[tuple[datetime | None, bytes]]:
    lifetimes = {
        index["key"][0][0]: timedelta(seconds=index["expireAfterSeconds"])
        for index in (await database.db[name].index_information()).values()
        if "expireAfterSeconds" in index
    }
    found: list[tuple[datetime | None, bytes]] = []
    async for stored in database.db[name].find({}, {"last_used_at": 0}).sort("_id", 1):
        ends = [stored[key] + lifetime for key, lifetime in lifetimes.items() if stored.get(key) is not None]
        found.append((min(ends, default=None), sha256(bson.encode(stored)).digest()))
    return found
