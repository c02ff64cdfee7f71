"""How the client of the database is set up, whatever its URL asks for."""

from datetime import UTC, datetime
from typing import Any

from bson.codec_options import TypeDecoder, TypeRegistry

from gateway.settings import Settings

_UNZONED, _ZONED = datetime(1970, 1, 1), datetime(1970, 1, 1, tzinfo=UTC)


class Moments(TypeDecoder):
    """Moments come back in UTC: what `tz_aware` does, in a fifth of its time."""

    bson_type = datetime

    def transform_bson(self, value: datetime) -> datetime:
        """The same moment with its zone."""
        return _ZONED + (value - _UNZONED)


OPTIONS: dict[str, Any] = {
    "appname": "orrery",
    "tz_aware": False,
    "type_registry": TypeRegistry([Moments()]),
    # What is acknowledged or shown was written by a majority, so that no failover takes it back.
    "w": "majority",
    "journal": True,
    "wTimeoutMS": 0,
    "readConcernLevel": "majority",
    # A transaction reads from the primary, and everything else must not be older than what it decided.
    "readPreference": "primary",
    "readPreferenceTags": "",
    "maxStalenessSeconds": -1,
    "retryWrites": True,
    "retryReads": True,
    "timeoutMS": 20_000,
    "serverSelectionTimeoutMS": 5_000,
    "connectTimeoutMS": 5_000,
    "socketTimeoutMS": 20_000,
    "waitQueueTimeoutMS": 10_000,
    # Below the five minutes after which the embedded database closes an idle connection.
    "maxIdleTimeMS": 240_000,
}
"""These win over the same options of a URL: with others, a client could lose what it was promised."""

AHEAD = 16
"""Connections that one process opens ahead, at most: a first burst of requests then waits for no greeting and no
authentication."""
AHEAD_TOGETHER = 64
"""The same for all workers of a gateway, at least one each: idle connections cost the server memory."""


UNLIMITED: dict[str, Any] = {"timeoutMS": None, "socketTimeoutMS": None}
"""For work that takes as long as it takes, as building an index: a time-out goes along, and the server keeps to it."""


def options(settings: Settings) -> dict[str, Any]:
    """The options of one process's client."""
    ahead = min(AHEAD, settings.mongodb_pool, max(1, AHEAD_TOGETHER // settings.workers))
    return {**OPTIONS, "maxPoolSize": settings.mongodb_pool, "minPoolSize": ahead}
