"""The embedded database leaves no cursor where nobody reads, and what it finds and writes is the same."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from secantus import storage
from secantus.storage import Storage
from wiredtiger import WiredTigerError

from gateway.embedded_cursors import SMALL, put_all_down
from tests.patience import PATIENCE

FIND: dict[str, dict[str, Any]] = {
    "by id": {"_id": 3},
    "by several ids": {"_id": {"$in": [3, 4, 99]}},
    "by an index": {"rank": 3},
    "by a range": {"rank": {"$gte": 3, "$lt": 6}},
    "by all of a sparse index": {"note": {"$exists": True}},
}
READ_ALL = {"by reading all": {"title": "Card 3"}}
"""Where that ends with the table, no cursor is left there anyway."""
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)


class Quick(Storage):  # type: ignore[misc]
    """A storage that puts its cursors down."""


put_all_down(Quick, ids=storage._NAT_SEQ_TABLE, entries=storage._IDX_ENTRIES_TABLE, documents=storage._doc_table_for)


def filled(stored: Storage) -> None:
    stored.create_collection("db", "cards")
    stored.create_index("db", "cards", "place", {"rank": 1}, {"unique": True})
    stored.create_index("db", "cards", "noted", {"note": 1}, {"sparse": True})
    stored.create_index("db", "cards", "old", {"at": 1}, {"expireAfterSeconds": 60})
    stored.insert("db", "cards", [{"_id": n, "rank": n, "title": f"Card {n}", "note": n} for n in range(10)])


@pytest.fixture(params=[Storage, Quick], ids=["as it comes", "with cursors put down"])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def stored(tmp_path: Path, kind: Any) -> Iterator[Storage]:
    with kind(str(tmp_path / "db")) as opened:
        filled(opened)
        opened.release_thread_snapshot()
        yield opened


def standing(cursors: dict[Any, Any]) -> set[str]:
    """The tables in which a cursor stands on a row, where that may be in the way."""
    found: set[str] = set()
    for (table, _), cursor in cursors.items():
        if table in SMALL:
            continue
        try:
            cursor.get_key()
        except WiredTigerError:
            continue
        found.add(table)
    return found


def in_a_thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.parametrize("condition", FIND.values(), ids=FIND.keys())
def test_a_transaction_stands_nowhere_between_its_commands(
    stored: Storage, kind: Any, condition: dict[str, Any]
) -> None:
    handle = stored.begin_user_transaction()
    with stored.use_user_transaction(handle):
        found = stored.find_matching("db", "cards", condition)

    assert found != []
    assert bool(standing(handle.cursors)) == (kind is Storage)
    stored.abort_user_transaction(handle)


@pytest.mark.parametrize("condition", (FIND | READ_ALL).values(), ids=(FIND | READ_ALL).keys())
def test_a_transaction_goes_on_with_what_it_knew(stored: Storage, condition: dict[str, Any]) -> None:
    # Given a transaction that has looked for something, which somebody changes then
    handle = stored.begin_user_transaction()
    with stored.use_user_transaction(handle):
        before = stored.find_matching("db", "cards", condition)
    in_a_thread(lambda: stored.update_matching("db", "cards", {}, {"$set": {"text": "new"}}, multi=True)).join(PATIENCE)

    # When it looks again, writes and commits
    with stored.use_user_transaction(handle):
        again = stored.find_matching("db", "cards", condition)
        stored.insert("db", "cards", [{"_id": 98, "rank": 98}])
        written = stored.find_matching("db", "cards", {"_id": 98})
    stored.commit_user_transaction(handle)

    # Then it has seen the same, and what it wrote
    assert before == again != []
    assert written == stored.find_matching("db", "cards", {"rank": 98}) == [{"_id": 98, "rank": 98}]
    assert {card.get("text") for card in stored.find_matching("db", "cards", condition)} == {"new"}


def test_a_command_within_a_command_leaves_the_cursors_of_the_outer_one(stored: Storage) -> None:
    handle = stored.begin_user_transaction()
    with stored.use_user_transaction(handle):
        cursor = stored._cursor(storage._doc_table_for("db", "cards"))
        assert cursor.next() == 0
        with stored.use_user_transaction(handle):
            pass
        assert standing(handle.cursors) == {storage._doc_table_for("db", "cards")}
    stored.abort_user_transaction(handle)


def test_a_thread_that_waits_for_the_lock_after_its_command_stands_nowhere(stored: Storage, kind: Any) -> None:
    # Given a thread that has read something
    has_read, goes_on, seen = threading.Event(), threading.Event(), list[dict[Any, Any]]()

    def read() -> None:
        assert next(iter(stored._scan_docs("db", "cards")))
        seen.append(stored._tls.cursors)
        has_read.set()
        assert goes_on.wait(PATIENCE)
        stored.release_thread_snapshot()

    thread = in_a_thread(read)
    assert has_read.wait(PATIENCE)
    assert standing(seen[0])

    # When it ends its command while somebody has the lock
    with stored._lock:
        goes_on.set()
        thread.join(0.3)
        is_standing = bool(standing(seen[0]))
    thread.join(PATIENCE)

    # Then it stands there as long as it waits only without the twins
    assert is_standing == (kind is Storage)


def test_who_looks_for_what_has_expired_stands_nowhere_afterwards(stored: Storage, kind: Any) -> None:
    stored.insert("db", "cards", [{"_id": 50, "rank": 50, "at": BEGINNING}])

    pruned = stored.prune_ttl_all_collections()

    assert pruned == 1
    assert bool(standing(stored._tls.cursors)) == (kind is Storage)
    assert stored.find_matching("db", "cards", {"_id": 50}) == []
