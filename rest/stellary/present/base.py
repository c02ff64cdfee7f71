"""What every presenter uses: ids and dates as text, and the answer to a deletion."""

from datetime import datetime
from typing import Annotated, Any, Literal

from bson import ObjectId
from pydantic import Field, WithJsonSchema
from typing_extensions import TypedDict

from models.base import Record
from models.base import timestamp as timestamp

Id = Annotated[str, Field(pattern="^[0-9a-f]{24}$")]
Timestamp = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]


class Ok(TypedDict):
    """It is done."""

    ok: Literal[True]


class Count(TypedDict):
    """How many there are."""

    count: int


def ok() -> Ok:
    return {"ok": True}


def timestamp_or_none(value: datetime | None) -> str | None:
    return timestamp(value) if value is not None else None


def id_or_none(value: ObjectId | None) -> str | None:
    return str(value) if value is not None else None


def plain(value: Any) -> Any:
    """Free-form data as JSON holds it: ids and dates inside become text."""
    if isinstance(value, dict):
        return {str(key): plain(child) for key, child in value.items()}
    if isinstance(value, list):
        return [plain(child) for child in value]
    if isinstance(value, ObjectId):
        return str(value)
    return timestamp(value) if isinstance(value, datetime) else value


def name_of(user: Record | None) -> str | None:
    """How a person is shown: the name, or else the e-mail address."""
    return None if user is None else (user.get("name") or user.get("email"))
