# SPDX-License-Identifier: Apache-2.0 OR MIT
# This file alone may also be used under MIT, since it runs inside the process of the GPL-2.0 database.
"""Quicker twins of how the embedded database puts documents into their indexes and takes them out.

An update takes a document out of all its indexes and puts it back, and a unique index has its keys worked out twice.
With these a change of one field touches the indexes of that field. What is stored is the same, byte for byte.

A script that `embedded_child.py` runs by its path, after `embedded_keys.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Entries:
    """Twins of `Storage._write_index_entries`, `_delete_index_entries` and `update_matching`, of which the originals
    are given; `pack` makes an entry of a key and a record, in `table`."""

    write_slowly: Callable[..., None]
    delete_slowly: Callable[..., None]
    update_slowly: Callable[..., Any]
    geo_type: Callable[[Any], Any]
    matches: Callable[..., bool]
    variants: Variants
    pack: Callable[[bytes, int], bytes]
    table: str
    kept: str = field(default="_quick_indexes")

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
    from secantus import query, storage

    entries = Entries(
        storage.Storage._write_index_entries,
        storage.Storage._delete_index_entries,
        storage.Storage.update_matching,
        storage._geo_type_of,
        query.matches,
        storage._index_key_variants,
        storage._pack_entry,
        storage._IDX_ENTRIES_TABLE,
    )
    # Functions, since methods of a dataclass would take it for the storage.
    storage.Storage._write_index_entries = lambda *given, **named: entries.write(*given, **named)
    storage.Storage._delete_index_entries = lambda *given, **named: entries.delete(*given, **named)
    storage.Storage.update_matching = lambda *given, **named: entries.update(*given, **named)
