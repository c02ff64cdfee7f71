"""Running a command where it reaches a folder and nothing else: bubblewrap, with namespaces of its own.

No network, no file of the machine but programs and libraries, nothing that goes on afterwards: with the first process
of its process namespace every other one ends, whatever it did to get away.
"""

import asyncio
import json
import os
import shutil
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from resolvers.machine.work import FOLDERS
from resolvers.script.disk import Disk

PROGRAM: Final = "bwrap"
SECONDS = 600.0
MAX_PROCESSES = 256
MAX_OPEN_FILES = 1024
MAX_FILE = 1024**3
MAX_MEMORY = 4 * 1024**3
"""Bytes that one process has for its data; addresses that runtimes reserve and never use are not counted."""
TEMPORARY = 256 * 1024**2
SHARED = 64 * 1024**2
_LOOK_EVERY = 0.1
_MEASURE_EVERY = 1.0
_PIECE = 64 * 1024
_LINKED = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")
_READ = ("/etc/alternatives", "/etc/ld.so.cache", "/etc/ssl/certs", "/etc/localtime")
_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/tmp",  # noqa: S108 - the sandbox's own
    "TMPDIR": "/tmp",  # noqa: S108
    "LANG": "C.UTF-8",
    "CI": "true",
}
INSIDE = "/work"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: by itself with a code, or, as `reason` says, for something else."""

    exit_code: int | None
    reason: str | None = None


def is_there() -> bool:
    """Whether the sandbox's program is installed."""
    return shutil.which(PROGRAM) is not None and shutil.which("prlimit") is not None


def arguments(command: str, folder: Path, info: int) -> Sequence[str]:
    """What starts the command in the sandbox; `info` is a descriptor that it says the first process's id to."""
    system = ["--ro-bind", "/usr", "/usr"]
    for name in _LINKED:
        path = f"/{name}"
        if os.path.islink(path):
            system += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            system += ["--ro-bind", path, path]
    for path in _READ:
        system += ["--ro-bind-try", path, path]
    given = [part for name, value in _ENVIRONMENT.items() for part in ("--setenv", name, value)]
    return [
        *(
            "nice",
            "-n",
            "10",
            PROGRAM,
            "--unshare-user",
            "--unshare-all",
            "--disable-userns",
            "--die-with-parent",
            "--new-session",
        ),
        *("--uid", "1000", "--gid", "1000", "--hostname", "sandbox", "--cap-drop", "ALL", "--clearenv"),
        *given,
        *system,
        *("--proc", "/proc", "--dev", "/dev", "--size", str(SHARED), "--perms", "1777", "--tmpfs", "/dev/shm"),  # noqa: S108
        *("--size", str(TEMPORARY), "--perms", "1777", "--tmpfs", "/tmp"),  # noqa: S108
        *("--bind", str(folder), INSIDE, "--chdir", INSIDE),
        # What the sandbox is put together in is memory, without a bound.
        *("--remount-ro", "/dev", "--remount-ro", "/", "--info-fd", str(info), "--"),
        *("prlimit", f"--nproc={MAX_PROCESSES}", f"--nofile={MAX_OPEN_FILES}", f"--fsize={MAX_FILE}"),
        *(f"--data={MAX_MEMORY}", "--core=0", "--", "/bin/sh", "-c", command),
    ]


async def run(
    command: str,
    folder: Path,
    take: Callable[[bytes], Awaitable[None]],
    stop: asyncio.Event,
    *,
    seconds: float = SECONDS,
) -> Ended:
    """Run a command in a folder, and hand on what it writes. It ends, with all that it began, when `stop` is set, when
    its time is over, when it has too many processes or takes too much of the disk, and when whoever awaits this is
    cancelled."""
    reading, writing = os.pipe()
    first = _First(reading)
    try:
        process = await _begin(arguments(command, folder, writing), writing, first)
        handing = asyncio.create_task(_hand_on(process, take))
        watching = [asyncio.create_task(_watch(first, stop, seconds)), asyncio.create_task(_measure(folder))]
        try:
            await asyncio.wait((handing, *watching), return_when=asyncio.FIRST_COMPLETED)
            reason = next((watch.result() for watch in watching if watch.done()), None)
            if reason is not None:
                _kill(process, first)
            await handing
            code = await process.wait()
            return Ended(code if reason is None else None, reason)
        finally:
            _kill(process, first)
            for task in (handing, *watching):
                task.cancel()
            await asyncio.gather(handing, *watching, return_exceptions=True)
            await process.wait()
    finally:
        os.close(reading)


class _First:
    """The first process of the sandbox's process namespace, with which all others end. Whoever makes the namespace
    tells its id to a pipe."""

    def __init__(self, reading: int) -> None:
        os.set_blocking(reading, False)
        self._reading = reading
        self._told = b""

    def id(self) -> int | None:
        """None where it is not told yet."""
        with suppress(BlockingIOError):
            self._told += os.read(self._reading, 4096)
        with suppress(ValueError, KeyError):
            return int(json.loads(self._told)["child-pid"])
        return None

    def kill(self) -> None:
        """End it, if it is there; what has its id since, if anything has, is left alone."""
        if (process_id := self.id()) is not None:
            with suppress(FileNotFoundError, ProcessLookupError):
                if Path(f"/proc/{process_id}/comm").read_text() == f"{PROGRAM}\n":
                    os.kill(process_id, signal.SIGKILL)


async def _begin(command: Sequence[str], writing: int, first: _First) -> asyncio.subprocess.Process:
    """Start what makes the sandbox, and close the end of the pipe that is for it."""
    beginning = asyncio.create_task(
        asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=(writing,),
            env={"PATH": os.environ.get("PATH", "/usr/bin:/bin")},
            start_new_session=True,
        )
    )
    try:
        return await asyncio.shield(beginning)
    except asyncio.CancelledError:  # what is begun just then would go on by itself
        process = await beginning
        _kill(process, first)
        await process.wait()
        raise
    finally:
        os.close(writing)


def _kill(process: asyncio.subprocess.Process, first: _First) -> None:
    """End it with what it has begun: its group too, and the first process inside, as a sandbox that is still being made
    does not know yet that it is to end with the one that makes it. What stays would hold the output open."""
    if process.returncode is None:
        first.kill()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        first.kill()  # it may have been told of just then


async def _hand_on(process: asyncio.subprocess.Process, take: Callable[[bytes], Awaitable[None]]) -> None:
    if process.stdout is None:
        raise RuntimeError("the output is no pipe")
    while piece := await process.stdout.read(_PIECE):
        await take(piece)


async def _watch(first: _First, stop: asyncio.Event, seconds: float) -> str:
    """Why a command has to end."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_EVERY):
                await stop.wait()
                return "stopped"
        if loop.time() > end:
            return "time"
        if (process_id := first.id()) is not None and _processes_below(process_id) > MAX_PROCESSES:
            return "processes"


async def _measure(folder: Path) -> str:
    """Look after the disk for as long as a command leaves enough of it."""
    disk = Disk(str(folder))
    while True:
        if await FOLDERS.run(disk.is_used_up, admitted=True):
            return "disk"
        await asyncio.sleep(_MEASURE_EVERY)


def _processes_below(first: int) -> int:
    """How many processes there are below one, at least; counting ends where they are too many."""
    found, waiting = 0, [first]
    while waiting and found <= MAX_PROCESSES:
        pid = waiting.pop()
        found += 1
        try:
            for thread in os.listdir(f"/proc/{pid}/task"):
                waiting += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())
        except (OSError, ValueError):
            continue  # gone meanwhile
    return found
