"""A client of a running gateway: REST and GraphQL over HTTP, subscriptions over graphql-transport-ws."""

import http.client
import io
import json
import secrets
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, BinaryIO, Self
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

TIMEOUT_SECONDS = 30.0
CHUNK = 64 * 1024
SUBPROTOCOL = Subprotocol("graphql-transport-ws")


class ClientError(Exception):
    """A request failed; the message is one sentence. `status` is the HTTP status where there was an answer, `code` the
    stable code of the failure where the gateway gave one."""

    def __init__(self, message: str, *, status: int | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True)
class Client:
    """Requests to the gateway at `url`, with `token` (a JWT or a personal access token) where it is set.

    No redirect is followed and no proxy used, so the token goes nowhere else.
    """

    url: str
    token: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            usable = False
        if not usable:
            raise ClientError(f"{self.url!r} is no address of a gateway, such as http://127.0.0.1:3001.")

    def signed_in(self, token: str) -> Self:
        return replace(self, token=token)

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON that a REST route answers, or None for an empty answer. Raises `ClientError`."""
        data = None
        if body is not None:
            data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=True).encode()
        return self._send(method, path, data, "application/json")

    def upload(self, path: str, name: str, file: BinaryIO, told: Callable[[int], None]) -> Any:
        """The JSON that a REST route answers to a form with one part, `file`. Raises `ClientError`.

        It is sent as it is read, from its start; `told` is the size of each piece.
        """
        boundary = secrets.token_hex(16)
        disposition = f'Content-Disposition: form-data; name="file"; filename="{name}"'
        head = f"--{boundary}\r\n{disposition}\r\n\r\n".encode()
        tail = f"\r\n--{boundary}--\r\n".encode()
        size = file.seek(0, io.SEEK_END)
        file.seek(0)

        def body() -> Iterator[bytes]:
            yield head
            while piece := file.read(CHUNK):
                yield piece
                told(len(piece))
            yield tail

        length = {"content-length": str(len(head) + size + len(tail))}
        return self._send("POST", path, body(), f"multipart/form-data; boundary={boundary}", length)

    def _send(
        self,
        method: str,
        path: str,
        data: bytes | Iterator[bytes] | None,
        media_type: str,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> Any:
        headers = {"accept": "application/json", **self._authorization(), **more}
        if data is not None:
            headers["content-type"] = media_type
        base = urlsplit(self.url)
        connection = self._connection()
        try:
            with _reached(self.url):
                # What is refused before all of it was sent is answered all the same, and the answer says why.
                with suppress(BrokenPipeError, ConnectionResetError):
                    connection.request(method, base.path.rstrip("/") + path, data, headers)
                answer = connection.getresponse()
                status, text = answer.status, answer.read()
        finally:
            connection.close()
        return _read(status, text, self.url)

    @contextmanager
    def download(self, path: str) -> Iterator[Iterator[bytes]]:
        """What a REST route answers, in chunks as they come. Raises `ClientError`, also where it breaks off."""
        base = urlsplit(self.url)
        connection = self._connection()
        try:
            with _reached(self.url):
                connection.request("GET", base.path.rstrip("/") + path, None, self._authorization())
                answer = connection.getresponse()
            if answer.status >= 400:
                _read(answer.status, answer.read(), self.url)
            yield _chunks(answer, self.url)
        finally:
            connection.close()

    def graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The `data` of an operation. Raises `ClientError` with the code of its first error."""
        answer = self.request("POST", "/graphql", {"query": query, "variables": dict(variables or {})})
        if not isinstance(answer, dict) or ("data" not in answer and "errors" not in answer):
            raise ClientError(f"What answers at {self.url} is not an Orrery gateway.")
        if answer.get("errors"):
            raise _graphql_failure(answer["errors"])
        data: dict[str, Any] = answer["data"]
        return data

    @asynccontextmanager
    async def subscribe(
        self, query: str, variables: Mapping[str, Any] | None = None
    ) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """The `data` of each event of a subscription, until the server completes it. Raises `ClientError`."""
        address = "ws" + self.url.removeprefix("http").rstrip("/") + "/graphql"
        try:
            async with connect(address, subprotocols=[SUBPROTOCOL], proxy=None) as socket:
                await socket.send(json.dumps({"type": "connection_init", "payload": self._authorization()}))
                while json.loads(await socket.recv())["type"] != "connection_ack":
                    pass
                request = {"query": query, "variables": dict(variables or {})}
                await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": request}))
                yield _told(_events(socket), self.url)
        except (OSError, WebSocketException) as error:
            raise _cut(self.url, error) from error

    def _authorization(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            return http.client.HTTPSConnection(
                host, parts.port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        return http.client.HTTPConnection(host, parts.port, timeout=TIMEOUT_SECONDS)


@contextmanager
def _reached(url: str) -> Iterator[None]:
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise ClientError(f"No gateway answers at {url}: is it running?") from error


def _chunks(answer: http.client.HTTPResponse, url: str) -> Iterator[bytes]:
    try:
        while chunk := answer.read(CHUNK):
            yield chunk
    except (OSError, http.client.HTTPException) as error:
        raise ClientError(f"The answer of {url} broke off.") from error


async def _told(events: AsyncIterator[dict[str, Any]], url: str) -> AsyncIterator[dict[str, Any]]:
    try:
        async for event in events:
            yield event
    except (OSError, WebSocketException) as error:
        raise _cut(url, error) from error


def _cut(url: str, error: Exception) -> ClientError:
    return ClientError(f"The live connection to {url} ended: {error}.")


async def _events(socket: ClientConnection) -> AsyncIterator[dict[str, Any]]:
    async for frame in socket:
        message = json.loads(frame)
        match message["type"]:
            case "next":
                payload = message["payload"]
                if payload.get("errors"):
                    raise _graphql_failure(payload["errors"])
                yield payload["data"]
            case "error":
                raise _graphql_failure(message["payload"])
            case "complete":
                return
            case "ping":
                await socket.send('{"type":"pong"}')


def _read(status: int, text: bytes, url: str) -> Any:
    try:
        answer = json.loads(text) if text else None
    except ValueError:
        answer = text
    if isinstance(answer, bytes) or not (isinstance(answer, dict | list) or answer is None):
        raise ClientError(f"What answers at {url} is not an Orrery gateway (HTTP status {status}).", status=status)
    if status < 400:
        return answer
    if isinstance(answer, dict) and answer.get("errors"):
        raise _graphql_failure(answer["errors"], status)
    known = answer if isinstance(answer, dict) else {}
    message = str(known.get("message") or f"The gateway answered with the HTTP status {status}")
    raise ClientError(message, status=status, code=known.get("code"))


def _graphql_failure(errors: list[dict[str, Any]], status: int | None = None) -> ClientError:
    first = errors[0]
    code = (first.get("extensions") or {}).get("code")
    return ClientError(str(first.get("message") or "The operation failed"), status=status, code=code)
