"""Keeps the latest of a gateway process's log in the database and in a file, and sends it to a collector where one is
set."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from gateway.log_file import LogFile
from gateway.log_text import entry_of
from gateway.waiting import Waiting, write_waiting
from models import LogEntry
from models.base import collection
from models.records import LogEntryRecord
from realtime.loop import NONE, Loop, Rest
from resolvers.installation.log_export import Exporting, exporting, send_entries
from resolvers.kit.context import Services

log = logging.getLogger("orrery.log")

SOURCES = ("orrery", "uvicorn.error")
KEPT = 10_000
"""Entries that are kept, of all processes together."""
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how often what waits is kept or sent, how long to rest after a failure, how often what is too much is
    taken away and the settings are read, and how long stopping waits."""

    write: float = 1.0
    after_failure: float = 5.0
    trim: float = 60.0
    settings: float = 5.0
    stop: float = 2.0


class _Handler(logging.Handler):
    """Hands lines on, from whichever thread they come. It never waits and never fails."""

    def __init__(self, take: Callable[[LogEntryRecord], None]) -> None:
        super().__init__(logging.INFO)
        self._take = take

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._take(entry_of(record))
        except Exception:
            self.handleError(record)


class LogKeeper:
    """That of one process. `drop` is told how many entries are not sent, as their collector is too slow or away."""

    def __init__(self, services: Services, drop: Callable[[int], None], *, pace: Pace | None = None) -> None:
        self._services = services
        self._drop = drop
        self._pace = pace or Pace()
        self.kept, self.sent = Waiting[LogEntryRecord](), Waiting[LogEntryRecord]()
        self._file = None if services.log_dir is None else LogFile(services.log_dir)
        self._export: Exporting | None = None
        self._is_away = False
        self._asked = self._trimmed = float("-inf")
        self._handler = _Handler(self._take)
        rest = Rest(self._pace.after_failure)
        self._loops = [
            Loop(name, work, log=log, told=told, after_failure=rest, patience=self._pace.stop)
            for name, work, told in (
                ("log-keeper", self._keep, "the log could not be kept; trying again"),
                ("log-export", self._send, "the log could not be sent; trying again"),
            )
        ]

    async def start(self) -> None:
        for source in SOURCES:
            logging.getLogger(source).addHandler(self._handler)
        for loop in self._loops:
            loop.start()

    async def stop(self) -> None:
        """Finish what is being written, and stop."""
        for source in SOURCES:
            logging.getLogger(source).removeHandler(self._handler)
        await asyncio.gather(*(loop.stop() for loop in self._loops))

    @property
    def is_exporting(self) -> bool:
        """Whether what is logged is sent."""
        return self._export is not None

    def _take(self, entry: LogEntryRecord) -> None:
        self.kept.add(entry)
        if self._export is not None and self._export.takes(entry):
            dropped = self.sent.dropped
            self.sent.add(entry)
            if self.sent.dropped > dropped:
                self._drop(1)
        if self._file is not None:
            self._file.write(entry)

    async def _keep(self) -> Rest:
        if not self.kept.entries:
            return Rest(self._pace.write)
        await write_waiting(LogEntry, self.kept, AT_ONCE)
        clock = asyncio.get_running_loop().time
        if clock() - self._trimmed > self._pace.trim:
            self._trimmed = clock()
            await trim()
        return NONE

    async def _send(self) -> Rest:
        clock = asyncio.get_running_loop().time
        if clock() - self._asked > self._pace.settings:
            self._export = await exporting(self._services)
            self._asked = clock()
        if self._export is None:
            self.sent.entries.clear()
            return Rest(self._pace.settings)
        if not (some := self.sent.some(AT_ONCE)):
            return Rest(self._pace.write)
        if await send_entries(self._services.outbound, self._export, some) is not None:
            if not self._is_away:  # once: each line of this log waits to be sent as well
                self._is_away = True
                log.warning("the collector of the log does not take it; it is asked again")
            return Rest(self._pace.after_failure)
        self.sent.done(len(some))
        if self._is_away:
            self._is_away = False
            log.info("the collector of the log takes it again; %d entries were dropped until now", self.sent.dropped)
        return NONE


async def trim() -> int:
    """Take away the oldest entries of too many; how many."""
    first = await collection(LogEntry).find({}, {"_id": 1}).sort("_id", -1).skip(KEPT).limit(1).to_list()
    if not first:
        return 0
    return (await collection(LogEntry).delete_many({"_id": {"$lte": first[0]["_id"]}})).deleted_count
