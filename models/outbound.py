"""HTTP to other servers, guarded: whoever makes the gateway call an address learns nothing of the network it is in.

A host is resolved once, all its addresses have to be of the public internet, and the connection goes to one of these;
certificate and `Host` are those of the name. Nothing is redirected, no proxy of the environment is asked, and time and
size are bounded (decision 52).
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import httpx2

from models.outbound_rules import NotMade, Refused, Resolve, Rules, resolve
from models.outbound_transport import GuardedTransport

SECONDS = 10.0
MAX_BYTES = 1024**2
STREAM_SECONDS = 600.0
STREAM_BYTES = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered. Names of `headers` are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Outbound:
    """What makes guarded requests. `allowed_private_hosts` are `host` or `host:port`, lower case, as URLs name them:
    these may be anywhere, and speak HTTP without TLS. `tls` is for tests, as `resolving` is."""

    allowed_private_hosts: frozenset[str] = frozenset()
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    resolving: Resolve = field(default=resolve, repr=False)

    @property
    def rules(self) -> Rules:
        return Rules(self.allowed_private_hosts, self.resolving)

    def check(self, url: str) -> None:
        """Raise NotMade for a URL that no request is made to, whatever its host resolves to."""
        try:
            self.rules.check(httpx2.URL(url))
        except httpx2.InvalidURL as error:
            raise NotMade("This is no URL") from error

    def transport(self, *, seconds: float = STREAM_SECONDS, max_bytes: int = STREAM_BYTES) -> GuardedTransport:
        """For HTTP clients of httpx2. `seconds` is what one request may take, the end of its answer included, and
        `max_bytes` what that may hold."""
        return GuardedTransport(self.rules, self.tls or _trusted(), seconds=seconds, max_bytes=max_bytes)

    def client(self, *, seconds: float = STREAM_SECONDS, max_bytes: int = STREAM_BYTES) -> httpx2.AsyncClient:
        """A client over `transport`, as SDKs take one: it keeps connections, and is to be closed."""
        return httpx2.AsyncClient(
            transport=self.transport(seconds=seconds, max_bytes=max_bytes), trust_env=False, timeout=seconds
        )

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = SECONDS,
        max_bytes: int = MAX_BYTES,
    ) -> Answer:
        """One request and its whole answer.

        Raises httpx2.TransportError: NotMade where it is not made, Refused where its answer is not read,
        TimeoutException after `timeout` seconds in all, and others where no connection comes about.
        """
        async with self.client(seconds=timeout, max_bytes=max_bytes) as client:
            try:
                answer = await client.request(method, url, headers=headers, content=body)
            except httpx2.InvalidURL as error:
                raise NotMade("This is no URL") from error
            return Answer(answer.status_code, dict(answer.headers.items()), answer.content)


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that this machine trusts; to read them takes 50 ms."""
    return httpx2.create_ssl_context()


__all__ = ["Answer", "GuardedTransport", "NotMade", "Outbound", "Refused"]
