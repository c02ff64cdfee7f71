"""The processes of agents: started where a language model is configured, watched, and replaced when they end."""

import asyncio
import contextlib
import logging
import signal
import sys
from asyncio import StreamReader, StreamWriter
from asyncio.subprocess import PIPE, Process
from dataclasses import replace
from datetime import timedelta
from typing import cast
from uuid import uuid4

from gateway.agent_pipe import MAX_LINE, Take, listen, relay, untaken
from gateway.agent_process import Order
from gateway.settings import Settings
from models.reach import unexpected
from realtime.background import end
from realtime.bus import Bus
from realtime.lease import hold, holding
from resolvers.mission.run import due_runs, let_go

STOP_SECONDS = 10.0
HEALTHY_SECONDS = 10.0
"""How long a process must have worked for its next death to count as the first of a series."""
LEASE = timedelta(seconds=10)
"""Of several workers, after which another one has the processes."""
LOOK = 1.0
"""Seconds between the looks for missions, while there are no processes."""
REST = 1.0
"""Seconds after which a gateway that is alone goes on after what nobody thought of."""
BACKOFF_SECONDS = (0.05, 0.5, 2.0, 10.0, 30.0)

log = logging.getLogger("orrery.agents")


class AgentProcesses:
    """Those of one gateway, over its database and its bus: messages of a bus in memory are relayed to them and back."""

    def __init__(self, settings: Settings, url: str, bus: Bus, take: Take = untaken, *, alone: bool = True) -> None:
        """Where a gateway is not `alone`, one of its workers has the processes, as long as it holds the lease. `take`
        is told what they count."""
        self._take = take
        self._settings = replace(settings, mongodb_url=url)
        self._bus = bus
        self._is_relayed = settings.bus.startswith("memory")
        self._alone = alone
        self._stopping = asyncio.Event()
        self._name = uuid4().hex
        self._keeping: list[asyncio.Task[None]] = []
        self._processes: set[Process] = set()

    @property
    def pids(self) -> set[int]:
        """The process ids of those that there are."""
        return {process.pid for process in self._processes}

    async def start(self) -> None:
        if self._settings.models:
            names = range(self._settings.agent_processes)
            self._keeping = [asyncio.create_task(self._keep(f"agents-{name}"), name="agents") for name in names]

    async def stop(self) -> None:
        """End them; what they work on goes on elsewhere, or after the next start."""
        self._stopping.set()
        await asyncio.gather(*(_end(process) for process in list(self._processes)))
        for keeping in self._keeping:
            await end(keeping)
        self._keeping = []

    async def _keep(self, work: str) -> None:
        while not self._stopping.is_set():
            try:
                await self._wanted()
                if self._alone:
                    await self._go_on()
                elif await hold(work, self._name, LEASE):
                    async with holding(work, self._name, LEASE):
                        await self._go_on()
            except Exception as error:
                log.warning("the processes of agents wait; trying again", exc_info=unexpected(error))
            await asyncio.sleep(REST if self._alone else LEASE.total_seconds())

    async def _wanted(self) -> None:
        """Where an operator has named models: at once. Else there is the demo's alone: once it has something to do."""
        while self._settings.models.default is None:
            if await due_runs(1):
                return
            await asyncio.sleep(LOOK)

    async def _go_on(self) -> None:
        clock = asyncio.get_running_loop().time
        failures = 0
        while not self._stopping.is_set():
            began, holder = clock(), uuid4().hex
            try:
                status = await self._run(holder)
            except OSError as error:
                log.error("a process of agents could not start: %s", error)
            else:
                if self._stopping.is_set():
                    return
                log.error("a process of agents ended (status %d); another one takes its place", status)
                await self._give_up(holder)
            failures = 0 if clock() - began > HEALTHY_SECONDS else failures
            await asyncio.sleep(BACKOFF_SECONDS[min(failures, len(BACKOFF_SECONDS) - 1)])
            failures += 1

    async def _run(self, holder: str) -> int:
        """One process from its start to its end; its status."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "gateway.agent_process",
            stdin=PIPE,
            stdout=PIPE,
            limit=MAX_LINE,
            # Ctrl-C reaches every process of the terminal's group; the gateway says when this one has to end.
            start_new_session=True,
        )
        self._processes.add(process)
        try:
            orders = cast(StreamWriter, process.stdin)
            orders.write(Order(self._settings, holder, self._is_relayed).sent())
            await orders.drain()
            lines = cast(StreamReader, process.stdout)
            if self._is_relayed:
                await relay(self._bus, lines, orders.transport, self._take)
            else:
                await listen(lines, lambda _: None, self._take)
            return await process.wait()
        finally:
            await _end(process)
            self._processes.discard(process)

    async def _give_up(self, holder: str) -> None:
        """Let others go on with what a process worked on that is no more, before its leases end."""
        with contextlib.suppress(Exception):
            await let_go(holder, lost=True)


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
