"""The pipes between a gateway and its processes of agents: what happens in one is heard in the others.

They carry the messages of the bus where that is in memory, several in a line.
"""

import asyncio
import os
from asyncio import StreamReader
from typing import Protocol

from realtime.bus import Bus

BREAK = "\x1e"
"""Between the messages of a line."""
MAX_LINE = 8 * 1024 * 1024
MAX_WAITING = 16 * 1024 * 1024
"""Bytes that wait for a process that does not read; beyond it what is told is dropped, as any hint may be."""


class Transport(Protocol):
    """Where lines are written."""

    def write(self, data: bytes) -> None: ...

    def get_write_buffer_size(self) -> int: ...


async def relay(bus: Bus, lines: StreamReader, transport: Transport) -> None:
    """Let a bus hear what comes, and send what it tells, until the other end has gone."""

    def send(together: str) -> None:
        if transport.get_write_buffer_size() < MAX_WAITING:
            transport.write(together.replace("\n", BREAK).encode() + b"\n")

    leave = bus.branch(send)
    try:
        while line := await lines.readline():
            bus.hear(line.decode().rstrip("\n").replace(BREAK, "\n"), send)
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
