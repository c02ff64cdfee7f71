"""Which collections may have changed, by the commands that were sent: what was not named need not be read again."""

from collections.abc import Callable, Sequence
from typing import Any

import bson
from pymongo import monitoring
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase


class Written(monitoring.CommandListener):
    """The collections that were named by any command but one that only reads, for as long as nobody clears it.

    A collection is named when the command is sent, when it has been answered, and when its transaction commits: so one
    that was read meanwhile is named again. Only clients that are made after it was registered have it, so it is
    registered where a module is imported.
    """

    READS = frozenset({"find", "getMore", "count", "distinct", "listIndexes", "listCollections", "explain"})
    NO_COLLECTION = frozenset({"hello", "ping", "abortTransaction", "endSessions", "killCursors", "killSessions"})

    def __init__(self) -> None:
        self.collections: set[str] = set()
        self._unanswered: dict[int, frozenset[str]] = {}
        self._uncommitted: dict[bytes, frozenset[str]] = {}

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in self.READS | self.NO_COLLECTION or _only_aggregates(event):
            return
        # What holds a credential is told of without what it holds.
        named = frozenset({str(event.command.get(event.command_name))})
        if event.command_name == "bulkWrite":
            named = frozenset(space["ns"].partition(".")[2] for space in event.command["nsInfo"])
        if event.command_name == "commitTransaction":
            named = self._uncommitted.pop(_session(event), frozenset())
        elif "autocommit" in event.command:
            self._uncommitted[_session(event)] = named | self._uncommitted.get(_session(event), frozenset())
        self._unanswered[event.request_id] = named
        self.collections |= named

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        self.collections |= self._unanswered.pop(event.request_id, frozenset())

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        self.collections |= self._unanswered.pop(event.request_id, frozenset())


def _only_aggregates(event: monitoring.CommandStartedEvent) -> bool:
    if event.command_name != "aggregate":
        return False
    return not any({"$out", "$merge"} & stage.keys() for stage in event.command["pipeline"])


def _session(event: monitoring.CommandStartedEvent) -> bytes:
    return bytes(event.command["lsid"]["id"])


async def put_back(
    stored: AsyncCollection[Any], kept: Sequence[Any], told: Callable[[Any], object] = bson.encode
) -> None:
    """Let a collection hold what it held; a document that is `told` alike stays as it is."""
    before, now = _by_id(kept), _by_id(await stored.find().to_list())
    wrong = [one for one, record in now.items() if one not in before or told(record) != told(before[one])]
    if wrong:
        await stored.delete_many({"_id": {"$in": wrong}})
    if lost := [record for one, record in before.items() if one in wrong or one not in now]:
        await stored.insert_many(lost)


class Kept:
    """What a database holds, to be put back whenever something was changed."""

    def __init__(self, database: AsyncDatabase[Any], written: Written) -> None:
        self._database = database
        self._written = written
        self._records: dict[str, list[Any]] = {}

    async def keep(self) -> None:
        """From now on it is what it is now."""
        self._written.collections.clear()
        names = await self._database.list_collection_names()
        self._records = {name: await self._database[name].find().to_list() for name in names}

    async def put_back(self) -> None:
        for name in self._written.collections.copy():
            await put_back(self._database[name], self._records.get(name, []))
            self._written.collections.discard(name)


def _by_id(records: Sequence[Any]) -> dict[object, Any]:
    return {record["_id"]: record for record in records}
