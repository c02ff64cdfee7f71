"""Which addresses are of the public internet, however they are written."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")


def is_global(text: str) -> bool:
    """Whether an address, as a resolver tells it, is one that anybody may be at: no private, loopback, link-local,
    multicast or reserved one. An IPv4 address inside an IPv6 one counts as itself."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv4Address):
        return _is_global_v4(address)
    if address.scope_id is not None:
        return False
    inside = _inside(address)
    if inside is not None:
        return _is_global_v4(inside)
    return address in _UNICAST and address.is_global


def _is_global_v4(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def _inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to: mapped, by 6to4, or by a translator."""
    if address in _NAT64:
        return IPv4Address(address.packed[12:])
    return address.ipv4_mapped or address.sixtofour
