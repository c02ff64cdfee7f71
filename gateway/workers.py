"""Several worker processes behind one listening socket: started, watched, replaced and ended by a parent.

The parent owns the socket and the embedded database, and serves nothing itself. A worker that dies, or no longer
answers, is replaced, and its socket goes on, since all of them accept from the same one.
"""

import asyncio
import contextlib
import logging
import os
import pickle
import shutil
import signal
import socket
import sys
import tempfile
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from gateway.database import connect, open_url
from gateway.serve_error import ServeError
from gateway.settings import Settings
from gateway.worker import BEAT_SECONDS, READY, Order

METRICS_DIR = "PROMETHEUS_MULTIPROC_DIR"
START_SECONDS = 120.0
STOP_SECONDS = 25.0
"""More than a worker takes to close its streams, to end its requests, and to leave the database."""
HEALTHY_SECONDS = 10.0
"""How long a worker must have served for its next death to count as the first of a series."""
SILENT_SECONDS = 2 * BEAT_SECONDS
SILENCES = 3
"""How often in a row a worker has to be silent for so long: a parent that was stopped itself finds its time up before
it has read what was said meanwhile."""
BACKOFF_SECONDS = (0.05, 0.5, 1.0, 2.0, 5.0)

log = logging.getLogger("orrery.workers")


def serve(
    settings: Settings, sockets: Sequence[socket.socket], ready: Callable[[Settings], None], *, access_log: bool
) -> None:
    """Serve with `settings.workers` processes until SIGINT or SIGTERM; `ready` is called once all of them answer.

    Raises `ServeError` or `DatabaseError`, when nothing is left running.
    """
    asyncio.run(Workers(settings, sockets, access_log).run(ready))


class Workers:
    """The workers of one gateway."""

    def __init__(self, settings: Settings, sockets: Sequence[socket.socket], access_log: bool) -> None:
        self._settings = settings
        self._sockets = sockets
        self._access_log = access_log
        self._processes: set[Process] = set()
        self._stop = asyncio.Event()
        self._metrics = ""
        self._order = b""

    async def run(self, ready: Callable[[Settings], None]) -> None:
        """Start them, and keep them running until a signal says otherwise."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, self._told_to_stop, name)
        self._metrics = tempfile.mkdtemp(prefix="orrery-metrics-")
        try:
            async with open_url(self._settings) as url:
                settings = replace(self._settings, mongodb_url=url)
                # Once for all of them: the server is looked at, and the database migrated where that is left to us.
                await (await connect(self._settings, url=url)).close()
                files = tuple(listener.fileno() for listener in self._sockets)
                self._order = pickle.dumps(Order(settings, files, self._access_log))
                await self._supervise(lambda: ready(self._settings))
        finally:
            shutil.rmtree(self._metrics, ignore_errors=True)

    def _told_to_stop(self, name: signal.Signals) -> None:
        if self._stop.is_set() and name is signal.SIGINT:
            for process in self._processes:
                _send(process, signal.SIGKILL)
        self._stop.set()

    async def _supervise(self, ready: Callable[[], None]) -> None:
        tasks: list[asyncio.Task[None]] = []
        stopped = asyncio.create_task(self._stop.wait())
        try:
            starting = asyncio.gather(*(self._start() for _ in range(self._settings.workers)))
            both: list[asyncio.Future[Any]] = [starting, stopped]
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if not starting.done():
                starting.cancel()
                return
            tasks = [asyncio.create_task(self._keep(process), name="worker") for process in starting.result()]
            ready()
            await stopped
        finally:
            for task in [stopped, *tasks]:
                task.cancel()
            await asyncio.wait([stopped, *tasks])
            # Together, so that the last one has as much time as the first.
            await asyncio.gather(*(self._end(process) for process in list(self._processes)))

    async def _start(self) -> Process:
        """A worker that answers requests. Raises `ServeError` with what it says in its place."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gateway.worker",
            env={**os.environ, METRICS_DIR: self._metrics},
            stdin=PIPE,
            stdout=PIPE,
            pass_fds=[listener.fileno() for listener in self._sockets],
            # Ctrl-C reaches every process of the terminal's group; the parent says when a worker has to end.
            start_new_session=True,
        )
        self._processes.add(process)
        line = b""
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(START_SECONDS):
                orders = cast(StreamWriter, process.stdin)
                orders.write(self._order)
                await orders.drain()
                line = await cast(StreamReader, process.stdout).readline()
        if line.decode().strip() != READY:
            await self._end(process)
            raise ServeError(line.decode().strip() or "A worker could not start.")
        return process

    async def _keep(self, process: Process) -> None:
        """Replace a worker whenever it has ended, or hangs."""
        clock = asyncio.get_running_loop().time
        failures = 0
        while True:
            began = clock()
            status = await _end_of(process)
            self._forget(process)
            log.error("worker %d ended (status %d); another one takes its place", process.pid, status)
            if clock() - began > HEALTHY_SECONDS:
                failures = 0
            while True:
                await asyncio.sleep(BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS) - 1)])
                failures += 1
                try:
                    process = await self._start()
                    break
                except (ServeError, OSError) as error:
                    log.error("a worker could not start: %s", error)
            log.warning("worker %d serves in its place", process.pid)

    async def _end(self, process: Process) -> None:
        _send(process, signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            log.error("worker %d did not stop and is killed", process.pid)
            _send(process, signal.SIGKILL)
            await process.wait()
        self._forget(process)

    def _forget(self, process: Process) -> None:
        """What it counted stays; what it held is gone."""
        self._processes.discard(process)
        for file in Path(self._metrics).glob(f"gauge_live*_{process.pid}.db"):
            file.unlink(missing_ok=True)


async def _end_of(process: Process) -> int:
    """Wait until a worker has ended, and kill one whose event loop no longer turns; its status."""
    beats = cast(StreamReader, process.stdout)
    silences = 0
    while silences < SILENCES:
        try:
            async with asyncio.timeout(SILENT_SECONDS):
                if not await beats.read(1024):
                    return await process.wait()
            silences = 0
        except TimeoutError:
            silences += 1
    log.error("worker %d no longer answers and is killed", process.pid)
    _send(process, signal.SIGKILL)
    return await process.wait()


def _send(process: Process, name: signal.Signals) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(name)
