"""What a live transport asks of an engine, and the messages of graphql-transport-ws.

The messages follow the GraphQL over WebSocket protocol (sub-protocol ``graphql-transport-ws``).
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from starlette.requests import HTTPConnection

SUBPROTOCOL = "graphql-transport-ws"

Payload = dict[str, Any]
GraphQLErrorDict = dict[str, Any]

_MAX_CLOSE_REASON = 123
"""Bytes of UTF-8 that a close frame carries beside its code (RFC 6455, 5.5)."""


@dataclass(frozen=True, slots=True)
class OperationRequest:
    """One operation as a client sent it.

    ``resume_after`` is the cursor of a reconnecting event stream (``Last-Event-ID``). It takes
    precedence over an ``after`` argument: a browser repeats its first URL when it reconnects.
    """

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    extensions: dict[str, Any] | None = None
    resume_after: str | None = None


class AuthenticationFailed(Exception):  # noqa: N818
    """The connection's credentials are missing, unknown, expired or revoked."""


class OperationRefused(Exception):  # noqa: N818
    """A request error: nothing ran. ``errors`` is a list of GraphQL errors, safe to show."""

    def __init__(self, errors: Sequence[GraphQLErrorDict]) -> None:
        super().__init__("operation refused")
        self.errors = list(errors)


class Engine(Protocol):
    """Runs operations for a transport."""

    async def authenticate(self, connection: HTTPConnection, params: Mapping[str, Any] | None) -> Any:
        """Return a context; ``params`` is the payload of ``connection_init``.

        Raises AuthenticationFailed.
        """

    async def start(self, context: Any, request: OperationRequest) -> AsyncIterator[Payload] | Payload:
        """Return one payload (query, mutation) or an iterator of payloads (subscription).

        The transport closes the iterator (``aclose``) however it ends. Raises OperationRefused.
        """

    async def still_allowed(self, context: Any) -> str | None:
        """Return why the context may no longer read, as text for its client, or None."""


class ProtocolError(Exception):
    """The client broke the protocol; its socket closes with ``code`` and ``reason``."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ConnectionInit:
    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Ping:
    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Pong:
    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Subscribe:
    id: str
    request: OperationRequest


@dataclass(frozen=True, slots=True)
class Complete:
    id: str


ClientMessage = ConnectionInit | Ping | Pong | Subscribe | Complete


def parse_message(text: str | None, *, max_bytes: int) -> ClientMessage:
    """Read a client's frame; ``None`` stands for a binary one.

    Raises ProtocolError (4400) for anything that is no message of the protocol.
    """
    if text is None:
        raise ProtocolError(4400, "Invalid message: binary frames are not accepted")
    if len(text) > max_bytes or len(text.encode()) > max_bytes:
        raise ProtocolError(4400, f"Invalid message: longer than {max_bytes} bytes")
    message = _object(_loads(text), "message")
    match message.get("type"):
        case "connection_init":
            return ConnectionInit(_optional_object(message, "payload"))
        case "ping":
            return Ping(_optional_object(message, "payload"))
        case "pong":
            return Pong(_optional_object(message, "payload"))
        case "subscribe":
            return Subscribe(_id(message), _request(message))
        case "complete":
            return Complete(_id(message))
    raise ProtocolError(4400, "Invalid message: unknown type")


def encode_message(type_: str, *, id: str | None = None, payload: Any = None) -> str:
    """Write a server's frame; an absent ``id`` or ``payload`` is left out.

    Raises TypeError where the payload holds something that JSON has no form for.
    """
    message: dict[str, Any] = {"type": type_}
    if id is not None:
        message["id"] = id
    if payload is not None:
        message["payload"] = payload
    return orjson.dumps(message).decode()


def graphql_error(message: str, code: str, **extensions: Any) -> GraphQLErrorDict:
    """Build a GraphQL error with a stable ``extensions.code``."""
    return {"message": message, "extensions": {"code": code, **extensions}}


def internal_error(error_id: str) -> GraphQLErrorDict:
    """Build what a client sees of an unexpected failure: the id under which it was logged."""
    return graphql_error("Internal error", "INTERNAL", errorId=error_id)


def close_reason(text: str) -> str:
    """Cut a close reason to what a close frame can carry."""
    return text.encode(errors="replace")[:_MAX_CLOSE_REASON].decode(errors="ignore")


def _loads(text: str) -> Any:
    # The standard parser keeps integers over 64 bits as they are, so that whoever reads the
    # variables can refuse them by name; orjson would round them to floats without a word.
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise ProtocolError(4400, "Invalid message: not JSON") from None


def _refuse_constant(name: str) -> Any:
    raise ValueError(name)


def _object(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ProtocolError(4400, f"Invalid message: {name} must be an object")
    return value


def _optional_object(parent: dict[str, Any], name: str) -> dict[str, Any] | None:
    value = parent.get(name)
    return None if value is None else _object(value, name)


def _string(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise ProtocolError(4400, f"Invalid message: {name} must be a string")
    return value


def _id(message: dict[str, Any]) -> str:
    value = _string(message.get("id"), "id")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ProtocolError(4400, "Invalid message: id is not valid Unicode") from None
    if not value:
        raise ProtocolError(4400, "Invalid message: id must not be empty")
    return value


def _request(message: dict[str, Any]) -> OperationRequest:
    payload = _object(message.get("payload"), "payload")
    name = payload.get("operationName")
    return OperationRequest(
        query=_string(payload.get("query"), "query"),
        variables=_optional_object(payload, "variables"),
        operation_name=None if name is None else _string(name, "operationName"),
        extensions=_optional_object(payload, "extensions"),
    )
