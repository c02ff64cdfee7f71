"""Where an application may have the answer to a consent sent."""

import re
from urllib.parse import urlsplit

from pydantic import AnyUrl

from models.errors import BadUserInput

MAX_LENGTH = 500
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# A scheme that a program has registered with its system; these mean something else to a browser.
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,49}")
_OF_BROWSERS = frozenset(
    {"about", "blob", "chrome", "chrome-extension", "data", "file", "filesystem", "ftp", "intent", "javascript"}
    | {"mailto", "resource", "sms", "tel", "urn", "vbscript", "view-source", "ws", "wss"}
)


def check_redirect(uri: str) -> str:
    """A redirect URI as it is; raises BadUserInput for one that no answer is sent to: over plain HTTP to another
    machine, with a fragment or a password, or of a scheme that a browser would act on itself."""
    field = "redirect_uris"
    if (
        len(uri) > MAX_LENGTH
        or not uri.isascii()
        or not uri.isprintable()
        or any(mark in uri for mark in " \\\"'<>`;,")
    ):
        raise BadUserInput("must be URIs of plain characters, 500 of them at most", field=field)
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname, parts.port
        AnyUrl(uri)  # as the protocol's handlers read it, which refuse more
    except ValueError as error:
        raise BadUserInput("must be URIs", field=field) from error
    if parts.fragment or uri.endswith("#") or parts.username is not None or parts.password is not None:
        raise BadUserInput("must have no fragment, no user name and no password", field=field)
    if not _SCHEME.fullmatch(parts.scheme) or parts.scheme in _OF_BROWSERS:
        raise BadUserInput("must be https://, http:// on this computer, or of a program's own scheme", field=field)
    if parts.scheme in ("http", "https") and not host:
        raise BadUserInput("must name a host", field=field)
    if parts.scheme == "http" and host not in LOOPBACK:
        raise BadUserInput("must be https://, but for a program on the person's own computer", field=field)
    return uri


def is_same(asked: str, registered: str) -> bool:
    """Whether an answer may go to `asked`: it is registered to the letter, but for the port of a program on the
    person's own computer, which takes whichever is free (RFC 8252, 7.3)."""
    if asked == registered:
        return True
    ours, theirs = urlsplit(registered), urlsplit(asked)
    return (
        "#" not in asked
        and theirs.scheme == ours.scheme == "http"
        and theirs.hostname == ours.hostname
        and ours.hostname in LOOPBACK
        and "@" not in theirs.netloc
        and (theirs.path or "/", theirs.query) == (ours.path or "/", ours.query)
    )


def is_on_this_computer(uri: str) -> bool:
    """Whether an answer goes to a program on the computer that the browser runs on."""
    parts = urlsplit(uri)
    return parts.scheme not in ("http", "https") or parts.hostname in LOOPBACK


def host_of(uri: str) -> str:
    """What a person is told of where an answer goes: a host, with its port where it has one, or a program's scheme."""
    parts = urlsplit(uri)
    return parts.netloc.lower() if parts.scheme in ("http", "https") else f"{parts.scheme}:"
