"""The HTTP protocol of the web server: uvicorn's, that sends the head and the body of an answer together.

uvicorn writes them one by one, and each write is a system call and a packet that wakes the client.
"""

import asyncio
from asyncio.transports import BaseTransport
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_HELD = 65_536
"""Bytes beyond which nothing more is held back, so that the transport's own limits slow the writer down."""


class HttpProtocol(H11Protocol):
    """One connection."""

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, TogetherTransport(cast(asyncio.Transport, transport))))

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        self.transport = cast(TogetherTransport, self.transport).bare
        super().handle_websocket_upgrade(event)


class TogetherTransport:
    """A transport on which all that is written in one turn of the event loop leaves in one write."""

    def __init__(self, bare: asyncio.Transport) -> None:
        self.bare = bare
        self._held: list[bytes] = []
        self._size = 0
        self._call_soon = asyncio.get_running_loop().call_soon
        # Asked for every request.
        self.is_closing = bare.is_closing

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bare, name)

    def write(self, data: bytes) -> None:
        if not data:
            return
        if not self._held:
            self._call_soon(self._flush)
        self._held.append(data)
        self._size += len(data)
        if self._size > MAX_HELD:
            self._flush()

    def close(self) -> None:
        self._flush()
        self.bare.close()

    def _flush(self) -> None:
        if self._held:
            self.bare.write(b"".join(self._held))
            self._held.clear()
            self._size = 0
