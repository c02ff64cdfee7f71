"""Locks between processes: a file that one living process holds, with its pid inside."""

import asyncio
import contextlib
import fcntl
import os
import signal
from pathlib import Path
from typing import IO, Self

STALE_STOP_SECONDS = 3.0
_POLL_SECONDS = 0.02
_SETTLE_SECONDS = 0.1


class LockedError(Exception):
    """Another process holds the file; `pid` is its number, or `None` where it has not written it yet."""

    def __init__(self, pid: int | None) -> None:
        super().__init__(f"held by process {pid}")
        self.pid = pid


class PidLock:
    """An advisory lock on a file (`flock`), which the system releases however its holder ends."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    @classmethod
    def acquire(cls, path: Path) -> Self:
        """Take the lock and write this process's pid; raises `LockedError` at once where it is held."""
        file = open(path, "a+", encoding="ascii")  # noqa: SIM115
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = _read_pid(file)
            file.close()
            raise LockedError(pid) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        return cls(file)

    def release(self) -> None:
        self._file.close()


def holder(path: Path) -> int | None:
    """The pid of the living process that holds `path`, or `None`."""
    if not path.exists():
        return None
    with open(path, "a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read_pid(file)
        return None


async def end_holder(path: Path) -> int | None:
    """End the process that holds `path`, by SIGTERM and then by SIGKILL; returns its pid, or `None` if none did."""
    first = pid = holder(path)
    if pid is not None:
        # A process that has just taken the lock may not have replaced the pid of an earlier holder yet.
        await asyncio.sleep(_SETTLE_SECONDS)
        first = pid = holder(path)
    for name in (signal.SIGTERM, signal.SIGKILL):
        if pid is None:
            break
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, name)
        deadline = asyncio.get_running_loop().time() + STALE_STOP_SECONDS
        while (pid := holder(path)) is not None and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(_POLL_SECONDS)
    return first


def _read_pid(file: IO[str]) -> int | None:
    file.seek(0)
    text = file.read(20)
    return int(text) if text.isdigit() else None
