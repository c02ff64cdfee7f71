"""The scalars beside GraphQL's own."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NewType

import orjson
import strawberry
from pydantic import TypeAdapter, ValidationError
from strawberry.scalars import JSON
from strawberry.types.scalar import ScalarDefinition

from models.base import timestamp
from models.errors import BadUserInput
from models.json import check_json
from resolvers.kit.input import Date
from resolvers.kit.upload import Upload as UploadedFile

Cursor = NewType("Cursor", str)
Upload = NewType("Upload", UploadedFile)
ProjectFile = NewType("ProjectFile", dict[str, Any])

_SECONDS, _MICROSECONDS = len("2026-03-01T09:30:00Z"), len("2026-03-01T09:30:00.123456Z")

_date: TypeAdapter[datetime] = TypeAdapter(Date)


def write_dates(values: list[datetime]) -> list[str]:
    """Many moments as text in a quarter of the time; raises ValueError where one is not a moment in UTC."""
    if set(map(type, values)) != {datetime}:
        raise ValueError("not all are moments")
    texts = orjson.dumps(values, option=orjson.OPT_UTC_Z).decode()[2:-2].split('","')
    lengths = set(map(len, texts))
    if not lengths <= {_SECONDS, _MICROSECONDS}:
        raise ValueError("not all are moments in UTC")
    return [text[:23] + "Z" if len(text) == _MICROSECONDS else text[:19] + ".000Z" for text in texts]


def _read_date(value: Any) -> datetime:
    try:
        return _date.validate_python(value)
    except ValidationError as error:
        raise BadUserInput(f"A DateTime {error.errors()[0]['msg']}") from error


def _write_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, Mapping):
        return {str(key): _write_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_write_json(item) for item in value]
    if value is None or isinstance(value, str | int | float):
        return value
    return str(value)


def _read_json(value: Any) -> Any:
    check_json(value, field="JSON")
    try:
        json.dumps(value, allow_nan=False)
    except ValueError as error:
        raise BadUserInput("JSON: has a number that is out of range") from error
    return value


def _read_cursor(value: Any) -> str:
    if not isinstance(value, str):
        raise BadUserInput("A Cursor must be text that this server gave out")
    return value


def _read_upload(value: Any) -> UploadedFile:
    if not isinstance(value, UploadedFile):
        raise BadUserInput("An Upload is a variable that a multipart request maps a file to")
    return value


def _read_project_file(value: Any) -> dict[str, Any]:
    # What is in it is the import's to read, which may mend it: a key that no project has is no reason to refuse here.
    if not isinstance(value, dict):
        raise BadUserInput("A ProjectFile must be an object, as an export is")
    return value


def _never_written(value: Any) -> Any:
    raise TypeError(f"a {type(value).__name__} is never an answer")


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment as ISO 8601 text in UTC, to the millisecond: 2026-03-01T09:30:00.000Z. A day alone is "
        "taken as its midnight.",
        serialize=timestamp,
        parse_value=_read_date,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value. Keys must not start with $ or hold a dot.",
        serialize=_write_json,
        parse_value=_read_json,
    ),
    Cursor: strawberry.scalar(
        name="Cursor",
        description="Where a stream of events stands. Opaque; ordered within one stream; accepted by every `after` of "
        "a subscription.",
        serialize=str,
        parse_value=_read_cursor,
    ),
    Upload: strawberry.scalar(
        name="Upload",
        description="A file: null in the variables of a multipart request that maps a part to it.",
        serialize=_never_written,
        parse_value=_read_upload,
    ),
    ProjectFile: strawberry.scalar(
        name="ProjectFile",
        description="A project as its export has it: an object of JSON, with the words of a file (`high` for HIGH).",
        serialize=_never_written,
        parse_value=_read_project_file,
    ),
}
