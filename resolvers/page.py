"""Pages: keyset pagination with an id tiebreak, for one parent or for many in one query."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from beanie import Document
from bson import ObjectId

from models.base import Record, collection
from models.errors import BadUserInput
from resolvers.access import Fields, projection

DEFAULT_SIZE = 50
MAX_SIZE = 500

Sort = Sequence[tuple[str, int]]
"""Record fields with 1 (ascending) or -1; `_id` is appended as the tiebreak."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list a client asks for: `first` after `after`, or `last` before `before`."""

    size: int
    cursor: list[Any] | None
    backward: bool

    @classmethod
    def read(
        cls,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> "Window":
        """Check the four arguments of a connection; raises BadUserInput for sizes out of 0..500 and odd mixtures."""
        if last is not None or before is not None:
            if first is not None or after is not None:
                raise BadUserInput(
                    "cannot be mixed with first and after", field="last" if last is not None else "before"
                )
            return cls(_size(last, "last"), _decode(before, "before"), backward=True)
        return cls(_size(first, "first"), _decode(after, "after"), backward=False)


@dataclass(slots=True)
class Page:
    """A page of records. `filter` selects the whole list, so that its total can be counted when it is asked for."""

    nodes: list[Record]
    has_next: bool
    has_previous: bool
    sort: Sort
    model: type[Document]
    filter: Mapping[str, Any]

    def cursor(self, record: Record) -> str:
        """Where a record stands in the list, as clients send it back."""
        return encode_cursor(record, self.sort)


async def pages(
    model: type[Document],
    parent_key: str,
    parent_ids: Sequence[Any],
    window: Window,
    *,
    sort: Sort = (),
    where: Mapping[str, Any] | None = None,
    fields: Fields = None,
) -> dict[Any, Page]:
    """One page per parent, in one query.

    One parent is a plain indexed find; several are one aggregation with a branch for each, so that no branch reads
    more than its page.
    """
    distinct = list(dict.fromkeys(parent_ids))
    order = [*sort, ("_id", 1)]
    if window.backward:
        order = [(field, -direction) for field, direction in order]
    keyset = _beyond(order, window.cursor) if window.cursor is not None else None
    wanted = projection(fields, parent_key, *(field for field, _ in sort))
    filters: dict[Any, dict[str, Any]] = {one: {parent_key: one, **(where or {})} for one in distinct}
    limit = window.size + 1
    branches = [_and(filters[one], keyset) for one in distinct]
    found: dict[Any, list[Record]] = {one: [] for one in distinct}
    if len(branches) == 1:
        cursor = collection(model).find(branches[0], wanted).sort(order).limit(limit)
        found[distinct[0]] = await cursor.to_list()
    elif branches:
        for record in await _union(model, branches, order, limit, wanted):
            found[record[parent_key]].append(record)
    return {one: _page(records, window, sort=sort, model=model, where=filters[one]) for one, records in found.items()}


async def _union(
    model: type[Document], branches: Sequence[Any], order: Sort, limit: int, wanted: dict[str, int] | None
) -> list[Record]:
    def stages(branch: Any) -> list[dict[str, Any]]:
        project = [{"$project": wanted}] if wanted else []
        return [{"$match": branch}, {"$sort": dict(order)}, {"$limit": limit}, *project]

    name = collection(model).name
    rest = [{"$unionWith": {"coll": name, "pipeline": stages(branch)}} for branch in branches[1:]]
    cursor = await collection(model).aggregate([*stages(branches[0]), *rest])
    return await cursor.to_list()


def _page(
    records: list[Record], window: Window, *, sort: Sort, model: type[Document], where: Mapping[str, Any]
) -> Page:
    more = len(records) > window.size
    nodes = records[: window.size]
    if window.backward:
        nodes.reverse()
    before = window.cursor is not None
    return Page(
        nodes=nodes,
        has_next=before if window.backward else more,
        has_previous=more if window.backward else before,
        sort=sort,
        model=model,
        filter=where,
    )


def encode_cursor(record: Record, sort: Sort) -> str:
    """The keyset of a record as URL-safe text."""
    values = [_pack(record[field]) for field, _ in [*sort, ("_id", 1)]]
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def _decode(text: str | None, field: str) -> list[Any] | None:
    if text is None:
        return None
    try:
        if len(text) > 2000:
            raise ValueError("too long")
        raw = orjson.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        if not isinstance(raw, list):
            raise TypeError("no list")
        values = [_unpack(item) for item in raw]
        if not values or not isinstance(values[-1], ObjectId):
            raise TypeError("no id at the end")
        return values
    except (ValueError, TypeError, KeyError, OverflowError, binascii.Error) as error:
        raise BadUserInput("is not a cursor of this list", field=field) from error


def _pack(value: Any) -> Any:
    if isinstance(value, ObjectId):
        return {"id": str(value)}
    if isinstance(value, datetime):
        return {"ms": round((value - _EPOCH).total_seconds() * 1000)}
    return value


def _unpack(value: Any) -> Any:
    if isinstance(value, dict):
        if "id" in value:
            return ObjectId(value["id"])
        return _EPOCH + timedelta(milliseconds=value["ms"])
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError("not a keyset value")


def _beyond(order: Sort, keyset: list[Any]) -> dict[str, Any]:
    """What lies strictly beyond a keyset. MongoDB sorts null before everything, and compares it with nothing."""
    if len(keyset) != len(order):
        raise BadUserInput("belongs to another order of this list", field="after")
    branches: list[dict[str, Any]] = []
    equal: dict[str, Any] = {}
    for (field, direction), value in zip(order, keyset, strict=True):
        if value is None:
            further: dict[str, Any] | None = {field: {"$ne": None}} if direction > 0 else None
        elif direction > 0:
            further = {field: {"$gt": value}}
        elif field == "_id":
            further = {field: {"$lt": value}}
        else:
            further = {"$or": [{field: {"$lt": value}}, {field: None}]}
        if further is not None:
            branches.append({**equal, **further})
        equal = {**equal, field: value}
    return branches[0] if len(branches) == 1 else {"$or": branches}


def _and(first: Mapping[str, Any], second: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {"$and": [first, second]} if second else first


def _size(size: int | None, field: str) -> int:
    if size is None:
        return DEFAULT_SIZE
    if not 0 <= size <= MAX_SIZE:
        raise BadUserInput(f"must be between 0 and {MAX_SIZE}", field=field)
    return size
