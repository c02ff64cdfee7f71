"""Addresses of pages, as settings name them: where people find the gateway, and whose pages may call it."""

import re
from urllib.parse import urlsplit

# As a browser writes it: lower case, without a path and without the scheme's own port.
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[1-9][0-9]{0,4})?")
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*")


def parse_public_url(text: str) -> str:
    """An address without a trailing slash; raises ValueError."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("must be an http:// or https:// address without query and fragment")
    path = parts.path.rstrip("/")
    if not _PATH.fullmatch(path) or not _ORIGIN.fullmatch(origin_of(text)):
        raise ValueError("must be a host, a port where it takes one, and a path of letters, digits and - . _ ~")
    return origin_of(text) + path


def origin_of(url: str) -> str:
    """The origin of pages at an address, as a browser writes it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    own = {"http": 80, "https": 443}.get(parts.scheme)
    return f"{parts.scheme}://{host}" + ("" if parts.port in (None, own) else f":{parts.port}")


def parse_origins(text: str) -> frozenset[str]:
    """Origins with commas between them; raises ValueError."""
    origins = frozenset(part.strip() for part in text.split(",") if part.strip())
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise ValueError(f"must be origins such as https://app.example, with commas, not {origin!r}")
    return origins
