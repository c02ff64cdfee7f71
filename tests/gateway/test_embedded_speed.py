"""The quicker twins of the embedded database's functions answer as what they stand for does."""

import copy
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import bson
import pytest
import wiredtiger
from hypothesis import example, given
from hypothesis import strategies as st
from secantus.storage import _COLL_TABLE, _IDX_TABLE, Storage
from secantus.transactions import TransactionRegistry, TxnState
from wiredtiger.packing import pack, unpack

from gateway.embedded_speed import (
    STRINGS,
    quick_indexes,
    quick_options,
    quick_pack,
    quick_profiles,
    quick_prune,
    quick_reap,
    quick_settings,
    quick_unpack,
)
from tests.patience import PATIENCE

NUMBERS = st.integers(-(1 << 62), 1 << 62) | st.integers(-9000, 9000)
VALUES = {"S": st.text(max_size=5) | st.sampled_from(["cards", "", "ä\0b"]), "u": st.binary(max_size=6), "q": NUMBERS}


def keys() -> st.SearchStrategy[tuple[str, tuple[Any, ...]]]:
    """A format and values for it; formats that the database does not use are among them."""
    formats = st.sampled_from([*STRINGS, "qS", "uS", "Sqq"])
    return formats.flatmap(lambda fmt: st.tuples(st.just(fmt), st.tuples(*(VALUES[one] for one in fmt))))


@given(key=keys())
@example(("q", (63,)))
@example(("q", (64,)))
@example(("q", (8255,)))
@example(("SSq", ("db", "cards", 8256)))
@example(("q", (8257,)))
@example(("q", (8256 + 255,)))
@example(("q", (8256 + 256,)))
def test_keys_and_values_are_packed_and_unpacked_alike(key: tuple[str, tuple[Any, ...]]) -> None:
    fmt, values = key
    packed = pack(fmt, *values)

    assert quick_pack(pack)(fmt, *values) == packed
    assert list(quick_unpack(unpack)(fmt, packed)) == list(unpack(fmt, packed))


@pytest.mark.parametrize("values", [(), ("db",), (b"db", "cards"), ("db", 1), ("db", "cards", "more")], ids=repr)
def test_values_that_do_not_fit_a_format_end_alike(values: tuple[Any, ...]) -> None:
    def ended(packing: Any) -> Any:
        try:
            return packing("SS", *values)
        except Exception as error:
            return repr(error)

    assert ended(quick_pack(pack)) == ended(pack)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    with Storage(str(tmp_path / "db")) as opened:
        yield opened


def test_indexes_and_collections_are_described_alike_after_every_change(storage: Storage) -> None:
    indexes = quick_indexes(_IDX_TABLE, wiredtiger.WT_NOTFOUND, bson.decode)
    options = quick_options(_COLL_TABLE, bson.decode)
    names = [("db", "card"), ("db", "cards"), ("db2", "cards"), ("db", "none"), ("zz", "last")]

    def check(described: int) -> None:
        found = {name: list(storage._iter_indexes(*name)) for name in names}
        assert {name: indexes(storage, *name) for name in names} == found
        assert {name: options(storage, *name) for name in names} == {
            name: storage._coll_options(*name) for name in names
        }
        assert sum(map(len, found.values())) == described

    check(0)
    for name in names[:3]:
        storage.create_collection(*name)
    check(0)
    storage.create_index("db", "cards", "place", {"column_id": 1, "rank": 1})
    storage.create_index("db", "cards", "few", {"at": 1}, {"partialFilterExpression": {"open": True}})
    storage.create_index("db2", "cards", "place", {"column_id": 1}, {"unique": True})
    check(3)
    storage.insert("db", "cards", [{"_id": 1, "column_id": [1, 2], "rank": "a"}])  # several keys for one document
    check(3)
    storage.set_index_expiry("db", "cards", "few", 90)
    storage.set_collection_options("db", "cards", changeStreamPreAndPostImages={"enabled": True})
    check(3)
    storage.drop_index("db", "cards", "place")
    check(2)
    storage.drop_collection("db", "cards")
    check(1)


