"""Requests that come with the key of an organization: who recognises it says so in them, and the front tells."""

from dataclasses import dataclass

from bson import ObjectId
from starlette.types import Scope

from auth.subject import Subject

_KEY, _ROUTE = "orrery.key", "orrery.route"


@dataclass(frozen=True, slots=True)
class Use:
    """One request with a key. `seconds` is how long it took until the answer began."""

    api_token_id: ObjectId
    method: str
    route: str
    status: int
    seconds: float


def leave_key(scope: Scope, subject: Subject) -> None:
    """Say in a request that a key was recognised."""
    if subject.organization_id is not None:
        scope[_KEY] = subject.credential_id


def leave_route(scope: Scope, path: str) -> None:
    """Say in a request which route it has come to."""
    scope[_ROUTE] = path


def use_of(scope: Scope, method: str, status: int, seconds: float) -> Use | None:
    """What a request that is answered used a key for; None where it came with none."""
    key_id = scope.get(_KEY)
    return None if key_id is None else Use(key_id, method, scope.get(_ROUTE) or scope["path"], status, seconds)
