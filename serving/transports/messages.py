"""The messages of the GraphQL over WebSocket protocol (sub-protocol ``graphql-transport-ws``)."""

import json
from dataclasses import dataclass
from typing import Any

import orjson

from serving.transports.protocol import OperationRequest

_MAX_ID_BYTES = 512  # each of an operation's messages repeats its id
_MAX_CLOSE_REASON = 123
"""Bytes of UTF-8 that a close frame carries beside its code (RFC 6455, 5.5)."""


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


def encode_message(type_: str, *, id: str | None = None, payload: Any = None) -> bytes:
    """Write a server's message; an absent ``id`` or ``payload`` is left out.

    Raises TypeError where the payload holds something that JSON has no form for.
    """
    message: dict[str, Any] = {"type": type_}
    if id is not None:
        message["id"] = id
    if payload is not None:
        message["payload"] = payload
    return orjson.dumps(message)


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
        length = len(value.encode())
    except UnicodeEncodeError:
        raise ProtocolError(4400, "Invalid message: id is not valid Unicode") from None
    if length > _MAX_ID_BYTES:
        raise ProtocolError(4400, f"Invalid message: id is longer than {_MAX_ID_BYTES} bytes")
    if not value:
        raise ProtocolError(4400, "Invalid message: id must not be empty")
    return value


def _request(message: dict[str, Any]) -> OperationRequest:
    payload = _object(message.get("payload"), "payload")
    name = payload.get("operationName")
    document_id = payload.get("documentId")
    extensions = _optional_object(payload, "extensions")
    is_named = document_id is not None or "persistedQuery" in (extensions or ())
    return OperationRequest(
        query="" if is_named and payload.get("query") is None else _string(payload.get("query"), "query"),
        variables=_optional_object(payload, "variables"),
        operation_name=None if name is None else _string(name, "operationName"),
        extensions=extensions,
        document_id=None if document_id is None else _string(document_id, "documentId"),
    )