def test_what_is_changed_of_a_description_is_not_kept(storage: Storage) -> None:
    storage.create_collection("db", "cards")
    storage.create_index("db", "cards", "place", {"column_id": 1})
    indexes = quick_indexes(_IDX_TABLE, wiredtiger.WT_NOTFOUND, bson.decode)
    options = quick_options(_COLL_TABLE, bson.decode)
    described = copy.deepcopy((indexes(storage, "db", "cards"), options(storage, "db", "cards")))

    for changed in (*indexes(storage, "db", "cards")[0][1:], options(storage, "db", "cards")):
        changed["new"] = True

    assert (indexes(storage, "db", "cards"), options(storage, "db", "cards")) == described


def test_the_same_replies_are_kept_for_a_repetition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secantus.transactions._RETRYABLE_RECORD_LIFETIME_SECONDS", 10.0)
    monkeypatch.setattr("secantus.transactions._RETRYABLE_RECORD_MAX", 5)
    now = 0.0
    slow, quick = (TransactionRegistry(time_func=lambda: now) for _ in range(2))
    monkeypatch.setattr(quick, "_prune_retryable_locked", lambda: quick_prune(10.0, 5)(quick))

    for number, passed in enumerate([0, 1, 1, 1, 6, 1, 1, 0, 0, 0, 0, 11, 1]):
        now += passed
        for registry in (slow, quick):
            registry.record_retryable(b"session", number, b"", {"ok": 1.0, "n": number})
        assert quick._retryable == slow._retryable
        assert quick.retryable_reply(b"session", number, b"") == {"ok": 1.0, "n": number}


def test_settings_of_collections_and_databases_are_told_alike(storage: Storage) -> None:
    settings = quick_settings(Storage.get_collection_options, bson.Binary, UUID)
    get_profile, set_profile = quick_profiles(Storage.get_profile, Storage.set_profile)

    def check() -> None:
        for name in (("db", "cards"), ("db", "none"), ("local", "oplog.rs")):
            assert settings(storage, *name) == storage.get_collection_options(*name)
        for db in ("db", "db2"):
            assert get_profile(storage, db) == storage.get_profile(db)

    check()
    storage.create_collection("db", "cards")
    check()
    storage.set_collection_options("db", "cards", changeStreamPreAndPostImages={"enabled": True}, capped=True)
    set_profile(storage, "db", level=1, slowms=5)
    check()
    assert isinstance(settings(storage, "db", "cards")["uuid"], UUID)
    settings(storage, "db", "cards")["new"] = get_profile(storage, "db")["new"] = True
    check()


def registry(now: list[float]) -> Any:
    """Transactions of which nothing is kept, by a clock."""
    return TransactionRegistry(time_func=lambda: now[0])


def test_the_same_transactions_are_ended_as_forsaken(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    slow, quick = registry(now), registry(now)
    reap = quick_reap(TxnState.IN_PROGRESS, TxnState.ABORTED)
    monkeypatch.setattr(quick, "_prune_locked", lambda: reap(quick))

    def states() -> list[Any]:
        for made in (slow, quick):
            made.prune_expired()
        assert [txn.state for txn in slow._txns.values()] == [txn.state for txn in quick._txns.values()]
        return [txn.state for txn in quick._txns.values()]

    for made in (slow, quick):
        for session in (b"forsaken", b"done", b"used"):
            made.for_statement(session, None, 1, start=True)
        assert made.commit(b"done", 1) is None
    now[0] = slow._lifetime
    assert TxnState.ABORTED not in states()
    for made in (slow, quick):
        made.for_statement(b"used", None, 1, start=False)
    now[0] += 1
    assert states() == [TxnState.ABORTED, TxnState.COMMITTED, TxnState.IN_PROGRESS]


def test_nobody_waits_for_a_transaction_that_is_at_work() -> None:
    # Given a transaction with a command at work for longer than one may be forsaken
    now = [0.0]
    made = registry(now)
    txn, _ = made.for_statement(b"busy", None, 1, start=True)
    now[0] = made._lifetime + 1
    reaped: list[int] = []
    reap = quick_reap(TxnState.IN_PROGRESS, TxnState.ABORTED)

    # When another thread looks for what is forsaken
    with txn.mutex:
        looking = threading.Thread(target=lambda: reaped.append(reap(made)))
        looking.start()
        looking.join(PATIENCE)

    # Then it found none, and does not wait
    assert (reaped, txn.state) == ([0], TxnState.IN_PROGRESS)
    assert (reap(made), txn.state) == (1, TxnState.ABORTED)
