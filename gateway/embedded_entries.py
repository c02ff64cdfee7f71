# SPDX-License-Identifier: Apache-2.0 OR MIT
# This file alone may also be used under MIT, since it runs inside the process of the GPL-2.0 database.
"""Quicker twins of how the embedded database puts documents into their indexes and takes them out.

An update takes a document out of all its indexes and puts it back, and a unique index has its keys worked out twice
and is looked at for others that have them. With these a change of one field touches the indexes of that field. What is
stored is the same, byte for byte.

A script that `embedded_child.py` runs by its path, after `embedded_keys.py`.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Variants = Callable[..., list[bytes]]


@dataclass(slots=True)
class Indexes:
    """What a command knows of a collection's indexes, as long as it hands on the same `listed`: the name of each, its
    fields, whether it is sparse and whether unique, and how its entries begin; None for one that has more to it.

    In an update, `left` is what the document that is written next had in each: its record, and the keys by index.
    """

    listed: Any = None
    described: list[tuple[str, Any, bool, bool, bytes]] | None = None
    is_update: bool = False
    left: tuple[int, dict[str, list[bytes]]] | None = None


MISSING = object()
SINGLE = (str, int, float, bool, type(None), datetime)
"""Of values of other types it is not looked into whether they are the same."""


@dataclass(frozen=True, slots=True)
class Entries:
    """Twins of `Storage._write_index_entries`, `_delete_index_entries`, `update_matching`, `_unique_conflict` and of
    `storage._doc_changed`, of which the originals are given; `pack` makes an entry of a key and a record, in `table`.
    `single` are the types of values that are equal where they are the same.
    """

    write_slowly: Callable[..., None]
    delete_slowly: Callable[..., None]
    update_slowly: Callable[..., Any]
    conflict_slowly: Callable[..., Any]
    is_changed_slowly: Callable[[Any, Any], bool]
    geo_type: Callable[[Any], Any]
    matches: Callable[..., bool]
    variants: Variants
    pack: Callable[[bytes, int], bytes]
    table: str
    single: frozenset[type]
    kept: str = field(default="_quick_indexes")
    compared: threading.local = field(default_factory=threading.local)
    """The document that a thread has last found to be changed, as it will be and as it was."""

    def delete(
        self, storage: Any, db: str, coll: str, doc: Any, indexes: Any, partials: Any = None, *, recordid: int
    ) -> None:
        """Take a document out of its indexes."""
        known = self._known(storage, db, coll, indexes)
        if known.described is None or partials is None:
            return self.delete_slowly(storage, db, coll, doc, indexes, partials, recordid=recordid)
        keys = self._keys(known.described, doc, partials)
        if known.is_update:
            known.left = recordid, keys
        else:
            self._remove(storage, db, coll, known.described, keys, recordid)
        return None

    def write(
        self, storage: Any, db: str, coll: str, doc: Any, indexes: Any, partials: Any = None, *, recordid: int
    ) -> None:
        """Put a document into its indexes, or change what an update changes of it there."""
        known = self._known(storage, db, coll, indexes)
        if known.described is None or partials is None:
            return self.write_slowly(storage, db, coll, doc, indexes, partials, recordid=recordid)
        keys = self._keys(known.described, doc, partials)
        left, known.left = known.left, None
        # Of another record only where an update began anew, and what it had taken out is back.
        if left is not None and left[0] == recordid:
            before = left[1]
            gone = {name: [key for key in before[name] if key not in keys[name]] for name in keys}
            self._remove(storage, db, coll, known.described, gone, recordid)
            keys = {name: [key for key in keys[name] if key not in before[name]] for name in keys}
        cursor = storage._cursor(self.table)
        for name, key_spec, _sparse, is_unique, prefix in known.described:
            for key in keys[name]:
                _set_key(cursor, prefix + self.pack(key, recordid))
                cursor.set_value(b"")
                cursor.insert()
                if is_unique:
                    storage._claim_unique_key(db, coll, name, key, recordid, key_spec, doc, None)
        return None

    def update(self, storage: Any, db: str, coll: str, *rest: Any, **settings: Any) -> Any:
        """Update documents; the entries that stay are left where they are."""
        known = self._of_thread(storage)
        # A capped collection deletes within an update what is too much.
        known.is_update = not (storage._coll_options(db, coll) or {}).get("capped")
        try:
            return self.update_slowly(storage, db, coll, *rest, **settings)
        finally:
            known.is_update, known.left = False, None

    def is_changed(self, new: Any, old: Any) -> bool:
        """Whether an update changes a document, which is looked at for conflicts next."""
        is_changed = self.is_changed_slowly(new, old)
        self.compared.pair = (new, old) if is_changed else None
        return is_changed

    def conflict(
        self, storage: Any, db: str, coll: str, new: Any, indexes: Any, *, exclude_recordid: Any, partials: Any = None
    ) -> Any:
        """Whether another document has what a unique index has one of; not asked where a document has had it before."""
        known, pair = self._known(storage, db, coll, indexes), getattr(self.compared, "pair", None)
        if known.described is not None and partials is not None and pair is not None and pair[0] is new:
            uniques = [(name, key_spec) for name, key_spec, _, is_unique, _ in known.described if is_unique]
            if all(self._has_it(pair, key_spec, partials.get(name)) for name, key_spec in uniques):
                return None
        return self.conflict_slowly(
            storage, db, coll, new, indexes, exclude_recordid=exclude_recordid, partials=partials
        )

    def _has_it(self, pair: tuple[Any, Any], key_spec: Any, partial: Any) -> bool:
        """Whether a document was in a unique index already, as it is to be now."""
        new, old = pair
        for name in key_spec:
            value, before = new.get(name, MISSING), old.get(name, MISSING)
            if "." in name or type(value) not in self.single or type(value) is not type(before) or value != before:
                return False
        return partial is None or self.matches(old, partial)

    def _of_thread(self, storage: Any) -> Indexes:
        known: Indexes | None = getattr(storage._tls, self.kept, None)
        if known is None:
            known = Indexes()
            setattr(storage._tls, self.kept, known)
        return known

    def _known(self, storage: Any, db: str, coll: str, indexes: Any) -> Indexes:
        known = self._of_thread(storage)
        if known.listed is not indexes:
            known.listed = indexes
            options = storage._index_options_map(db, coll)
            settings = [options.get(name, {}) for name, *_ in indexes]
            is_plain = not any(each.get("collation") or each.get("prepareUnique") for each in settings)
            known.described = None
            if is_plain and not any(self.geo_type(key_spec) for _, key_spec, *_ in indexes):
                known.described = [(*index, f"{db}\0{coll}\0{index[0]}\0".encode()) for index in indexes]
        return known

    def _keys(self, described: Any, doc: Any, partials: Any) -> dict[str, list[bytes]]:
        keys: dict[str, list[bytes]] = {}
        for name, key_spec, sparse, *_ in described:
            partial = partials.get(name)
            is_in = partial is None or self.matches(doc, partial)
            keys[name] = self.variants(doc, key_spec, sparse=sparse) if is_in else []
        return keys

    def _remove(
        self, storage: Any, db: str, coll: str, described: Any, keys: Mapping[str, list[bytes]], recordid: int
    ) -> None:
        cursor = storage._cursor(self.table)
        for name, _key_spec, _sparse, is_unique, prefix in described:
            if is_unique:
                storage._release_unique_keys(db, coll, name, keys[name], recordid)
            for key in keys[name]:
                _set_key(cursor, prefix + self.pack(key, recordid))
                if cursor.search() == 0:
                    cursor.remove()


def _set_key(cursor: Any, packed: bytes) -> None:
    """`Cursor.set_key` for a key that is packed already, which has to stay where it is in memory."""
    cursor._key = packed
    cursor._set_key(packed)


def quicken() -> None:
    """Let the database that is imported in this process use the twins."""
    import bson
    from secantus import query, storage

    entries = Entries(
        storage.Storage._write_index_entries,
        storage.Storage._delete_index_entries,
        storage.Storage.update_matching,
        storage.Storage._unique_conflict,
        storage._doc_changed,
        storage._geo_type_of,
        query.matches,
        storage._index_key_variants,
        storage._pack_entry,
        storage._IDX_ENTRIES_TABLE,
        frozenset((*SINGLE, bson.ObjectId)),
    )
    storage._doc_changed = entries.is_changed
    # Functions, since methods of a dataclass would take it for the storage.
    storage.Storage._write_index_entries = lambda *given, **named: entries.write(*given, **named)
    storage.Storage._delete_index_entries = lambda *given, **named: entries.delete(*given, **named)
    storage.Storage._unique_conflict = lambda *given, **named: entries.conflict(*given, **named)
    storage.Storage.update_matching = lambda *given, **named: entries.update(*given, **named)
