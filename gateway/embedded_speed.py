# SPDX-License-Identifier: Apache-2.0 OR MIT
# This file alone may also be used under MIT, since it runs inside the process of the GPL-2.0 database.
"""Quicker twins of functions of the embedded database that every command calls many times: they answer the same.

Every key and value goes through WiredTiger's own packing, which reads its format again each time; the list of a
collection's indexes is decoded a dozen times for each command; and each write looks at every reply that is kept for
its repetition, of which there are up to 10,000. Together these were half of the database's work.

And commands wait for each other where they need not: each of a transaction for those of all others that are at work,
the writing to disk at their commit too; and each up to three times for a reader's turn, to ask for settings that one
row holds. That was two fifths of what a command takes where many come at once.

A script that `embedded_child.py` runs by its path. SecantusDB is pinned to one version, so what is replaced is there.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

Pack = Callable[..., Any]
Unpack = Callable[[str, Any], Any]

STRINGS = {"S": 1, "SS": 2, "SSS": 3, "SSSu": 3, "SSu": 2, "SSq": 2, "q": 0, "u": 0}
"""How many strings a format begins with, for the formats of the database's tables."""

ONE_BYTE, TWO_BYTES = 0x40, 0x2040
"""The first numbers that one byte, and two, have no place for."""

DECODED = 4096
"""Indexes and collections whose description is kept."""


def quick_pack(slow: Pack) -> Pack:
    """`wiredtiger.packing.pack` for the formats of the database's tables; all else is left to `slow`."""

    def pack(fmt: str, *values: Any) -> Any:
        count = STRINGS.get(fmt)
        if count is None or len(values) != len(fmt):
            return slow(fmt, *values)
        packed = b""
        if count:
            try:
                packed = "\0".join((*values[:count], "")).encode()
            except TypeError:
                return slow(fmt, *values)
            if packed.count(0) != count:
                return slow(fmt, *values)
        if len(fmt) == count:
            return packed
        last = values[count]
        if fmt[-1] == "q":
            return packed + _pack_int(last) if type(last) is int and last >= 0 else slow(fmt, *values)
        return packed + last if type(last) is bytes else slow(fmt, *values)

    return pack


def _pack_int(number: int) -> bytes:
    """A number that is not negative, in as many bytes as it needs and in the order of its size."""
    if number < ONE_BYTE:
        return bytes((0x80 | number,))
    if number < TWO_BYTES:
        return (0xC000 | number - ONE_BYTE).to_bytes(2, "big")
    rest = number - TWO_BYTES
    # One byte for zero as well: no number may be shorter than a smaller one.
    size = (rest.bit_length() + 7) // 8 or 1
    return bytes((0xE0 | size,)) + rest.to_bytes(size, "big")


def quick_unpack(slow: Unpack) -> Unpack:
    """`wiredtiger.packing.unpack`, as `quick_pack` has it."""

    def unpack(fmt: str, packed: Any) -> Any:
        count = STRINGS.get(fmt)
        if count is None or type(packed) is not bytes:
            return slow(fmt, packed)
        parts: list[Any] = packed.split(b"\0", count)
        rest = parts.pop()
        if len(parts) != count:
            return slow(fmt, packed)
        values = [part.decode() for part in parts]
        if len(fmt) == count:
            return values
        if fmt[-1] == "u":
            return [*values, rest]
        if not rest or rest[0] < 0x80 or rest[0] & 0xF0 == 0xF0:
            return slow(fmt, packed)
        return [*values, _unpack_int(rest)]

    return unpack


def _unpack_int(packed: bytes) -> int:
    marker = packed[0]
    if marker < 0xC0:
        return marker & 0x3F
    if marker < 0xE0:
        return ONE_BYTE + ((marker & 0x1F) << 8 | packed[1])
    return TWO_BYTES + int.from_bytes(packed[1 : 1 + (marker & 0xF)], "big")


