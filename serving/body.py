"""Request bodies: read under a limit, and parsed as the JSON that the database can hold."""

import json
import math
from typing import Any, NoReturn

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from models.errors import BadUserInput, OrreryError, PayloadTooLarge
from models.json import check_shape, check_text, join_path
from models.pool import Pool
from serving.errors import ContentCodingError, UnsupportedMediaTypeError
from serving.patience import within

MAX_BODY = 1024 * 1024
MAX_PARTS = 100_000
"""Objects and lists of a body: twice what the largest import holds."""
AT_ONCE = 256 * 1024
"""Bytes of a body that is parsed in a few milliseconds."""
BODIES = Pool("large bodies being read", threads=2, at_once=1, of_one=50, in_all=200)
BODY_SECONDS = 60.0
_INT64 = 2**63
_TOO_LONG = "The body holds an integer of more than 64 bits"
_DIGITS = bytes(ord("0") if chr(byte).isdigit() and byte < 128 else ord(" ") for byte in range(256))
_LONG_NUMBER = b"0" * 19
"""In digits that were all made the same: an integer over 64 bits perhaps, of which orjson makes a float."""
_NUL = b"\\u0000"


class BodyTooSlowError(OrreryError):
    """A body that was announced and did not come."""

    code = "BAD_USER_INPUT"
    status = 408


async def read_bytes(request: Request, limit: int) -> bytes:
    """The body.

    Raises PayloadTooLarge as soon as it exceeds `limit` bytes, whatever was announced, and BodyTooSlowError where it
    has not come within a minute.
    """
    check_coding(request)
    announced = next((value for name, value in request.scope["headers"] if name == b"content-length"), b"")
    if announced.isdigit() and int(announced[:20]) > limit:
        _refuse(limit)
    try:
        return await within(BODY_SECONDS, _read(request.receive, limit))
    except TimeoutError as error:
        raise BodyTooSlowError(f"The body did not come within {BODY_SECONDS:g} seconds") from error


def check_coding(request: Request) -> None:
    """Raises ContentCodingError for a compressed body."""
    for name, value in request.scope["headers"]:
        if name == b"content-encoding" and value.strip().lower() not in (b"", b"identity"):
            raise ContentCodingError


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


async def read_object(raw: bytes, content_type: str) -> dict[str, Any]:
    """As `parse_object`, for a body that may be large: others go on while that is read.

    Raises RateLimited as well, where a caller sends too many of them.
    """
    if len(raw) <= AT_ONCE:
        return parse_object(raw, content_type)
    return await BODIES.run(parse_object, raw, content_type)


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
    is_odd = _LONG_NUMBER in raw.translate(_DIGITS)
    parsed = None if is_odd else _plain(raw)
    if parsed is None:
        parsed, is_odd = _with_reason(raw), True
    check_shape(parsed, field="", limit=MAX_PARTS)
    if is_odd or _NUL in raw:
        _check_values(parsed)
    return parsed


def _plain(raw: bytes) -> dict[str, Any] | None:
    """The object of a body, quickly; None for one that needs a refusal and its reason."""
    try:
        parsed = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _with_reason(raw: bytes) -> dict[str, Any]:
    try:
        parsed = _DECODER.decode(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadUserInput("The body is not valid UTF-8") from error
    except json.JSONDecodeError as error:
        raise BadUserInput(
            f"The body is not valid JSON: {error.msg} at line {error.lineno} column {error.colno}"
        ) from error
    except ValueError as error:  # of thousands of digits
        raise BadUserInput(_TOO_LONG) from error
    except RecursionError as error:
        raise BadUserInput("The body is nested too deeply") from error
    if not isinstance(parsed, dict):
        raise BadUserInput("The body must be a JSON object")
    return parsed


def _check_values(body: dict[str, Any]) -> None:
    """Refuse texts with NUL or half a character, and numbers beyond 64 bits."""
    pending: list[tuple[str, Any]] = [("", body)]
    while pending:
        path, inside = pending.pop()
        for name, value in inside.items() if isinstance(inside, dict) else enumerate(inside):
            if isinstance(name, str):
                check_text(name, field=path or "body")
            if isinstance(value, str):
                if not value.isascii() or "\x00" in value:
                    check_text(value, field=join_path(path, name))
            elif isinstance(value, dict | list):
                pending.append((join_path(path, name), value))
            elif isinstance(value, int):
                if not -_INT64 <= value < _INT64:
                    raise BadUserInput(_TOO_LONG)
            elif isinstance(value, float) and math.isinf(value):
                raise BadUserInput("The body holds a number that is out of range")


def _constant(name: str) -> NoReturn:
    raise BadUserInput(f"The body holds {name}, which is no JSON number")


_DECODER = json.JSONDecoder(parse_constant=_constant)


def _refuse(limit: int) -> NoReturn:
    raise PayloadTooLarge(f"The body is larger than {limit} bytes")
