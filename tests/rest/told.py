"""What a failure tells, in whichever dialect it is answered."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx

from rest.app import interfaces
from rest.dialect import Dialect


@dataclass(frozen=True)
class Told:
    """A failure, without what is around it."""

    code: str
    message: str
    details: dict[str, Any]


def dialect_of(path: str) -> Dialect:
    """How the interface speaks that a path is of."""
    return next(one.dialect for one in reversed(interfaces()) if f"{path}/".startswith(f"{one.prefix}/"))


def told(answer: httpx.Response, path: str | None = None) -> Told:
    """What an answer tells that has to be a failure in the dialect of its path."""
    body, dialect = answer.json(), dialect_of(path or answer.request.url.path)
    if dialect.name:
        assert body.keys() == {"error"}
        inside = body["error"]
        assert inside.keys() <= {"code", "message", "details"}
        return Told(inside["code"], inside["message"], inside.get("details", {}))
    assert (body["statusCode"], body["error"]) == (answer.status_code, HTTPStatus(answer.status_code).phrase)
    return Told(body["code"], body["message"], body.get("details", {}))
