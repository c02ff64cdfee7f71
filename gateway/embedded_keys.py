# SPDX-License-Identifier: Apache-2.0 OR MIT
# This file alone may also be used under MIT, since it runs inside the process of the GPL-2.0 database.
"""Quicker twins of what the embedded database does for each index of a document that it writes: they answer the same.

A key of an index is worked out in general, for lists at any depth, with a decimal number in between for each number and
a loop over the bytes of what is sorted downwards; and which indexes a collection has is read again for each document,
several times. Together these were a third of what a write takes, and two thirds of a deletion.

A script that `embedded_child.py` runs by its path, as `embedded_speed.py` is. SecantusDB is pinned to one version.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import product
from typing import Any

Encode = Callable[..., Any]
Described = list[tuple[str, dict[str, Any], dict[str, Any]]]

NUMBERS = 4096
"""Whole numbers whose key is kept."""

STATEMENTS = frozenset(
    {"aggregate", "count", "delete", "distinct", "find", "findAndModify", "getMore", "insert", "update"}
)
"""The commands that change no index. `bulkWrite` is several of them."""

_EPOCH = datetime(1970, 1, 1)
_INVERTED = bytes(range(255, -1, -1))
_MISSING = object()


def quick_encode(slow: Encode, object_id: type[Any], int64: type[Any]) -> Encode:
    """`sortkey.encode_value` for values of the types that keys mostly have; all else is left to `slow`."""

    @lru_cache(NUMBERS)
    def number(value: int) -> Any:
        return slow(value)

    def encode_value(value: Any, *, collation: Any = None) -> Any:
        kind = type(value)
        if kind is object_id:
            return b"\x08" + bytes(value.binary)
        if kind is str and collation is None:
            return b"\x04" + value.encode().replace(b"\0", b"\0\xff")
        if value is None:
            return b"\x02"
        if kind is bool:
            return b"\x09\x01" if value else b"\x09\x00"
        if kind is int or kind is int64:
            return number(value)
        if kind is datetime and value.tzinfo is None:
            passed = value - _EPOCH
            milliseconds = passed.days * 86_400_000 + passed.seconds * 1000 + passed.microseconds // 1000
            return b"\x0a" + (milliseconds + (1 << 63)).to_bytes(8, "big")
        return slow(value, collation=collation)

    return encode_value


def quick_invert(data: bytes) -> bytes:
    """`sortkey.invert_bytes`."""
    return data.translate(_INVERTED)


def quick_values(slow: Callable[..., tuple[list[Any], bool]]) -> Callable[..., tuple[list[Any], bool]]:
    """`storage._index_field_values` for a field of the document itself that holds no list."""

    def index_field_values(doc: Mapping[str, Any], field: str) -> tuple[list[Any], bool]:
        if type(doc) is dict and "." not in field:
            value = doc.get(field)
            if not isinstance(value, list):
                return [value], False
        return slow(doc, field)

    return index_field_values


def quick_variants(slow: Callable[..., list[bytes]], separator: bytes, encode: Encode) -> Callable[..., list[bytes]]:
    """`storage._index_key_variants` for fields of the document itself.

    `encode` is `sortkey.encode_value_directed`.
    """

    def index_key_variants(
        doc: Mapping[str, Any], key_spec: Mapping[str, Any], *, sparse: bool, collation: Any = None
    ) -> list[bytes]:
        if type(doc) is not dict:
            return slow(doc, key_spec, sparse=sparse, collation=collation)
        is_covered, parts = not sparse, list[bytes]()
        for field, direction in key_spec.items():
            value = doc.get(field, _MISSING)
            if "." in field or isinstance(direction, str):
                return slow(doc, key_spec, sparse=sparse, collation=collation)
            if isinstance(value, list):
                return several(doc, key_spec, sparse=sparse, collation=collation)
            if value is _MISSING:
                value = None
            else:
                is_covered = True
            parts.append(encode(value, int(direction), collation=collation))
        return [separator.join(parts)] if is_covered else []

    def several(doc: Mapping[str, Any], key_spec: Mapping[str, Any], *, sparse: bool, collation: Any) -> list[bytes]:
        """One of each element and of the whole list, with each of the other fields."""
        if any("." in field or isinstance(direction, str) for field, direction in key_spec.items()):
            return slow(doc, key_spec, sparse=sparse, collation=collation)
        of_fields: list[Iterable[bytes]] = []
        for field, direction in key_spec.items():
            value, towards = doc.get(field), int(direction)
            values = [*value, value] if isinstance(value, list) else [value]
            of_fields.append(dict.fromkeys(encode(each, towards, collation=collation) for each in values))
        return list(dict.fromkeys(map(separator.join, product(*of_fields))))

    return index_key_variants


class Remembered:
    """Which indexes collections have, and their options, remembered by each thread while one command of it runs.

    Nobody else changes them while a command holds its collection's lock, so they are forgotten before that is waited
    for, and where the command itself marks one.
    """

    def dispatch(self, slow: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        """`commands.dispatch`."""

        def dispatch(doc: Any, ctx: Any) -> Any:
            thread = ctx.storage._tls
            thread.quick_known = {} if _changes_no_index(doc) else None
            try:
                return slow(doc, ctx)
            finally:
                thread.quick_known = None

        return dispatch

    def indexes(self, read: Callable[[Any, str, str], Described]) -> Callable[[Any, str, str], Described]:
        """`Storage._iter_indexes`."""

        def iter_indexes(storage: Any, db: str, coll: str) -> Described:
            known = getattr(storage._tls, "quick_known", None)
            if known is None:
                return read(storage, db, coll)
            found = known.get(("indexes", db, coll))
            if found is None:
                found = known["indexes", db, coll] = read(storage, db, coll)
            return [(name, dict(fields), dict(options)) for name, fields, options in found]

        return iter_indexes

    def options(self, read: Callable[[Any, str, str], dict[str, Any] | None]) -> Callable[..., dict[str, Any] | None]:
        """`Storage._coll_options`. A collection without a UUID is given one, so its options are not remembered."""

        def coll_options(storage: Any, db: str, coll: str) -> dict[str, Any] | None:
            known = getattr(storage._tls, "quick_known", None)
            if known is not None and (found := known.get(("options", db, coll))) is not None:
                return dict(found)
            options = read(storage, db, coll)
            if known is not None and options and "uuid" in options:
                known["options", db, coll] = dict(options)
            return options

        return coll_options

    def lock(self, slow: Callable[[Any, str, str], Any]) -> Callable[[Any, str, str], Any]:
        """`Storage._coll_lock`, which is called to be taken at once."""

        def coll_lock(storage: Any, db: str, coll: str) -> Any:
            self._forget(storage)
            return slow(storage, db, coll)

        return coll_lock

    def mark(self, slow: Callable[..., set[str]]) -> Callable[..., set[str]]:
        """`Storage._maybe_mark_multikey`."""

        def maybe_mark_multikey(
            storage: Any, db: str, coll: str, doc: Any, indexes: Any, already_multikey: set[str]
        ) -> set[str]:
            before = len(already_multikey)
            marked = slow(storage, db, coll, doc, indexes, already_multikey)
            if len(marked) != before:
                self._forget(storage)
            return marked

        return maybe_mark_multikey

    def _forget(self, storage: Any) -> None:
        if known := getattr(storage._tls, "quick_known", None):
            known.clear()


def _changes_no_index(doc: Mapping[str, Any]) -> bool:
    name = next(iter(doc), "")
    if name == "aggregate":
        stages = doc.get("pipeline")
        return isinstance(stages, list) and not any(
            isinstance(stage, dict) and ("$out" in stage or "$merge" in stage) for stage in stages
        )
    return name in STATEMENTS or name == "bulkWrite"


def quick_register(registry: Any, lsid_bytes: bytes) -> None:
    """`SessionRegistry.register`, which looks at those alone that were used the longest ago."""
    if not isinstance(lsid_bytes, bytes) or len(lsid_bytes) != 16:
        raise ValueError("lsid must be a 16-byte UUID payload")
    with registry._lock:
        used: dict[bytes, float] = registry._sessions
        now: float = registry._time()
        used.pop(lsid_bytes, None)
        used[lsid_bytes] = now
        while used[oldest := next(iter(used))] < now - registry._idle_ttl:
            del used[oldest]


def quicken() -> None:
    """Let the database that is imported in this process use the twins."""
    import bson
    from secantus import server, sessions, sortkey, storage

    remembered, stored = Remembered(), storage.Storage
    sortkey.encode_value = storage.encode_value = quick_encode(sortkey.encode_value, bson.ObjectId, bson.Int64)
    sortkey.invert_bytes = quick_invert
    storage._index_field_values = quick_values(storage._index_field_values)
    storage._index_key_variants = quick_variants(
        storage._index_key_variants, sortkey.COMPOUND_SEP, sortkey.encode_value_directed
    )
    stored._iter_indexes = remembered.indexes(stored._iter_indexes)
    stored._coll_options = remembered.options(stored._coll_options)
    stored._coll_lock = remembered.lock(stored._coll_lock)
    stored._maybe_mark_multikey = remembered.mark(stored._maybe_mark_multikey)
    server.dispatch = remembered.dispatch(server.dispatch)
    sessions.SessionRegistry.register = quick_register
