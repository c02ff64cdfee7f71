"""A server of others, on loopback, which keeps what it is sent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Received:
    """A request: its first line, its headers by lower-case names, its body."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`statuses` are those of the next answers, the last of which stays; `body` is theirs where there is no `reply`."""

    port: int = 0
    body: bytes = b""
    reply: Callable[[Received], Awaitable[bytes]] | None = None
    statuses: list[int] = field(default_factory=lambda: [200])
    received: list[Received] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line, *rest = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            received = Received(line, headers, body)
            self.received.append(received)
            said = self.body if self.reply is None else await self.reply(received)
            status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
            head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(said)}\r\nConnection: close\r\n\r\n"
            writer.write(head.encode() + said)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def receiving(*statuses: int, body: bytes = b"") -> AsyncIterator[Receiver]:
    """A server that answers so."""
    receiver = Receiver(body=body, statuses=list(statuses) or [200])
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    async with server:
        receiver.port = server.sockets[0].getsockname()[1]
        yield receiver
