"""The embedded database: one supervised child process per data folder, on loopback, with a password.

SecantusDB is GPL-2.0, so it stays a process of its own (`gateway/embedded_child.py`), reached over its wire protocol
like any MongoDB server.
"""

import asyncio
import contextlib
import importlib.util
import logging
import os
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import IO, cast
from urllib.parse import quote

from gateway.embedded_version import OtherVersionError, check_version
from gateway.locking import LockedError, PidLock, end_holder, holder
from gateway.secret_file import kept_secret
from gateway.settings import DEFAULT_DATABASE, make_data_dir

CHILD = Path(__file__).with_name("embedded_child.py")
USER = "orrery"
PORT_FILE = "db.port"
START_SECONDS = 60.0
SLOW_SECONDS = 5.0
STOP_SECONDS = 12.0
# How long a child must have served for its next death to count as the first of a series.
HEALTHY_SECONDS = 10.0
BACKOFF_SECONDS = (0.05, 0.2, 0.5, 1.0, 2.0, 5.0)
LOG_BYTES = 10 * 1024 * 1024

log = logging.getLogger("orrery.embedded")


class EmbeddedError(Exception):
    """The embedded database cannot be had; the message is one sentence for the person who starts the gateway."""


class EmbeddedDatabase:
    """Owns the data folder and the database process over it.

    A child that dies is started again on the same port, so that the driver's clients reconnect by themselves. The
    folder keeps: `db/` (the data), `db.version` (what wrote it), `db.log`, `db.password` (mode 600), `db.port` while it
    runs, and two lock files with a pid, `gateway.pid` (the owner) and `db.pid` (the child).
    """

    def __init__(self, data_dir: Path) -> None:
        self._dir = data_dir.absolute()
        self._lock: PidLock | None = None
        self._process: Process | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self._password = ""
        self._port = 0
        self._started_at = 0.0

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def begin(self) -> None:
        """Start the process of the database, and wait for nothing that it does.

        Raises `EmbeddedError` where another gateway owns the folder, or where SecantusDB is not installed or another
        version than the one that wrote the folder; `SettingsError` where the folder cannot be used.
        """
        if importlib.util.find_spec("secantus") is None:
            raise EmbeddedError(
                "The embedded database is not installed: run pip install 'orrery[embedded]', or let "
                "ORRERY_MONGODB_URL name a MongoDB replica set."
            )
        make_data_dir(self._dir)
        try:
            self._lock = PidLock.acquire(self._dir / "gateway.pid")
        except LockedError as error:
            owner = f"process {error.pid}" if error.pid else "another process"
            raise EmbeddedError(
                f"The data folder {self._dir} is in use by {owner}: stop it first, or let ORRERY_DATA_DIR name "
                "another folder."
            ) from error
        try:
            check_version(self._dir)
            self._password = kept_secret(self._dir / "db.password")
            if stale := await end_holder(self._dir / "db.pid"):
                log.warning("ended the database process %d, left behind by a gateway that was killed", stale)
            await self._spawn()
        except OtherVersionError as error:
            await self.stop()
            raise EmbeddedError(str(error)) from error
        except BaseException:
            await self.stop()
            raise

    async def start(self) -> str:
        """Begin, where that was not done, and return the URL (with the password) once connections are accepted.

        Raises as `begin` does, and `EmbeddedError` where the process does not come up.
        """
        if self._process is None:
            await self.begin()
        if self._supervisor is None:
            try:
                process = await self._accepting()
            except BaseException:
                await self.stop()
                raise
            self._supervisor = asyncio.create_task(self._supervise(process), name="embedded-database")
            (self._dir / PORT_FILE).write_text(f"{self._port}\n", encoding="ascii")
        return _url(self._password, self._port)

    async def stop(self) -> None:
        """Stop the child and give the folder up; may be called again, or after a failed start."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._supervisor
            self._supervisor = None
        await self._end_child()
        if self._lock is not None:
            (self._dir / PORT_FILE).unlink(missing_ok=True)
            self._lock.release()
            self._lock = None

    async def _spawn(self) -> None:
        with self._open_log() as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",  # keeps this folder, whose modules are not the child's, off its import path
                str(CHILD),
                f"--data={self._dir / 'db'}",
                f"--pid-file={self._dir / 'db.pid'}",
                f"--user={USER}",
                f"--password-file={self._dir / 'db.password'}",
                f"--port={self._port}",
                cwd=self._dir,
                stdin=PIPE,
                stdout=PIPE,
                stderr=output,
                # Ctrl-C reaches every process of the terminal's group; the gateway must be done before its database.
                start_new_session=True,
            )

    async def _accepting(self) -> Process:
        """The process, once it accepts connections. Raises `EmbeddedError`."""
        process = cast(Process, self._process)
        line = await _first_line(process)
        if not line.isdigit():
            how = f"did not start within {START_SECONDS:.0f} seconds" if process.returncode is None else "did not start"
            await self._end_child()
            raise EmbeddedError(f"The embedded database {how}: see {self._dir / 'db.log'}.")
        self._port = int(line)
        self._started_at = asyncio.get_running_loop().time()
        return process

    async def _supervise(self, process: Process) -> None:
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            status = await process.wait()
            log.error("the database process ended (status %d)", status)
            if loop.time() - self._started_at > HEALTHY_SECONDS:
                failures = 0
            while True:
                delay = BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS) - 1)]
                failures += 1
                log.warning("starting the database process again in %.2f s", delay)
                await asyncio.sleep(delay)
                try:
                    await self._spawn()
                    process = await self._accepting()
                    break
                except (EmbeddedError, OSError) as error:
                    log.error("%s", error)
            log.warning("the database process serves again (pid %d, port %d)", process.pid, self._port)

    async def _end_child(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        cast(StreamWriter, process.stdin).close()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            log.error("the database process %d did not stop and is killed", process.pid)
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _open_log(self) -> IO[bytes]:
        path = self._dir / "db.log"
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size > LOG_BYTES:
                os.replace(path, path.with_suffix(".log.1"))
        return open(path, "ab", opener=_private)


def running_url(data_dir: Path) -> str | None:
    """The URL of the database of a gateway that runs over a data folder; None where none does, or it is starting."""
    if holder(data_dir / "gateway.pid") is None:
        return None
    try:
        port = int((data_dir / PORT_FILE).read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None
    return _url(kept_secret(data_dir / "db.password"), port)


def _url(password: str, port: int) -> str:
    return f"mongodb://{USER}:{quote(password, safe='')}@127.0.0.1:{port}/{DEFAULT_DATABASE}?authSource=admin"


async def _first_line(process: Process) -> str:
    """What the child says once it serves; nothing where it has ended, or has not come up in time."""
    telling = asyncio.get_running_loop().call_later(
        SLOW_SECONDS, log.warning, "the embedded database is slow to start; waiting for up to %d seconds", START_SECONDS
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            line = await cast(StreamReader, process.stdout).readline()
            if not line:
                await process.wait()
    except TimeoutError:
        line = b""
    finally:
        telling.cancel()
    return line.decode(errors="replace").strip()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
