"""Makes backups in a gateway process, each by a process of its own. Several gateways may; each is held by one of them.

The file is of one moment of the database (`gateway.dump`), and counts once it was read back.
"""

import asyncio
import json
import logging
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from uuid import uuid4

from gateway.backup_process import Order
from gateway.dump.archive import PART
from gateway.settings import Settings
from models.reach import unexpected
from models.records import BackupRecord
from realtime.background import end
from realtime.loop import NONE, Loop, Rest
from resolvers.installation.backup import remove_file
from resolvers.installation.backup_work import (
    MAX_ATTEMPTS,
    TOO_OFTEN,
    Made,
    being_made,
    end_backup,
    go_on,
    let_go,
    prune_backups,
    take_backup,
)
from resolvers.kit.context import Services

log = logging.getLogger("orrery.backups")

FOLDER = "backups"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: how often to look without being woken, and how long a backup is held without a sign of life."""

    poll: float = 10.0
    lease: float = 30.0


class Backups:
    """The worker of one process; `url` is where the database is."""

    def __init__(self, services: Services, settings: Settings, url: str, *, pace: Pace | None = None) -> None:
        self._services = services
        self._settings = settings
        self._url = url
        self._pace = pace or Pace()
        self._lease = timedelta(seconds=self._pace.lease)
        self._holder = uuid4().hex
        self._folder = settings.data_dir / FOLDER
        self._is_tidy = False
        self._loop = Loop(
            "backups",
            self._round,
            log=log,
            told="backups wait",
            after_failure=Rest(self._pace.poll),
            due=services.backups_due,
        )

    async def start(self) -> None:
        self._loop.start()

    async def stop(self) -> None:
        """Leave what is being made to another process, or to the next start, and stop."""
        await self._loop.stop()

    async def _round(self) -> Rest:
        if not self._is_tidy:
            await self._remove_parts()
            self._is_tidy = True
        backup = await take_backup(self._holder, self._lease)
        if backup is None:
            return Rest(self._pace.poll)
        self._is_tidy = False
        outcome = TOO_OFTEN if backup["attempts"] > MAX_ATTEMPTS else await self._make(backup)
        if outcome is None:
            await let_go(backup)
            return NONE
        if isinstance(outcome, str):
            remove_file(self._services, backup["filename"])
        if not await end_backup(self._services, backup, outcome):
            return NONE
        keep, quota = self._settings.backups_kept, self._settings.backup_quota
        await prune_backups(self._services, keep=keep, quota=quota)
        return NONE

    async def _remove_parts(self) -> None:
        """Take away what processes that died have begun to write here and nobody goes on with.

        A file that is whole stays, also without a record: the database may have been restored from an earlier moment.
        """
        if parts := list(self._folder.glob("*" + PART)):
            wanted = await being_made()
            for part in parts:
                if part.name.removesuffix(PART) not in wanted:
                    part.unlink(missing_ok=True)

    async def _make(self, backup: BackupRecord) -> Made | str | None:
        """What is in the file, or why there is none; None where the process that made it died."""
        path = self._folder / backup["filename"]
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.unlink(missing_ok=True)  # of a process that died
        async with self._holding(backup), _started(Order(self._settings, self._url, path)) as process:
            line = await cast(asyncio.StreamReader, process.stdout).readline()
            status = await process.wait()
        told = json.loads(line) if line.endswith(b"\n") else {}
        if "error" in told:
            return str(told["error"])
        if status or not told:
            log.error("the process of the backup %s ended (status %d)", backup["_id"], status)
            return None
        return Made(**told)

    @asynccontextmanager
    async def _holding(self, backup: BackupRecord) -> AsyncIterator[None]:
        going_on = asyncio.create_task(self._go_on(backup), name="backup-lease")
        try:
            yield
        finally:
            await end(going_on)

    async def _go_on(self, backup: BackupRecord) -> None:
        while True:
            await asyncio.sleep(self._pace.lease / 3)
            try:
                await go_on(backup, self._lease)
            except Exception as error:
                log.warning("the lease of a backup could not be renewed; trying again", exc_info=unexpected(error))


@asynccontextmanager
async def _started(order: Order) -> AsyncIterator[Process]:
    """The process that makes a backup, ended with the block, as it ends when its standard input does."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "gateway.backup_process",
        stdin=PIPE,
        stdout=PIPE,
        # Ctrl-C reaches every process of the terminal's group; this one ends with the gateway.
        start_new_session=True,
    )
    try:
        orders = cast(asyncio.StreamWriter, process.stdin)
        orders.write(pickle.dumps(order))
        await orders.drain()
        yield process
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
