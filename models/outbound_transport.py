"""The guarded way of HTTP clients of httpx2 to the network."""

import asyncio
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from typing import cast

import httpcore2
import httpx2

from models.outbound_rules import Refused, Rules

MAX_ADDRESSES = 4
"""Of a host's addresses, how many are tried."""
CONNECT_SECONDS = 5.0
"""That one address may take."""
MAX_CONNECTIONS = 100
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class PinnedBackend(httpcore2.AsyncNetworkBackend):
    """Connects to the addresses that the rules have seen, and resolves nothing itself: a name that resolves otherwise
    by the next moment leads nowhere else."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._rules.addresses(host, port)
                return await self._connect(addresses[:MAX_ADDRESSES], port, socket_options)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout("The host does not answer") from error
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError("The host cannot be found") from error

    async def _connect(
        self, addresses: Iterable[str], port: int, options: Iterable[httpcore2.SOCKET_OPTION] | None
    ) -> httpcore2.AsyncNetworkStream:
        failed: Exception | None = None
        for address in addresses:
            try:
                return await self._network.connect_tcp(address, port, CONNECT_SECONDS, socket_options=options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise httpcore2.ConnectError("The host cannot be reached") from failed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Requests that are within the rules. One may take `seconds` and answer `max_bytes`, as they come: an answer that
    is compressed is not read, as nobody knows how much it holds."""

    def __init__(self, rules: Rules, tls: ssl.SSLContext, *, seconds: float, max_bytes: int) -> None:
        self._rules, self._seconds, self._max_bytes = rules, seconds, max_bytes
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=MAX_CONNECTIONS,
            keepalive_expiry=5.0,
            network_backend=PinnedBackend(rules),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self._rules.check(request.url)
        request.headers["accept-encoding"] = "identity"
        deadline = asyncio.get_running_loop().time() + self._seconds
        url = request.url
        asked = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=cast("AsyncIterable[bytes]", request.stream),
            # Nobody chooses whose certificate it is.
            extensions={name: value for name, value in request.extensions.items() if name != "sni_hostname"},
        )
        with _as_of_httpx():
            async with asyncio.timeout_at(deadline):
                answer = await self._pool.handle_async_request(asked)
        body = BoundedStream(answer, deadline, self._max_bytes)
        response = httpx2.Response(answer.status, headers=answer.headers, stream=body)
        refusal = self._refusal(response)
        if refusal is not None:
            await body.aclose()
            raise refusal
        return response

    def _refusal(self, response: httpx2.Response) -> Refused | None:
        if response.status_code in REDIRECTS:
            return Refused("The answer is a redirect, which is not followed")
        if response.headers.get("content-encoding", "identity") != "identity":
            return Refused("The answer is compressed, which was not asked for")
        length = response.headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length) > self._max_bytes:
            return _too_large(self._max_bytes)
        return None

    async def aclose(self) -> None:
        await self._pool.aclose()


class BoundedStream(httpx2.AsyncByteStream):
    """The body of an answer, up to a moment and a size. Who begins anew goes on: SDKs read the end of a stream so."""

    def __init__(self, answer: httpcore2.Response, deadline: float, max_bytes: int) -> None:
        self._answer, self._deadline, self._left = answer, deadline, max_bytes
        self._max_bytes = max_bytes
        self._parts = answer.aiter_stream()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            with _as_of_httpx():
                async with asyncio.timeout_at(self._deadline):
                    part = await anext(self._parts, None)
            if part is None:
                return
            self._left -= len(part)
            if self._left < 0:
                raise _too_large(self._max_bytes)
            yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


def _too_large(max_bytes: int) -> Refused:
    return Refused(f"The answer is longer than {max_bytes} bytes")


@contextmanager
def _as_of_httpx() -> Iterator[None]:
    """Failures of the connection as clients of httpx2 know them, where they have the same names."""
    try:
        yield
    except TimeoutError as error:
        raise httpx2.ReadTimeout("The answer takes too long") from error
    except httpx2.HTTPError:
        raise
    except Exception as error:
        known = getattr(httpx2, type(error).__name__, None)
        if type(error).__module__.startswith("httpcore2") and known is not None:
            raise known(str(error)) from error
        raise
