"""The pipes between a gateway and its processes of agents: what happens in one is heard in the others.

They carry the messages of the bus where that is in memory, several in a line; and from a process of agents what it has
counted, now and then.
"""

import asyncio
import json
import os
from asyncio import StreamReader
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from realtime.bus import Bus
from realtime.counts import Increment

COUNTED = b"\x1d"
"""Begins a line of what was counted."""
BREAK = "\x1e"
"""Between the messages of a line."""
MAX_LINE = 8 * 1024 * 1024
MAX_WAITING = 16 * 1024 * 1024
"""Bytes that wait for a process that does not read; beyond it what is told is dropped, as any hint may be."""


class Transport(Protocol):
    """Where lines are written."""

    def write(self, data: bytes) -> None: ...

    def get_write_buffer_size(self) -> int: ...


Take = Callable[[Iterable[Increment]], None]


def untaken(_increments: Iterable[Increment]) -> None:
    """What was counted is of no use to anybody."""


def counted(increments: Sequence[Increment]) -> bytes:
    """What was counted, as a line."""
    return COUNTED + json.dumps(increments).encode() + b"\n"


async def listen(lines: StreamReader, hear: Callable[[str], None], take: Take = untaken) -> None:
    """Have messages heard, and what was counted taken, until the other end has gone."""
    while line := await lines.readline():
        if line.startswith(COUNTED):
            take(json.loads(line.removeprefix(COUNTED)))
        else:
            hear(line.decode().rstrip("\n").replace(BREAK, "\n"))


async def relay(bus: Bus, lines: StreamReader, transport: Transport, take: Take = untaken) -> None:
    """Let a bus hear what comes, and send what it tells, until the other end has gone."""

    def send(together: str) -> None:
        if transport.get_write_buffer_size() < MAX_WAITING:
            transport.write(together.replace("\n", BREAK).encode() + b"\n")

    leave = bus.branch(send)
    try:
        await listen(lines, lambda together: bus.hear(together, send), take)
    finally:
        leave()


def read_exactly(file: int, size: int) -> bytes:
    """Bytes of a file descriptor, and not one more: what follows is for another reader. Raises EOFError."""
    taken = b""
    while len(taken) < size:
        part = os.read(file, size - len(taken))
        if not part:
            raise EOFError
        taken += part
    return taken


async def standard_streams() -> tuple[StreamReader, asyncio.WriteTransport]:
    """Standard input and output of this process."""
    loop = asyncio.get_running_loop()
    reader = StreamReader(limit=MAX_LINE)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(0, "rb", buffering=0))
    transport, _ = await loop.connect_write_pipe(asyncio.Protocol, os.fdopen(1, "wb", buffering=0))
    return reader, transport
