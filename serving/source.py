"""Where a request comes from: the address that budgets are counted by."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import HTTPConnection

from auth.device import DEVICE_COOKIE
from auth.subject import Subject
from models.caller import work_for
from serving.key_use import leave_key

Network = IPv4Network | IPv6Network

IPV6_PREFIX = 64
"""Bits of an IPv6 address that name a source: whoever has one address has a whole network of this size."""
MAX_HOPS = 20
"""Addresses of `X-Forwarded-For` that are looked at."""


def source_of(connection: HTTPConnection, proxies: Sequence[Network] = ()) -> str | None:
    """The address of a client, or its network where that is IPv6; None where there is none, on a local socket.

    Behind one of `proxies` it is the last address of `X-Forwarded-For` that is none of them: those before it are what
    the client says of itself.
    """
    client = connection.scope.get("client")
    if not client:
        return None
    peer = _address(client[0])
    if peer is None or not proxies or not _is_inside(peer, proxies):
        return _name(client[0])
    told = ",".join(connection.headers.getlist("x-forwarded-for")).split(",")
    for hop in reversed(told[-MAX_HOPS:]):
        address = _address(hop.strip())
        if address is None:
            break
        if not _is_inside(address, proxies):
            return _name(str(address))
    return _name(client[0])


def seen(connection: HTTPConnection, subject: Subject, proxies: Sequence[Network]) -> Subject:
    """A subject as it comes with this request: the same credential may be used from several places.

    From here on this task works for it; where nobody is signed in, for the address that it comes from.
    """
    source = source_of(connection, proxies)
    work_for(subject.user_id or source)
    leave_key(connection.scope, subject)
    device = connection.cookies.get(DEVICE_COOKIE) if "cookie" in connection.headers else None
    return replace(subject, source=source, device=device)


def address_of(peer: str, proxies: Sequence[Network] = ()) -> str | None:
    """The source that a connection comes from; None for a proxy, which stands for many."""
    address = _address(peer)
    return None if address is not None and _is_inside(address, proxies) else _name(peer)


def parse_networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, with commas. Raises ValueError."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise ValueError("must be addresses or networks such as 10.0.0.0/8, with commas") from error


def _is_inside(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


@lru_cache(maxsize=10_000)
def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


@lru_cache(maxsize=10_000)
def _name(text: str) -> str:
    address = _address(text)
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), IPV6_PREFIX), strict=False))
    return text if address is None else str(address)
