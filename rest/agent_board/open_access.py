"""Requests without a credential, where the operator lets authentication be turned off and somebody has."""

from dataclasses import dataclass
from ipaddress import ip_address

from starlette.requests import HTTPConnection

from auth.open_session import open_subject
from auth.subject import Subject
from models.errors import Forbidden
from models.reach import reachable
from serving.source import seen
from serving.transports.origin import origin_allowed

PROXIED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""What a proxy adds: it is on this machine, and those who come through it are not. One that adds none is not seen."""
OWN_SITES = ("same-origin", "none")


@dataclass(frozen=True, slots=True)
class OpenAccess:
    """Lets in whoever comes from this machine, below the `prefix` of the interface; one that is empty is nowhere.
    `allowed_origins` are of pages that may, beside the gateway's own."""

    prefix: str
    allowed_origins: frozenset[str]

    async def subject_of(self, connection: HTTPConnection) -> Subject | None:
        """Who that is; None where authentication is on, and for those of elsewhere or to elsewhere. Raises Forbidden
        for a page of another origin: a browser sends its requests from this machine too."""
        if not _is_here(connection) or not self._is_below(connection.url.path):
            return None
        with reachable():
            subject = await open_subject(connection.headers.get("user-agent"))
        if subject is None:
            return None
        if not self._is_own_page(connection):
            raise Forbidden("Authentication is off, and pages of other origins may not make use of that")
        return seen(connection, subject, ())

    def _is_below(self, path: str) -> bool:
        return bool(self.prefix) and path.startswith(f"{self.prefix}/")

    def _is_own_page(self, connection: HTTPConnection) -> bool:
        if "origin" in connection.headers:
            return origin_allowed(connection.headers, self.allowed_origins)
        return connection.headers.get("sec-fetch-site", "none") in OWN_SITES


def _is_here(connection: HTTPConnection) -> bool:
    client = connection.scope.get("client")
    if not client or any(name in connection.headers for name in PROXIED):
        return False
    try:
        return ip_address(client[0]).is_loopback
    except ValueError:
        return False
