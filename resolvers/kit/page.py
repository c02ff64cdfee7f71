"""Pages: keyset pagination with an id tiebreak, for one parent or for many in one query."""

import base64
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Generic
from zlib import crc32

import orjson
from bson import ObjectId
from bson.errors import InvalidId
from pydantic import Field
from typing_extensions import TypeVar

from models.base import AnyRecord, Recorded, Stored
from models.errors import BadUserInput
from models.limits import Text
from resolvers.kit.access import projection
from resolvers.kit.context import Context
from resolvers.kit.input import Input
from resolvers.kit.noun import Fields, Noun
from resolvers.kit.operation import edge
from resolvers.kit.page_query import PageQuery, Sort
from resolvers.kit.tombstone import standing

DEFAULT_SIZE = 50
MAX_SIZE = 500
# A text to sort by can fill 4,000 characters of base64, and there can be four.
MAX_CURSOR = 20_000

N = TypeVar("N", bound=AnyRecord, default=Any)

NEWEST_FIRST: Sort = [("_id", -1)]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list a client asks for: `first` after `after`, or `last` before `before`."""

    size: int
    cursor: str | None
    backward: bool

    @classmethod
    def read(
        cls,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> "Window":
        """Check the sizes of a connection; raises BadUserInput for those out of 0..500 and for odd mixtures."""
        if last is not None or before is not None:
            if first is not None or after is not None:
                raise BadUserInput(
                    "cannot be mixed with first and after", field="last" if last is not None else "before"
                )
            return cls(_size(last, "last"), before, backward=True)
        return cls(_size(first, "first"), after, backward=False)

    def keyset(self, model: type[Recorded[Any]], sort: Sort) -> list[Any] | None:
        """The values that the page begins beyond; raises BadUserInput for a cursor of another list or order."""
        if self.cursor is None:
            return None
        try:
            return decode_cursor(self.cursor, model, sort)
        except (ValueError, TypeError, KeyError, OverflowError, InvalidId) as error:
            field = "before" if self.backward else "after"
            raise BadUserInput("is not a cursor of this list in this order", field=field) from error


After = Annotated[str, Text(1, 2_000, strip=False)]
"""A cursor, as `Window` reads it."""


class WindowInput(Input):
    """Which part of a list, forwards."""

    first: Annotated[int, Field(strict=True, ge=0, le=MAX_SIZE)] = Field(
        DEFAULT_SIZE, description=f"How many; at most {MAX_SIZE}."
    )
    after: After | None = Field(None, description="The cursor of an entry: what follows it.")

    def window(self) -> Window:
        """What it selects."""
        return Window.read(self.first, self.after)


@dataclass(slots=True)
class Page(Generic[N]):
    """A page of records.

    `where`, under the parent, selects the whole list: its total is counted when asked for, unless it is known.
    """

    nodes: list[N]
    has_next: bool
    has_previous: bool
    sort: Sort
    model: type[Recorded[Any]]
    parent_key: str
    parent_id: Any
    where: Mapping[str, Any]
    total: int | None = None

    def cursor(self, record: AnyRecord) -> str:
        """Where a record stands in the list, as clients send it back."""
        return encode_cursor(record, self.model, self.sort)


ListEdge = Callable[..., Awaitable[list[Page]]]
"""An edge from parents to a page each; it takes `first`, `after`, `filter` and `order_by`."""


async def pages(
    model: type[Stored[N]],
    parent_key: str,
    parent_ids: Sequence[Any],
    window: Window,
    *,
    sort: Sort = (),
    where: Mapping[str, Any] | None = None,
    fields: Fields = None,
    computed: Mapping[str, Any] | None = None,
) -> dict[Any, Page[N]]:
    """One page per parent. Parents are distinct by id; `parent_key` names their collection too (PARENTS).

    `computed` are keys to sort by that no record holds, with the expressions that make them.
    """
    distinct, where = list(dict.fromkeys(parent_ids)), standing(model, where)
    keyset = window.keyset(model, sort)
    order = _total(sort)
    if window.backward:
        order = [(field, -direction) for field, direction in order]
    wanted = projection(fields, parent_key, *(field.partition(".")[0] for field, _ in sort))
    query = PageQuery(model, parent_key, order, keyset, window.size + 1, where or {}, computed or {}, wanted)
    found: dict[Any, Any] = await query.read(distinct)
    made: dict[Any, Page[N]] = {}
    for parent_id in distinct:
        nodes = found.get(parent_id, [])
        beyond, more = keyset is not None, len(nodes) > window.size
        nodes = nodes[: window.size]
        if window.backward:
            nodes.reverse()
        has_next, has_previous = (beyond, more) if window.backward else (more, beyond)
        made[parent_id] = Page(nodes, has_next, has_previous, sort, model, parent_key, parent_id, where or {})
    return made


def pages_by(noun: Noun[Any], key: str, *, sort: Sort = (), where: Mapping[str, Any] | None = None) -> ListEdge:
    """The edge from records to the objects of a noun that carry their id under `key`."""

    @edge(scope=noun.scope)
    async def pages_of(
        ctx: Context,
        parents: Sequence[AnyRecord],
        fields: Fields,
        *,
        first: int | None = None,
        after: str | None = None,
    ) -> list[Page]:
        ids = [parent["_id"] for parent in parents]
        found = await pages(noun.model, key, ids, Window.read(first, after), sort=sort, where=where, fields=fields)
        return [found[parent_id] for parent_id in ids]

    return pages_of


def encode_cursor(record: AnyRecord, model: type[Recorded[Any]], sort: Sort) -> str:
    """The keyset of a record as URL-safe text, marked with the list and the order that it belongs to."""
    values = [_mark(model, sort), *(_pack(_value(record, field)) for field, _ in _total(sort))]
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def decode_cursor(text: str, model: type[Recorded[Any]], sort: Sort) -> list[Any]:
    """The keyset in a cursor; raises ValueError, TypeError, KeyError, OverflowError or InvalidId for any other text."""
    if len(text) > MAX_CURSOR:
        raise ValueError("too long")
    mark, *values = orjson.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    if mark != _mark(model, sort) or len(values) != len(_total(sort)):
        raise ValueError("of another list")
    keyset = [_unpack(value) for value in values]
    if not isinstance(keyset[-1], ObjectId):
        raise TypeError("no id at the end")
    return keyset


def _value(record: AnyRecord, field: str) -> Any:
    """What a record is sorted by: a key of its own, or one inside an object. Neither need be there."""
    key, _, inner = field.partition(".")
    return record.get(key, {}).get(inner) if inner else record.get(key)


def _mark(model: type[Recorded[Any]], sort: Sort) -> int:
    return crc32(f"{model.__name__} {list(sort)}".encode())


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
    if value is None or isinstance(value, str) or (isinstance(value, int | float) and abs(value) < 2**53):
        return value
    raise TypeError("not a keyset value")


def _total(sort: Sort) -> Sort:
    return sort if sort and sort[-1][0] == "_id" else [*sort, ("_id", 1)]


def _size(size: int | None, field: str) -> int:
    if size is None:
        return DEFAULT_SIZE
    if not 0 <= size <= MAX_SIZE:
        raise BadUserInput(f"must be between 0 and {MAX_SIZE}", field=field)
    return size


__all__ = [
    "DEFAULT_SIZE",
    "MAX_SIZE",
    "NEWEST_FIRST",
    "ListEdge",
    "Page",
    "Sort",
    "Window",
    "WindowInput",
    "decode_cursor",
    "encode_cursor",
    "pages",
    "pages_by",
]
