"""Facts of cards, packed: what figures are worked out of, a hundred bytes a card."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any, NamedTuple

from bson import ObjectId

from models.records import CardFactsBlockRecord

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_ROW = Struct(">12s12sb?12sqqqqqq")
"""Column, scope, priority, archived, assignee, then six moments; the labels follow."""
_unpack, _SIZE = _ROW.unpack_from, _ROW.size
_NO_ID, _NO_PRIORITY, _NO_MOMENT = bytes(12), -1, -(1 << 63)

MOMENTS = ("created_at", "start_date", "due_date", "started_at", "completed_at", "updated_at")


class Facts(NamedTuple):
    """What is kept of one card; moments in milliseconds since 1970."""

    column_id: ObjectId | None
    scope_id: ObjectId | None
    priority: int | None
    archived: bool
    assignee_id: ObjectId | None
    created_at: int
    start_date: int | None
    due_date: int | None
    started_at: int | None
    completed_at: int | None
    updated_at: int
    label_ids: tuple[ObjectId, ...]


def milliseconds(moment: datetime) -> int:
    """A moment as facts hold it."""
    return (moment - _EPOCH) // _MILLISECOND


def moment(value: int) -> datetime:
    """The moment that facts hold."""
    return _EPOCH + timedelta(milliseconds=value)


def packed(card: Mapping[str, Any]) -> bytes:
    """The row of a card. Cards that were written before moments were kept lack those."""
    moments = (card.get(name) for name in MOMENTS)
    row = _ROW.pack(
        _id(card["column_id"]),
        _id(card["scope_id"]),
        _NO_PRIORITY if card["priority"] is None else card["priority"],
        card["archived"],
        _id(card["assignee_id"]),
        *(_NO_MOMENT if instant is None else milliseconds(instant) for instant in moments),
    )
    return row + b"".join(label_id.binary for label_id in card["label_ids"])


class _Ids(dict[bytes, ObjectId | None]):
    """The ids that many cards share, each made once."""

    def __missing__(self, raw: bytes) -> ObjectId:
        made = self[raw] = ObjectId(raw)
        return made


class Unpacking:
    """Makes facts of rows."""

    def __init__(self) -> None:
        self._ids = _Ids({_NO_ID: None})
        self._labels: dict[bytes, tuple[ObjectId, ...]] = {}

    def facts(self, row: bytes) -> Facts:
        """The facts in a row."""
        column, scope, priority, archived, assignee, created, start, due, started, done, updated = _unpack(row)
        ids, labels = self._ids, row[_SIZE:]
        if labels not in self._labels:
            self._labels[labels] = tuple(ObjectId(labels[at : at + 12]) for at in range(0, len(labels), 12))
        return Facts(
            ids[column],
            ids[scope],
            None if priority == _NO_PRIORITY else priority,
            archived,
            ids[assignee],
            created,
            None if start == _NO_MOMENT else start,
            None if due == _NO_MOMENT else due,
            None if started == _NO_MOMENT else started,
            None if done == _NO_MOMENT else done,
            updated,
            self._labels[labels],
        )


def _id(value: ObjectId | None) -> bytes:
    return _NO_ID if value is None else value.binary


def rows_of(block: CardFactsBlockRecord) -> dict[str, bytes]:
    """The rows of a stored block."""
    rows: dict[str, bytes] = block["rows"]
    return rows
