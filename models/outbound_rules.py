"""Where guarded requests may go."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import httpx2

from models.global_address import is_global

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""From a host and a port to addresses."""

PORTS = {"http": 80, "https": 443}
# As a URL has it: a name or an IPv4 address, or an IPv6 one in brackets; then a port, or any.
_HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?")


class Refused(httpx2.TransportError):
    """A request that is not made, or an answer that is not read. What it says names no address."""


class NotMade(Refused):
    """A request of which nothing was sent."""


def parse_hosts(text: str) -> frozenset[str]:
    """Hosts with commas, each with a port or for all of its ports. Raises ValueError."""
    hosts = frozenset(part.strip().lower() for part in text.split(",") if part.strip())
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise ValueError(f"must be hosts such as localhost:8080, with commas, not {host!r}")
    return hosts


async def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host, as the machine's resolver tells them. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Rules:
    """Which URLs may be called, and by which addresses."""

    allowed_private_hosts: frozenset[str]
    resolve: Resolve

    def check(self, url: httpx2.URL) -> None:
        """Raise NotMade for a URL that is not called, whatever its host resolves to."""
        if url.scheme not in PORTS or not url.host:
            raise NotMade("Only https:// URLs are called")
        if url.userinfo:
            raise NotMade("A URL with a user name or a password is not called")
        if url.scheme == "http" and not self._is_allowed(url.host, url.port or PORTS["http"]):
            raise NotMade("Only https:// URLs are called, but for the hosts of ORRERY_ALLOWED_PRIVATE_HOSTS")

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """Where to connect to for a host. Raises OSError where it has no address, NotMade where one of them is not of
        the public internet and the host is not allowed to be elsewhere."""
        found = await self.resolve(host, port)
        if not found:
            raise OSError("The host has no address")
        if not self._is_allowed(host, port) and not all(map(is_global, found)):
            # Never the address itself, which would tell of the network that the gateway is in.
            raise NotMade("The host is not on the public internet, nor in ORRERY_ALLOWED_PRIVATE_HOSTS")
        return found

    def _is_allowed(self, host: str, port: int) -> bool:
        name = f"[{host}]" if ":" in host else host
        return not self.allowed_private_hosts.isdisjoint((name, f"{name}:{port}"))
