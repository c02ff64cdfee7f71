"""A line of the log without anything that a tenant wrote and without a secret, as it may be kept and sent elsewhere.

The log of a process may quote names, addresses and mails: it stays on the machine. What is kept of a line is the text
that stands in the product, with numbers and ids in their places; of a failure its kind and place, never what it says.
"""

import logging
import re
from datetime import UTC, datetime
from enum import Enum
from types import TracebackType
from typing import Any

from bson import ObjectId

from models import LogEntry
from models.base import to_record
from models.installation_enums import LogLevel
from models.records import LogEntryRecord

HIDDEN = "…"
MAX_MESSAGE = 2_000
_ID = re.compile(r"[0-9a-f]{8,64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def entry_of(record: logging.LogRecord) -> LogEntryRecord:
    """The entry that a line is kept as."""
    at = datetime.fromtimestamp(record.created, UTC)
    entry = LogEntry(
        level=_level(record.levelno),
        message=_message(record)[:MAX_MESSAGE],
        target=record.name,
        fields=_fields(record),
        created_at=at.replace(microsecond=at.microsecond // 1000 * 1000),
    )
    return to_record(entry)


def _level(number: int) -> LogLevel:
    if number >= logging.ERROR:
        return LogLevel.ERROR
    return LogLevel.WARN if number >= logging.WARNING else LogLevel.INFO


def _message(record: logging.LogRecord) -> str:
    template, given = str(record.msg), record.args
    if not given:
        return template
    try:
        if isinstance(given, tuple):
            return template % tuple(map(_shown, given))
        return template % {name: _shown(value) for name, value in given.items()}
    except (TypeError, ValueError):
        return template


def _shown(value: object) -> Any:
    """A number or an id as it is; nothing of a text that may be anybody's."""
    if isinstance(value, bool | int | float | ObjectId | Enum):
        return value.value if isinstance(value, Enum) else value
    return value if isinstance(value, str) and _ID.fullmatch(value) else HIDDEN


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    info = record.exc_info
    if not isinstance(info, tuple) or info[0] is None:
        return {}
    told: dict[str, Any] = {"exception": info[0].__name__}
    if (place := _place(info[2])) is not None:
        told["at"] = place
    return told


def _place(trace: TracebackType | None) -> str | None:
    """The module and the line where a failure came from."""
    place = None
    while trace is not None:
        place = f"{trace.tb_frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
