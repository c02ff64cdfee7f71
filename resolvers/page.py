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

from models import Agent, Card, Column, Mission, Organization, Project, Scope, User, Workspace
from models.base import Record, collection
from models.errors import BadUserInput
from resolvers.access import Fields, projection

PARENTS: dict[str, type[Document]] = {
    "user_id": User,
    "organization_id": Organization,
    "workspace_id": Workspace,
    "project_id": Project,
    "scope_id": Scope,
    "column_id": Column,
    "card_id": Card,
    "agent_id": Agent,
    "mission_id": Mission,
}
"""The collection that a parent key points to."""

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
    """A page of records. `where`, under the parent, selects the whole list: its total is counted when asked for."""

    nodes: list[Record]
    has_next: bool
    has_previous: bool
    sort: Sort
    model: type[Document]
    parent_key: str
    parent_id: Any
    where: Mapping[str, Any]

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

    One parent is a plain indexed find; several are one `$lookup` from the parents, which reads no more than a page of
    each. Parents are distinct by id; `parent_key` names their collection too (PARENTS).
    """
    distinct = list(dict.fromkeys(parent_ids))
    order = [*sort, ("_id", 1)]
    if window.backward:
        order = [(field, -direction) for field, direction in order]
    keyset = _beyond(order, window.cursor) if window.cursor is not None else None
    select = _and(where or {}, keyset)
    wanted = projection(fields, parent_key, *(field for field, _ in sort))
    limit = window.size + 1
    found: dict[Any, list[Record]] = {}
    if len(distinct) == 1:
        query = _and({parent_key: distinct[0]}, select)
        found[distinct[0]] = await collection(model).find(query, wanted).sort(order).limit(limit).to_list()
    elif distinct:
        found = await _lookup(model, parent_key, distinct, select, order, limit, wanted)
    return {
        one: _page(found.get(one, []), window, Page([], False, False, sort, model, parent_key, one, where or {}))
        for one in distinct
    }


async def _lookup(
    model: type[Document],
    parent_key: str,
    parent_ids: Sequence[Any],
    select: Mapping[str, Any],
    order: Sort,
    limit: int,
    wanted: dict[str, int] | None,
) -> dict[Any, list[Record]]:
    inner: list[dict[str, Any]] = [{"$match": select}] if select else []
    inner += [{"$sort": dict(order)}, {"$limit": limit}]
    inner += [{"$project": wanted}] if wanted else []
    pipeline: list[dict[str, Any]] = [
        {"$match": {"_id": {"$in": list(parent_ids)}}},
        {"$project": {"_id": 1}},
        {
            "$lookup": {
                "from": collection(model).name,
                "localField": "_id",
                "foreignField": parent_key,
                "pipeline": inner,
                "as": "found",
            }
        },
    ]
    cursor = await collection(PARENTS[parent_key]).aggregate(pipeline)
    return {row["_id"]: row["found"] for row in await cursor.to_list()}


def _page(records: list[Record], window: Window, page: Page) -> Page:
    more = len(records) > window.size
    page.nodes = records[: window.size]
    if window.backward:
        page.nodes.reverse()
    beyond = window.cursor is not None
    page.has_next, page.has_previous = (beyond, more) if window.backward else (more, beyond)
    return page


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
    if not second or not first:
        return second or first
    return {"$and": [first, second]}


def _size(size: int | None, field: str) -> int:
    if size is None:
        return DEFAULT_SIZE
    if not 0 <= size <= MAX_SIZE:
        raise BadUserInput(f"must be between 0 and {MAX_SIZE}", field=field)
    return size
