"""Which pages of a browser may open a socket here."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers

_DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_allowed(headers: Headers, allowed: frozenset[str]) -> bool:
    """Tell whether a handshake comes from this host, an allowed origin or no browser at all."""
    origins = headers.getlist("origin")
    if not origins:
        return True
    if len(origins) > 1:
        return False
    origin = origins[0]
    if origin in allowed:
        return True
    try:
        ours = urlsplit(f"//{headers.get('host', '')}")
        theirs = urlsplit(origin)
        default = _DEFAULT_PORTS[theirs.scheme]
        same_port = (theirs.port or default) == (ours.port or default)
    except (ValueError, KeyError):
        return False
    return theirs.hostname is not None and theirs.hostname == ours.hostname and same_port
