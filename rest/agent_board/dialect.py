"""How the agent board's interface speaks: everything is in an envelope, and what is done without a word is a 204."""

from collections.abc import Mapping
from functools import partial
from typing import Any, NotRequired

from bson import ObjectId
from typing_extensions import TypedDict

from models.errors import BadUserInput, NotFound
from models.ids import Kind, parse_id
from rest.dialect import NO_CONTENT, Dialect
from rest.routing import Routes
from serving.errors import NO_DETAILS


class FailureData(TypedDict):
    """What failed. `code` is stable, `message` is for people; `details` depends on the code."""

    code: str
    message: str
    details: NotRequired[dict[str, Any]]


class FailureBody(TypedDict):
    """What every request that fails answers."""

    error: FailureData


_CALLED = {
    "Scope not found": "Board not found",
    "Conversation not found": "Pre-session not found",
    "Mission not found": "Session not found",
}
"""What is said of what has another name here."""


def render(_status: int, message: str, code: str, details: Mapping[str, Any] = NO_DETAILS) -> FailureBody:
    """The body of a failure."""
    told: FailureData = {"code": code, "message": _CALLED.get(message, message)}
    if details:
        told["details"] = dict(details)
    return {"error": told}


def _wrap(value: Any, _meta: Mapping[str, Any]) -> dict[str, Any]:
    return {"data": value}


def _wrapped(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {"data": schema}, "required": ["data"]}


def _path_id(text: str, kind: Kind, field: str) -> ObjectId:
    """An id of a path; one that is none leads nowhere."""
    try:
        return parse_id(text, kind, field=field)
    except BadUserInput as error:
        raise NotFound(kind.title) from error


AGENT_BOARD = Dialect(
    name="agentBoard",
    heading="Agent board: ",
    wrap=_wrap,
    wrapped=_wrapped,
    failure_type=FailureBody,
    render=render,
    path_id=_path_id,
    extra="ignore",
    deleted=NO_CONTENT,
)

board_routes = partial(Routes, dialect=AGENT_BOARD)
"""The routes of one noun, below the prefix of the interface."""
