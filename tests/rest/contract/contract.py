"""What a contract says of a route: a request and its answer, a bad input, a denial.

Requests, fields and statuses are those of the reference of the interface that the routes are compatible with, written
down by hand; where it shows no answer, or has no such route, they are what clients of ours rely on.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.rest.contract.shape import Ref
from tests.rest.contract.stage import Stage

OK = {"ok": True}
SAME = object()
"""The documented request."""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A request that is refused. What it does not say is as in the documented request."""

    status: int
    code: str
    by: Any = SAME
    sent: Any = SAME
    params: Any = SAME
    path: dict[str, Any] = field(default_factory=dict)
    at: str | None = None
    content: Any = SAME
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Then:
    """What a GET answers afterwards: a shape, or a status of its own."""

    path: str
    shape: Any
    status: int = 200


@dataclass(frozen=True, kw_only=True)
class Contract:
    """A route. `given` arranges what the world has not; `path` overrides ids of the world in the path; `gives` is the
    media type of the answer, `file` the name, the bytes and the declared type of a part of a form."""

    method: str
    route: str
    bad: Refused
    denied: Refused
    answers: Any
    status: int | None = None
    by: str | None = "owner"
    sent: Any = None
    params: dict[str, Any] | None = None
    path: dict[str, Any] = field(default_factory=dict)
    gives: str = "application/json"
    file: tuple[str, bytes, str] | None = None
    content: bytes | None = None
    headers: dict[str, Any] = field(default_factory=dict)
    given: Callable[[Stage], Awaitable[None]] | None = None
    then: tuple[Then, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.method} {self.route}"

    @property
    def wanted_status(self) -> int:
        """Creations and actions answer 201, all else 200."""
        return self.status or (201 if self.method == "POST" else 200)


def bad(field: str | None, *, sent: Any = SAME, **changed: Any) -> Refused:
    """Input that does not fit; `field` is the one at fault."""
    return Refused(status=400, code="BAD_USER_INPUT", sent=sent, at=field, **changed)


def bad_id(name: str) -> Refused:
    """Something else than an id in the path."""
    return bad(name, path={name: "nonsense"})


def without(scope: str) -> Refused:
    """With a token of the owner that lacks a scope."""
    return Refused(status=403, code="FORBIDDEN", by=f"without {scope}")


def unknown(**path: str) -> Refused:
    """What does not exist."""
    return Refused(status=404, code="NOT_FOUND", path=path)


STRANGER = Refused(status=404, code="NOT_FOUND", by="outsider")
"""Somebody of another organization: there is nothing to see."""

COLLEAGUE = Refused(status=404, code="NOT_FOUND", by="bystander")
"""Somebody of the organization who is not in the workspace."""

NOBODY = Refused(status=401, code="UNAUTHENTICATED", by=None)
MEMBER = Refused(status=403, code="FORBIDDEN", by="member")
TOKEN = Refused(status=403, code="FORBIDDEN", by="every scope")
"""A personal access token, where only the signed-in person may."""

MALFORMED = Refused(status=401, code="UNAUTHENTICATED", headers={"authorization": "Bearer not.a.token"})
"""Where the credential is the only input."""

NO_JSON = Refused(status=400, code="BAD_USER_INPUT", content=b"{")

__all__ = ["COLLEAGUE", "MALFORMED", "MEMBER", "NOBODY", "NO_JSON", "OK", "SAME", "STRANGER", "TOKEN"]
__all__ += ["Contract", "Ref", "Refused", "Then", "bad", "bad_id", "unknown", "without"]