def quick_indexes(table: str, not_found: int, decode: Callable[[bytes], dict[str, Any]]) -> Callable[..., Any]:
    """`Storage._iter_indexes`, which decodes what it reads only where it has not seen the same bytes before."""

    @lru_cache(DECODED)
    def described(stored: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
        payload = decode(stored)
        return payload.get("key", {}), payload.get("options", {})

    def iter_indexes(storage: Any, db: str, coll: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
        found: list[tuple[str, dict[str, Any], dict[str, Any]]] = []
        cursor = storage._cursor(table)
        cursor.set_key(db, coll, "")
        first = cursor.search_near()
        if first == not_found or (first < 0 and cursor.next() != 0):
            return found
        prefix = f"{db}\0{coll}\0".encode()
        while (key := bytes(cursor._get_key())).startswith(prefix):
            fields, options = described(bytes(cursor._get_value()))
            found.append((key[len(prefix) : -1].decode(), dict(fields), dict(options)))
            if cursor.next() != 0:
                break
        return found

    return iter_indexes


def quick_options(table: str, decode: Callable[[bytes], dict[str, Any]]) -> Callable[..., Any]:
    """`Storage._coll_options`, in the same way."""
    described = lru_cache(DECODED)(decode)

    def coll_options(storage: Any, db: str, coll: str) -> dict[str, Any] | None:
        cursor = storage._cursor(table)
        cursor.set_key(db, coll)
        if cursor.search() != 0:
            return None
        stored = bytes(cursor.get_value())
        return dict(described(stored)) if stored else {}

    return coll_options


def quick_prune(lifetime: float, most: int) -> Callable[[Any], None]:
    """`TransactionRegistry._prune_retryable_locked`, which looks at the oldest replies alone."""

    def prune(registry: Any) -> None:
        replies: dict[Any, tuple[Any, float, Any]] = registry._retryable
        oldest = registry._time() - lifetime
        while replies:
            key = next(iter(replies))
            if len(replies) <= most and replies[key][1] >= oldest:
                break
            del replies[key]

    return prune


def quick_reap(in_progress: Any, aborted: Any) -> Callable[[Any], int]:
    """`TransactionRegistry._prune_locked`, which waits for no transaction that is at work: it is not forsaken."""

    def reap(registry: Any) -> int:
        cutoff = registry._time() - registry._lifetime
        reaped = 0
        for txn in registry._txns.values():
            if txn.state is not in_progress or txn.last_use >= cutoff or not txn.mutex.acquire(blocking=False):
                continue
            try:
                if txn.state is in_progress and txn.last_use < cutoff:
                    registry._rollback_quietly(txn)
                    txn.state = aborted
                    reaped += 1
            finally:
                txn.mutex.release()
        return reaped

    return reap


def quick_settings(
    slow: Callable[[Any, str, str], dict[str, Any]], binary: Any, uuid: Any
) -> Callable[..., dict[str, Any]]:
    """`Storage.get_collection_options`, which waits for no reader's turn: it reads one row."""

    def get_collection_options(storage: Any, db: str, coll: str) -> dict[str, Any]:
        if db == "local":
            return slow(storage, db, coll)
        storage._refresh_read_snapshot()
        found = storage._coll_options(db, coll) or {}
        stored = found.get("uuid")
        if isinstance(stored, binary) and len(stored) == 16:
            found["uuid"] = uuid(bytes=bytes(stored))
        return dict(found)

    return get_collection_options


def quick_profiles(read: Callable[..., dict[str, Any]], write: Callable[..., Any]) -> tuple[Any, Any]:
    """`Storage.get_profile` and `set_profile`, which remember what is set."""

    def get_profile(storage: Any, db: str) -> dict[str, Any]:
        known: dict[str, dict[str, Any]] = storage.__dict__.setdefault("_quick_profiles", {})
        if db not in known:
            with storage._lock:
                known[db] = read(storage, db)
        return dict(known[db])

    def set_profile(storage: Any, db: str, **settings: Any) -> Any:
        with storage._lock:
            written = write(storage, db, **settings)
            storage.__dict__["_quick_profiles"] = {}
            return written

    return get_profile, set_profile


def quicken() -> None:
    """Let the database that is imported in this process use the twins."""
    import uuid

    import bson
    import swig_wiredtiger
    import wiredtiger
    from secantus import storage, transactions

    swig_wiredtiger.pack = quick_pack(swig_wiredtiger.pack)
    swig_wiredtiger.unpack = quick_unpack(swig_wiredtiger.unpack)
    storage.Storage._iter_indexes = quick_indexes(storage._IDX_TABLE, wiredtiger.WT_NOTFOUND, bson.decode)
    storage.Storage._coll_options = quick_options(storage._COLL_TABLE, bson.decode)
    transactions.TransactionRegistry._prune_retryable_locked = quick_prune(
        transactions._RETRYABLE_RECORD_LIFETIME_SECONDS, transactions._RETRYABLE_RECORD_MAX
    )
    transactions.TransactionRegistry._prune_locked = quick_reap(
        transactions.TxnState.IN_PROGRESS, transactions.TxnState.ABORTED
    )
    storage.Storage.get_collection_options = quick_settings(
        storage.Storage.get_collection_options, bson.Binary, uuid.UUID
    )
    storage.Storage.get_profile, storage.Storage.set_profile = quick_profiles(
        storage.Storage.get_profile, storage.Storage.set_profile
    )
