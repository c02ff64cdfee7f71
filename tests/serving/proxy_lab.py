"""A small reverse proxy: it hands on what it is sent, under another path and another Host, as real ones may."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

Rewrite = Callable[[list[str], str], list[str]]
"""The lines of a request's head, and the address of the gateway, to the lines that are sent on."""


def passes_all(head: list[str], _: str) -> list[str]:
    return head


def strips(prefix: str) -> Rewrite:
    """Takes the prefix of the path away."""

    def rewrite(head: list[str], _: str) -> list[str]:
        method, target, version = head[0].split(" ")
        assert target.startswith(prefix)
        return [f"{method} {target.removeprefix(prefix) or '/'} {version}", *head[1:]]

    return rewrite


def names_upstream(head: list[str], upstream: str) -> list[str]:
    """Writes the gateway's own address as Host, as nginx does unless it is told otherwise."""
    return [f"Host: {upstream}" if line.lower().startswith("host:") else line for line in head]


def drops_port(head: list[str], _: str) -> list[str]:
    """Passes the Host without its port, as `$host` of nginx is."""
    return [
        line.rpartition(":")[0] if line.lower().startswith("host:") and line.count(":") > 1 else line for line in head
    ]


@asynccontextmanager
async def proxy(upstream: str, *rewrites: Rewrite, listener: socket.socket | None = None) -> AsyncIterator[str]:
    """The address (`host:port`) of a proxy before the gateway at `upstream`, for as long as the block lasts.

    Each connection is one request, or one socket. A `listener` is given where the gateway has to know its port.
    """

    open_ones: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_serve(reader, writer, upstream, rewrites))
        open_ones.add(task)
        task.add_done_callback(open_ones.discard)

    server = await asyncio.start_server(serve, sock=listener or socket.create_server(("127.0.0.1", 0)))
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for one in open_ones:
            one.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)


async def _serve(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, upstream: str, rewrites: Sequence[Rewrite]
) -> None:
    host, port = upstream.split(":")
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
        for rewrite in rewrites:
            head = rewrite(head, upstream)
        if not any(line.lower().startswith("upgrade:") for line in head):
            head = [line for line in head if not line.lower().startswith("connection:")] + ["Connection: close"]
        answer, request = await asyncio.open_connection(host, int(port))
        try:
            request.write("\r\n".join([*head, "", ""]).encode("latin-1"))
            async with asyncio.TaskGroup() as both:
                sending = both.create_task(_hand_on(reader, request))
                await _hand_on(answer, writer)
                sending.cancel()
        finally:
            request.close()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass  # whoever has gone needs nothing more
    finally:
        writer.close()


async def _hand_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while part := await reader.read(65_536):
            writer.write(part)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
