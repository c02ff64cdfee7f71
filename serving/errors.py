"""Failures as REST clients read them: `{"statusCode", "message", "error"}`, with the stable code and its details."""

import logging
import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, ClassVar, NotRequired

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from typing_extensions import TypedDict

from models.errors import Internal, OrreryError, RateLimited
from serving.masked import masked

log = logging.getLogger("orrery.rest")

MAX_SHOWN_PATH = 200

Render = Callable[[int, str, str, Mapping[str, Any]], Any]
"""Makes the body of a failure of its status, its message, its code and its details."""

NO_DETAILS: Mapping[str, Any] = MappingProxyType({})

_CODES = {404: "NOT_FOUND", 413: "PAYLOAD_TOO_LARGE", 429: "RATE_LIMITED"}
_HEADERS = {401: {"www-authenticate": "Bearer"}, 429: {"retry-after": "1"}, 503: {"retry-after": "1"}}


class Problem(TypedDict):
    """One field that was refused, as the client wrote it, and why."""

    field: str
    message: str


class Failure(TypedDict):
    """What every request that fails answers. `error` is the reason phrase of `statusCode`; `code` is stable."""

    statusCode: int
    message: str
    error: str
    code: str
    details: NotRequired[dict[str, Any]]
    problems: NotRequired[list[Problem]]


class UnsupportedMediaTypeError(OrreryError):
    """A body of another content type than JSON."""

    code = "BAD_USER_INPUT"
    status = 415


class ContentCodingError(UnsupportedMediaTypeError):
    """A compressed body. `HEADERS` tell its sender that this is what is wrong with it."""

    HEADERS: ClassVar = {"accept-encoding": "identity"}

    def __init__(self) -> None:
        super().__init__("The body must not be compressed: send it without Content-Encoding")


def failure(status: int, message: str, code: str, details: Mapping[str, Any] = NO_DETAILS) -> Failure:
    """The body of a failure, with the problems of an input beside the other details."""
    body: Failure = {"statusCode": status, "message": message, "error": HTTPStatus(status).phrase, "code": code}
    if others := {name: value for name, value in details.items() if name != "problems"}:
        body["details"] = others
    if problems := details.get("problems"):
        body["problems"] = problems
    return body


def answer(body: object, status: int, headers: dict[str, str] | None = None) -> Response:
    """A JSON response that nothing between us and the client may keep."""
    return Response(
        orjson.dumps(body, default=str),
        status_code=status,
        media_type="application/json",
        headers={"cache-control": "no-store", "x-content-type-options": "nosniff", **(headers or {})},
    )


def headers_of(error: OrreryError) -> dict[str, str]:
    """What is said of a failure beside its body."""
    if isinstance(error, RateLimited):
        return {"retry-after": str(error.retry_after)}
    if isinstance(error, ContentCodingError):
        return dict(error.HEADERS)
    return dict(_HEADERS.get(error.status, {}))


def answer_error(error: OrreryError, render: Render = failure) -> Response:
    body = render(error.status, error.message, error.code, error.details)
    return answer(body, error.status, headers_of(error))


def answer_unexpected(request: Request, error: Exception, render: Render = failure) -> Response:
    """The masked answer to what nobody foresaw; the log holds the exception under the id that the client is given."""
    error_id = secrets.token_hex(6)
    log.error("error %s in %s %s", error_id, request.method, masked(request.url.path), exc_info=error)
    return answer_error(Internal(error_id), render)


def answer_http_exception(request: Request, error: Exception, render: Render = failure) -> Response:
    """The handler of Starlette's own failures: no such path (404), no such method on it (405)."""
    if not isinstance(error, HTTPException):
        return answer_unexpected(request, error, render)
    code = _CODES.get(error.status_code, "BAD_USER_INPUT" if error.status_code < 500 else "INTERNAL")
    message, headers = error.detail, dict(error.headers or {})
    path = request.url.path[:MAX_SHOWN_PATH]
    if error.status_code == 404:
        message = f"There is nothing at {path}"
    elif error.status_code == 405:
        message = f"{path} does not take {request.method[:20]}"
        headers["Allow"] = ", ".join(sorted(_methods_at(request)))
    return answer(render(error.status_code, message, code, NO_DETAILS), error.status_code, headers)


def _methods_at(request: Request) -> set[str]:
    """What may be done at an address, by all routes that it fits: the one that refused knows its own methods alone."""
    found: set[str] = set()
    for route in request.app.routes:
        if isinstance(route, Route) and route.matches(request.scope)[0] is not Match.NONE:
            found |= route.methods or set()
    return found or {"GET", "HEAD"}  # of a folder of files
