"""Request bodies: read under a limit, and parsed as the JSON that the database can hold."""

import json
import math
import re
from typing import Any, NoReturn

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from models.errors import BadUserInput, OrreryError, PayloadTooLarge
from models.json import check_shape, check_text, join_path
from rest.errors import UnsupportedMediaTypeError
from rest.patience import within

MAX_BODY = 1024 * 1024
MAX_PARTS = 100_000
"""Objects and lists of a body: twice what the largest import holds."""
BODY_SECONDS = 60.0
_INT64 = 2**63
_UNSURE = re.compile(rb"\\u|[0-9]{19}")
"""What orjson takes and the database does not: escaped NULs and integers over 64 bits, which become floats."""


class BodyTooSlowError(OrreryError):
    """A body that was announced and did not come."""

    code = "BAD_USER_INPUT"
    status = 408


async def read_bytes(request: Request, limit: int) -> bytes:
    """The body.

    Raises PayloadTooLarge as soon as it exceeds `limit` bytes, whatever was announced, and BodyTooSlowError where it
    has not come within a minute.
    """
    announced = next((value for name, value in request.scope["headers"] if name == b"content-length"), b"")
    if announced.isdigit() and int(announced[:20]) > limit:
        _refuse(limit)
    try:
        return await within(BODY_SECONDS, _read(request.receive, limit))
    except TimeoutError as error:
        raise BodyTooSlowError(f"The body did not come within {BODY_SECONDS:g} seconds") from error


async def _read(receive: Receive, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk, more = message.get("body", b""), message.get("more_body", False)
        size += len(chunk)
        if size > limit:
            _refuse(limit)
        chunks.append(chunk)
    return b"".join(chunks)


def parse_object(raw: bytes, content_type: str) -> dict[str, Any]:
    """The JSON object of a body; an empty body is an empty object.

    Raises UnsupportedMediaTypeError for anything that does not call itself JSON, BadUserInput for what is no JSON
    object in UTF-8, or holds a number or text that cannot be stored.
    """
    if not raw:
        return {}
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type != "application/json" and not media_type.endswith("+json"):
        raise UnsupportedMediaTypeError("The body must be application/json")
    if (plain := _plain(raw)) is not None:
        check_shape(plain, field="", limit=MAX_PARTS)
        return plain
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadUserInput("The body is not valid UTF-8") from error
    try:
        parsed = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise BadUserInput(
            f"The body is not valid JSON: {error.msg} at line {error.lineno} column {error.colno}"
        ) from error
    except RecursionError as error:
        raise BadUserInput("The body is nested too deeply") from error
    if not isinstance(parsed, dict):
        raise BadUserInput("The body must be a JSON object")
    check_shape(parsed, field="", limit=MAX_PARTS)
    if "\\u" in text:  # the only way by which NUL and lone surrogates pass the parser
        _check_texts(parsed)
    return parsed


def _plain(raw: bytes) -> dict[str, Any] | None:
    """The object of a body with nothing odd in it, quickly; None for one that may need a refusal and its reason."""
    if _UNSURE.search(raw):
        return None
    try:
        parsed = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _check_texts(body: dict[str, Any]) -> None:
    pending: list[tuple[str, Any]] = [("", body)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, str):
            check_text(value, field=path)
        elif isinstance(value, dict):
            for key, child in value.items():
                check_text(key, field=path or "body")
                pending.append((join_path(path, key), child))
        elif isinstance(value, list):
            pending += [(join_path(path, place), child) for place, child in enumerate(value)]


def _constant(name: str) -> NoReturn:
    raise BadUserInput(f"The body holds {name}, which is no JSON number")


def _integer(digits: str) -> int:
    value = int(digits) if len(digits) <= 20 else _INT64
    if not -_INT64 <= value < _INT64:
        raise BadUserInput("The body holds an integer of more than 64 bits")
    return value


def _number(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise BadUserInput("The body holds a number that is out of range")
    return value


_DECODER = json.JSONDecoder(parse_constant=_constant, parse_int=_integer, parse_float=_number)


def _refuse(limit: int) -> NoReturn:
    raise PayloadTooLarge(f"The body is larger than {limit} bytes")
