"""What the embedded database works out for its indexes is the same as without the quicker twins."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bson
import pytest
import wiredtiger
from bson import Code, Decimal128, Int64, MaxKey, MinKey, ObjectId, Regex, Timestamp
from hypothesis import example, given
from hypothesis import strategies as st
from secantus import sortkey, storage
from secantus.collation import parse
from secantus.sessions import SessionRegistry
from secantus.storage import Storage

from gateway.embedded_keys import (
    Remembered,
    quick_encode,
    quick_invert,
    quick_register,
    quick_values,
    quick_variants,
)
from gateway.embedded_speed import quick_indexes

ENCODE = quick_encode(sortkey.encode_value, ObjectId, Int64)
VARIANTS = quick_variants(storage._index_key_variants, sortkey.COMPOUND_SEP, sortkey.encode_value_directed)
FIELDS = ["a", "b", "c.d", "c.0"]

plain = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.integers(-(2**63), 2**63 - 1).map(Int64)
    | st.floats()
    | st.text(max_size=4)
    | st.binary(max_size=4)
    | st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31))
    | st.binary(min_size=12, max_size=12).map(ObjectId)
    | st.sampled_from([MinKey(), MaxKey(), Timestamp(1, 2), Decimal128("1.5"), Code("a\0b"), Regex("a", "i")])
)
values = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["d", "0", "x"]), inner, max_size=2),
    max_leaves=5,
)
documents = st.dictionaries(st.sampled_from(["a", "b", "c", "c.d"]), values, max_size=4)
specs = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from([1, -1, 1.0, Int64(-1)]), min_size=1, max_size=3)


@given(value=values)
@example("ä\0b")
@example(True)
@example(1)
@example(datetime(1969, 12, 31, 23, 59, 59, 999_000))
@example(datetime(2026, 1, 1, tzinfo=UTC))
def test_a_value_is_encoded_alike(value: Any) -> None:
    assert ENCODE(value) == ENCODE(value) == sortkey.encode_value(value)


def test_what_a_collation_takes_as_equal_is_encoded_alike() -> None:
    collation = parse({"locale": "en", "strength": 1})

    assert ENCODE("É", collation=collation) == sortkey.encode_value("É", collation=collation)
    assert ENCODE("É", collation=collation) != ENCODE("É")


@given(data=st.binary(max_size=20))
def test_bytes_are_inverted_alike(data: bytes) -> None:
    assert quick_invert(data) == sortkey.invert_bytes(data)


@given(doc=documents, spec=specs, sparse=st.booleans())
@example({}, {"a": 1}, True)
@example({"a": None}, {"a": 1, "b": -1}, True)
@example({"a": [1, 1, [2]], "b": "x"}, {"a": -1, "b": 1}, False)
def test_a_document_has_the_same_keys_in_an_index(doc: dict[str, Any], spec: dict[str, Any], sparse: bool) -> None:
    for one in (doc, OrderedDict(doc)):
        assert VARIANTS(one, spec, sparse=sparse) == storage._index_key_variants(one, spec, sparse=sparse)
        for field in FIELDS:
            assert quick_values(storage._index_field_values)(one, field) == storage._index_field_values(one, field)


class Quick(Storage):  # type: ignore[misc]
    """A storage with the twins that remember."""

    remembered = Remembered()
    _iter_indexes = remembered.indexes(quick_indexes(storage._IDX_TABLE, wiredtiger.WT_NOTFOUND, bson.decode))
    _coll_options = remembered.options(Storage._coll_options)
    _coll_lock = remembered.lock(Storage._coll_lock)
    _maybe_mark_multikey = remembered.mark(Storage._maybe_mark_multikey)


@pytest.fixture
def quick(tmp_path: Path) -> Iterator[Quick]:
    with Quick(str(tmp_path / "db")) as opened:
        opened.create_collection("db", "cards")
        opened.create_index("db", "cards", "place", {"column_id": 1})
        yield opened


def within(storage: Storage, command: dict[str, Any], work: Any) -> Any:
    """What `work` returns as the work of a command."""
    dispatch = Quick.remembered.dispatch(lambda _doc, _ctx: work())
    return dispatch(command, SimpleNamespace(storage=storage))


def names(storage: Storage) -> list[str]:
    return [name for name, _, _ in storage._iter_indexes("db", "cards")]


def elsewhere(work: Any) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_a_command_knows_indexes_until_it_waits_for_its_collection(quick: Quick) -> None:
    def work() -> list[list[str]]:
        before = names(quick)
        elsewhere(lambda: quick.create_index("db", "cards", "later", {"rank": 1}))
        quick._refresh_read_snapshot()
        known = names(quick)
        with quick._coll_lock("db", "cards"):
            return [before, known, names(quick)]

    assert within(quick, {"insert": "cards"}, work) == [["place"], ["place"], ["later", "place"]]
    assert names(quick) == ["later", "place"]


@pytest.mark.parametrize(
    "command",
    [{"createIndexes": "cards"}, {"aggregate": "cards", "pipeline": [{"$out": "others"}]}, {"drop": "cards"}],
    ids=lambda command: next(iter(command)),
)
def test_a_command_that_changes_indexes_reads_them_each_time(quick: Quick, command: dict[str, Any]) -> None:
    def work() -> list[str]:
        names(quick)
        quick.create_index("db", "cards", "later", {"rank": 1})
        return names(quick)

    assert within(quick, command, work) == ["later", "place"]


def test_an_index_that_the_command_itself_marks_is_read_again(quick: Quick) -> None:
    def work() -> list[Any]:
        quick.insert("db", "cards", [{"_id": 1, "column_id": [1, 2]}])
        return [options.get("multikey") for _, _, options in quick._iter_indexes("db", "cards")]

    assert within(quick, {"insert": "cards"}, work) == [True]


def test_what_is_changed_of_what_is_known_is_not_kept(quick: Quick) -> None:
    def work() -> tuple[Any, Any]:
        quick._collection_uuid("db", "cards")
        [(_, fields, described)], options = quick._iter_indexes("db", "cards"), quick._coll_options("db", "cards")
        assert options is not None
        for changed in (fields, described, options):
            changed["new"] = True
        return quick._iter_indexes("db", "cards"), quick._coll_options("db", "cards")

    indexes, options = within(quick, {"find": "cards"}, work)
    assert [name for name, _, _ in indexes] == ["place"]
    assert "new" not in str(indexes)
    assert options.keys() == {"uuid"}


def test_the_same_documents_are_found_by_an_index_after_any_changes(
    quick: Quick, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes: list[Any] = [
        lambda one: one.insert("db", "cards", [{"_id": n, "column_id": n % 3, "at": [n, None]} for n in range(9)]),
        lambda one: one.update_matching("db", "cards", {"column_id": 1}, {"$set": {"column_id": [7, 8]}}, multi=True),
        lambda one: one.delete_matching("db", "cards", {"_id": {"$in": [0, 3, 4]}}),
        lambda one: one.insert("db", "cards", [{"_id": 4, "column_id": datetime(2026, 1, 1) + timedelta(days=1)}]),
        lambda one: one.delete_matching("db", "cards", {}),
    ]
    with Storage(str(tmp_path / "slow")) as slow:
        slow.create_collection("db", "cards")
        slow.create_index("db", "cards", "place", {"column_id": 1})
        for change in changes:
            change(slow)
            with monkeypatch.context() as patch:
                patch.setattr(storage, "_index_key_variants", VARIANTS)
                patch.setattr(sortkey, "encode_value", ENCODE)
                within(quick, {"update": "cards"}, lambda change=change: change(quick))
            entries = [
                one._collect_prefix(storage._IDX_ENTRIES_TABLE, ("db", "cards", "place")) for one in (slow, quick)
            ]
            assert entries[0] == entries[1]
            for wanted in (1, 7, 2, None):
                found = [list(one.find_matching("db", "cards", {"column_id": wanted})) for one in (slow, quick)]
                assert found[0] == found[1]


def test_the_same_sessions_are_known() -> None:
    now = [0.0]
    slow, quick = (SessionRegistry(idle_ttl_seconds=10, time_func=lambda: now[0]) for _ in range(2))
    for passed, session in ((0, b"a"), (4, b"b"), (4, b"a"), (4, b"c"), (4, b"c"), (11, b"d"), (0, b"e")):
        now[0] += passed
        slow.register(session * 16)
        quick_register(quick, session * 16)
        assert quick._sessions == slow._sessions
    for wrong in (b"short", "text"):
        with pytest.raises(ValueError, match="16-byte"):
            quick_register(quick, wrong)  # type: ignore[arg-type]
