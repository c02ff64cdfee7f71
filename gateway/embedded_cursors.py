# SPDX-License-Identifier: Apache-2.0 OR MIT
# This file alone may also be used under MIT, since it runs inside the process of the GPL-2.0 database.
"""Cursors that are put down as soon as they have been read, in the embedded database's process.

One that stands on a row keeps the page of it in memory. A page that has grown too large is to be split, which everybody
tries who comes to it, ten times, with rests in between and the lock of the whole database in hand; and in vain, as long
as a single cursor stands there. They stood there while a transaction waited for its next command, while a thread waited
for that lock, and from one look for what has expired to the next, so that who rested made all others wait
(decision 119).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Method = Callable[..., Any]
TableOf = Callable[[str, str], str]
"""The table that is read for a collection of a database."""

SMALL = frozenset({"table:secantus_collections", "table:secantus_indexes"})
"""Tables that nothing is put into, once all collections are there."""


def put_down_after(read: Method, table_of: TableOf) -> Method:
    """A method that reads a table, which leaves no cursor there. Each takes the cursor anew, so none misses it."""

    def read_and_put_down(storage: Any, db: str, coll: str, *rest: Any, **named: Any) -> Any:
        try:
            return read(storage, db, coll, *rest, **named)
        finally:
            cursor = storage._tls.cursors.get((table_of(db, coll), True))
            if cursor is not None:
                cursor.reset()

    return read_and_put_down


def put_down_between_commands(use: Method) -> Method:
    """`Storage.use_user_transaction`, within which each command of a transaction runs."""

    @contextmanager
    def use_user_transaction(storage: Any, handle: Any) -> Iterator[None]:
        is_inner = getattr(storage._tls, "user_txn", None) is not None
        with use(storage, handle):
            try:
                yield
            finally:
                if not is_inner:
                    _put_down(handle.cursors)

    return use_user_transaction


def put_down_before_waiting(release: Method) -> Method:
    """`Storage.release_thread_snapshot`, which ends each command outside a transaction, and takes the lock for that."""

    def release_thread_snapshot(storage: Any) -> None:
        kept = storage._tls
        if getattr(kept, "user_txn", None) is None and getattr(kept, "session", None) is not None:
            # A database that closes says so before it closes what a thread may still have.
            if not storage._closed:
                _put_down(kept.cursors)
            release(storage)

    return release_thread_snapshot


def put_down_when_pruned(prune: Method) -> Method:
    """`Storage.prune_ttl_all_collections`, whose thread rests for a minute afterwards."""

    def prune_ttl_all_collections(storage: Any, **named: Any) -> int:
        try:
            pruned: int = prune(storage, **named)
            return pruned
        finally:
            storage.release_thread_snapshot()

    return prune_ttl_all_collections


def _put_down(cursors: dict[Any, Any]) -> None:
    for (table, _), cursor in cursors.items():
        if table not in SMALL:
            cursor.reset()


def put_all_down(stored: Any, *, ids: str, entries: str, documents: TableOf) -> None:
    """Have a class of storages put its cursors down, which are in its tables of ids, entries of indexes, documents."""
    for read, table_of in (
        ("_doc_recordid", lambda *_: ids),
        ("_docs_by_recordids", documents),
        ("_candidates_iter", documents),
        ("_scan_index_for_id_keys", lambda *_: entries),
        ("_all_id_keys_for_index", lambda *_: entries),
        ("_range_scan_index", lambda *_: entries),
        ("_range_scan_index_leading", lambda *_: entries),
        ("_walk_index_in_order", lambda *_: entries),
        ("_unique_conflict", lambda *_: entries),
    ):
        setattr(stored, read, put_down_after(getattr(stored, read), table_of))
    stored.use_user_transaction = put_down_between_commands(stored.use_user_transaction)
    stored.release_thread_snapshot = put_down_before_waiting(stored.release_thread_snapshot)
    stored.prune_ttl_all_collections = put_down_when_pruned(stored.prune_ttl_all_collections)


def quicken() -> None:
    """Let the database that is imported in this process put its cursors down."""
    from secantus import storage

    put_all_down(
        storage.Storage,
        ids=storage._NAT_SEQ_TABLE,
        entries=storage._IDX_ENTRIES_TABLE,
        documents=storage._doc_table_for,
    )
