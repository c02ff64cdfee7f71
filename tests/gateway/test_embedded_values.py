"""What the embedded database stores of documents with the quicker twins is what it stores without, byte for byte."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bson
import pytest
from bson import ObjectId
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from secantus import diff, ordering, projection, query, server, sessions, sortkey, storage, update
from secantus.storage import Storage
from secantus.transactions import TransactionRegistry

from gateway import embedded_cursors, embedded_entries, embedded_keys, embedded_speed, embedded_values
from gateway.embedded_values import quick_clause, quick_copy, quick_projection, quick_same, quick_sort

LOADED = settings(deadline=None, suppress_health_check=list(HealthCheck))
"""A machine with other work takes as long as it takes."""

MOMENTS = st.datetimes(datetime(1960, 1, 1), datetime(2100, 1, 1), timezones=st.sampled_from([None, UTC]))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([bson.Int64(1), 1.0, 0.5, float("nan"), bson.Decimal128("1.0")]),
    st.sampled_from(["", "a", "ä\0b", bson.Code("a"), bson.Regex("a"), bson.MinKey(), bson.Timestamp(1, 2)]),
    st.sampled_from([ObjectId(b"\0" * 12), ObjectId(b"a\0b\0c\0d\0e\0f\0"), b"a\0", bson.Binary(b"a", 4)]),
    MOMENTS,
)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.lists(st.fixed_dictionaries({"a": SCALARS}), max_size=2)
DOCUMENTS = st.dictionaries(st.sampled_from(["a", "b", "c", "$in"]), VALUES | st.fixed_dictionaries({"a": VALUES}))


@LOADED
@given(
    doc=DOCUMENTS,
    key=st.sampled_from(["a", "b", "a.a", "", "$in", "$or"]),
    condition=VALUES | st.builds(lambda wanted: {"$in": wanted}, VALUES) | st.builds(lambda no: {"$ne": no}, VALUES),
)
@example(doc={"a": 1}, key="a", condition={"$in": [1, True]})
@example(doc={"a": True}, key="a", condition=1)
@example(doc={"a": "x"}, key="a", condition={"$in": ["x", {"$a": 1}]})
def test_the_same_documents_fit_a_condition(doc: Any, key: str, condition: Any) -> None:
    def fits(match: Any) -> Any:
        try:
            return match(doc, key, condition, None, None)
        except query.QueryError as error:
            return str(error)

    assert fits(quick_clause(query._match_clause)) == fits(query._match_clause)


@LOADED
@given(before=VALUES, after=VALUES)
@example(before=0.0, after=-0.0)
@example(before=1, after=bson.Int64(1))
def test_the_same_values_count_as_unchanged(before: Any, after: Any) -> None:
    same = quick_same(ordering.bson_same_stored_value)

    assert same(before, after) == ordering.bson_same_stored_value(before, after)
    assert same(before, copy.deepcopy(before)) == ordering.bson_same_stored_value(before, copy.deepcopy(before))


@LOADED
@given(value=VALUES | DOCUMENTS)
def test_a_copy_is_equal_and_shares_nothing_that_changes(value: Any) -> None:
    copied = quick_copy(copy.deepcopy)(value)

    assert bson.encode({"v": copied}) == bson.encode({"v": value})
    if isinstance(value, dict | list):
        assert copied is not value
    for ours, theirs in zip(copied, value, strict=True) if isinstance(value, list) else ():
        assert ours is not theirs or not isinstance(theirs, dict | list)


@LOADED
@given(
    docs=st.lists(DOCUMENTS | st.dictionaries(st.sampled_from(["a", "b"]), st.none() | st.integers(-2, 2)), max_size=6),
    spec=st.dictionaries(st.sampled_from(["a", "b", "a.a"]), st.sampled_from([1, -1, 1.0, -1.0]), max_size=3),
)
@example(docs=[{"a": "x", "n": 1}, {"n": 2}, {"a": "x", "n": 3}, {"a": None, "n": 4}], spec={"a": -1})
@example(docs=[{"a": True}, {"a": 0}, {"a": False}], spec={"a": 1})
def test_documents_come_in_the_same_order(docs: Any, spec: Any) -> None:
    found = quick_sort(ordering.sort_docs)(docs, spec)

    assert list(map(id, found)) == list(map(id, ordering.sort_docs(docs, spec)))


@LOADED
@given(
    doc=st.dictionaries(st.sampled_from(["_id", "a", "b", "c"]), VALUES),
    spec=st.dictionaries(st.sampled_from(["_id", "a", "b", "c.a", "c"]), st.sampled_from([1, 0, {"$slice": 1}])),
)
def test_the_same_fields_are_shown(doc: Any, spec: Any) -> None:
    try:
        plan = projection.compile_projection(spec)
    except projection.ProjectionError:
        return
    shown = quick_projection(projection._apply_projection_body)(doc, plan)

    assert bson.encode(shown) == bson.encode(projection._apply_projection_body(doc, plan))


@contextmanager
def quickened() -> Iterator[None]:
    """The database in this process with all its twins, as `embedded_child` has them."""
    patched: tuple[Any, ...] = (
        *(diff, ordering, projection, query, server, sortkey, storage, update),
        *(Storage, TransactionRegistry, sessions.SessionRegistry, import_module("swig_wiredtiger")),
    )
    before = [dict(vars(each)) for each in patched]
    embedded_speed.quicken()
    embedded_keys.quicken()
    embedded_entries.quicken()
    embedded_values.quicken()
    embedded_cursors.quicken()
    try:
        yield
    finally:
        for each, known in zip(patched, before, strict=True):
            for name, value in known.items():
                if vars(each).get(name) is not value:
                    setattr(each, name, value)


INDEXES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "place": ({"column": 1, "rank": 1, "_id": 1}, {}),
    "latest": ({"column": 1, "at": -1}, {}),
    "labels": ({"column": 1, "labels": 1}, {}),
    "slug": ({"slug": 1}, {"unique": True, "partialFilterExpression": {"slug": {"$type": "string"}}}),
    "tag": ({"tag": 1}, {"unique": True, "sparse": True}),
    "seat": ({"place": 1, "team": 1}, {"unique": True, "partialFilterExpression": {"place": {"$exists": True}}}),
    "due": ({"due": 1}, {"sparse": True}),
    "inside": ({"steps.to": 1}, {}),
}
AT = datetime(2026, 1, 2, tzinfo=UTC)


def card(number: int, **values: Any) -> dict[str, Any]:
    return {"_id": number, "column": "a", "rank": f"a{number}", "at": AT, "labels": [], "slug": None, **values}


CHANGES: list[tuple[str, list[Any], dict[str, Any]]] = [
    ("insert", [[card(1, slug="one"), card(2, labels=["x", "y", "x"]), card(3, due=AT, steps=[{"to": 1}, {}])]], {}),
    ("insert", [[card(4, slug="one"), card(5)]], {}),  # refused: the slug is taken
    ("update_matching", [{"_id": 1}, {"$set": {"rank": "b"}}], {}),
    ("update_matching", [{"_id": 2}, {"$set": {"labels": ["y", "z"]}}], {}),
    ("update_matching", [{"_id": 3}, {"$unset": {"due": ""}, "$set": {"slug": "one"}}], {}),  # refused as well
    ("update_matching", [{"_id": 1}, {"$set": {"slug": "two"}}], {}),
    ("update_matching", [{"_id": 3}, {"$unset": {"due": ""}, "$set": {"slug": "one"}}], {}),
    ("update_matching", [{"_id": 1}, {"$set": {"rank": "c"}}], {}),  # with a slug as before
    ("update_matching", [{"_id": 1}, {"$set": {"slug": None}}], {}),
    ("insert", [[card(6, tag=1, place="here", team="x"), card(8, tag=True, place="here", team="y")]], {}),
    ("update_matching", [{"_id": 6}, {"$set": {"rank": "d", "tag": 1.0}}], {}),
    ("update_matching", [{"_id": 8}, {"$set": {"tag": 1}}], {}),  # refused: a number of that value is there
    ("update_matching", [{"_id": 8}, {"$set": {"team": "x"}}], {}),  # refused: only one field is as before
    ("update_matching", [{"_id": 8}, {"$set": {"place": ["here", "there"]}}], {}),
    ("update_matching", [{"_id": 8}, {"$set": {"rank": "e"}}], {}),
    ("delete_matching", [{"_id": {"$in": [6, 8]}}], {}),
    ("update_matching", [{"_id": 9}, {"$set": {"slug": "nine", "column": "a"}}], {"upsert": True}),
    ("update_matching", [{"column": "a"}, {"$set": {"column": "b", "due": AT}}], {"multi": True}),
    ("update_matching", [{"_id": 3}, {"_id": 3, "column": "c"}], {}),
    ("delete_matching", [{"_id": {"$in": [2, 3]}}], {}),
    ("insert", [[card(2, slug="one"), card(7, rank=7)]], {}),
    ("delete_matching", [{"column": "b"}], {}),
]


QUERIES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"_id": {"$in": [1, 2, 9]}}, {}),
    ({"column": "a"}, {"sort": {"rank": 1, "_id": 1}, "projection": {"title": 0}}),
    ({"labels": "y"}, {"projection": {"labels": 1, "steps": 1}}),
    ({"slug": {"$in": ["one", "two", None]}}, {"sort": {"at": -1}, "limit": 2}),
    ({"due": AT.replace(tzinfo=None)}, {}),
    ({"steps.to": 1}, {}),
]


def stored(database: Storage) -> Any:
    """All that a database keeps of the collection, what it finds of it, and what it tells change streams."""
    tables = storage._IDX_ENTRIES_TABLE, storage._UNIQ_TABLE, storage._IDX_TABLE, storage._NAT_SEQ_TABLE
    kept = [database._collect_prefix(table, ("db", "cards")) for table in tables]
    found = [database.find_matching("db", "cards", where, **named) for where, named in QUERIES]
    told = [{name: entry.get(name) for name in ("op", "o", "o2")} for entry in database._scan_oplog_entries()]
    return kept, found, told


def played(path: Path, options: Any, indexes: Any, in_transaction: bool) -> list[Any]:
    """What each change ended with, and what was stored then."""

    def ended(database: Storage, name: str, values: Any, named: Any) -> Any:
        try:
            return getattr(database, name)("db", "cards", *values, **named)
        except Exception as error:
            return repr(error)

    def change(database: Storage, name: str, values: Any, named: Any) -> Any:
        if not in_transaction:
            return ended(database, name, values, named)
        handle = database.begin_user_transaction()
        with database.use_user_transaction(handle):
            result = ended(database, name, values, named)
        if isinstance(result, str):
            database.abort_user_transaction(handle)
        else:
            database.commit_user_transaction(handle)
        return result

    with Storage(str(path)) as database:
        database.create_collection("db", "cards", options)
        for name, (key_spec, settings) in indexes.items():
            database.create_index("db", "cards", name, key_spec, settings)
        return [(change(database, *copy.deepcopy(each)), stored(database)) for each in CHANGES]


@pytest.mark.parametrize("in_transaction", [False, True])
@pytest.mark.parametrize(
    ("options", "more"),
    [
        ({}, {}),
        ({}, {"said": ({"slug": 1}, {"collation": {"locale": "en", "strength": 2}})}),
        ({"capped": True, "size": 100_000, "max": 3}, {}),
    ],
    ids=["plain", "collation", "capped"],
)
def test_the_same_is_stored_found_and_told_after_every_change(
    tmp_path: Path, options: Any, more: Any, in_transaction: bool
) -> None:
    expected = played(tmp_path / "slow", options, INDEXES | more, in_transaction)

    with quickened():
        found = played(tmp_path / "quick", options, INDEXES | more, in_transaction)

    for change, slow, quick in zip(CHANGES, expected, found, strict=True):
        assert quick == slow, change


class Rows:
    """A cursor over rows in memory, with what `Entries` does to one."""

    def __init__(self, rows: set[bytes]) -> None:
        self._rows = rows
        self._key = b""

    def _set_key(self, key: bytes) -> None:
        self._key = key

    def set_value(self, value: bytes) -> None:
        assert value == b""

    def insert(self) -> None:
        self._rows.add(self._key)

    def search(self) -> int:
        return 0 if self._key in self._rows else -1

    def remove(self) -> None:
        self._rows.discard(self._key)


def test_an_update_that_began_anew_and_inserts_takes_nothing_for_written_that_it_had_taken_out_before() -> None:
    # Given an update that has taken a document out of its index, and is tried again as somebody changed that
    rows = {b"db\0cards\0place\0a:1"}
    kept = SimpleNamespace(_tls=SimpleNamespace(), _index_options_map=lambda *_: {}, _cursor=lambda _: Rows(rows))
    kept._coll_options = lambda *_: {}

    def never(*_: Any, **__: Any) -> Any:
        raise AssertionError

    def again(storage: Any, *_: Any, **__: Any) -> None:
        entries.delete(storage, "db", "cards", {"column": "a"}, indexes, {}, recordid=1)
        # When it finds nothing now, and inserts one that has the same key
        entries.write(storage, "db", "cards", {"column": "a"}, indexes, {}, recordid=2)

    indexes = [("place", {"column": 1}, False, False)]
    entries = embedded_entries.Entries(
        never,
        never,
        again,
        never,
        never,
        lambda _: None,
        never,
        lambda doc, _spec, sparse: [doc["column"].encode()],
        lambda key, record: key + b":%d" % record,
        "table",
        frozenset(),
    )
    entries.update(kept, "db", "cards")

    # Then both are in the index
    assert rows == {b"db\0cards\0place\0a:1", b"db\0cards\0place\0a:2"}
