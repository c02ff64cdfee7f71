"""A client that costs next to nothing: prepared bytes over a kept connection, so the server is what is measured."""

import asyncio
from collections.abc import Mapping
from time import perf_counter
from types import MappingProxyType
from urllib.parse import urlsplit

import orjson


class Wire:
    """One connection to a server that answers with a Content-Length."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        self._reader = reader
        self._writer = writer
        self._head = head

    @classmethod
    async def open(cls, url: str, path: str, token: str, headers: Mapping[str, str] = MappingProxyType({})) -> "Wire":
        """A connection for JSON posts to one path; an empty token sends none. `headers` are sent besides."""
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=2**24)
        head = (
            f"POST {path} HTTP/1.1\r\nhost: {parts.netloc}\r\n"
            + (f"authorization: Bearer {token}\r\n" if token else "")
            + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            + "content-type: application/json\r\ncontent-length: "
        )
        return cls(reader, writer, head.encode())

    async def post(self, body: bytes) -> tuple[bytes, float]:
        """The answer's body, and the milliseconds until all of it was here. Raises RuntimeError for a failure."""
        start = perf_counter()
        self._writer.write(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))
        head = await self._reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next(int(line[15:]) for line in lines if line.startswith(b"content-length:"))
        answer = await self._reader.readexactly(length)
        spent = (perf_counter() - start) * 1000
        if b" 20" not in lines[0] or "errors" in orjson.loads(answer):
            raise RuntimeError(f"{lines[0]!r}: {answer[:500]!r}")
        return answer, spent

    def close(self) -> None:
        self._writer.close()
