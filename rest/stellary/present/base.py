"""What every presenter uses: ids and dates as text, and the answer to a deletion."""

from datetime import datetime
from typing import Literal

from bson import ObjectId
from typing_extensions import TypedDict

from models.base import timestamp as timestamp
from models.records import UserRecord


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


def name_of(user: UserRecord | None) -> str | None:
    """How a person is shown: the name, or else the e-mail address."""
    return None if user is None else (user.get("name") or user.get("email"))
