"""Long lists on the embedded database, which reads all of a range: a page reads the blocks that it lies in."""

from collections.abc import Sequence
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.database import Database
from models import DOCUMENTS, Card, Notification
from models.base import Recorded, Stored, collection, to_record, utc_now
from models.ids import Kind, new_id
from resolvers.kit import landmark
from resolvers.kit.landmark import Landmarks, Memory
from resolvers.kit.page import Sort, Window, pages
from resolvers.kit.page_query import PARENTS, WALKED
from resolvers.notification.notification import NEWEST_FIRST
from tests.resolvers.test_indexes import recorded

SMALL = 10
"""Records of a block, where every list of the product is tried: fewer than there are, as each costs its records."""
LONG = 10 * SMALL
"""Records of a list that a page must not read whole."""
RANKS = [f"a{one}" for one in "0123456789"]


def lists() -> list[tuple[type[Recorded[Any]], str, str]]:
    """Every list that an index holds in order: its model, the key of its parent and the key that it is sorted by."""
    found: dict[tuple[type[Recorded[Any]], str, str], None] = {}
    for model in DOCUMENTS:
        for index in getattr(model.Settings, "indexes", ()):
            first, *rest = index.document["key"]
            if issubclass(model, Stored) and first in PARENTS and rest and rest[0] in WALKED:
                found[model, first, rest[0]] = None
    return list(found)


async def fill(
    model: type[Recorded[Any]], parent_key: str, parent_id: ObjectId, key: str, count: int
) -> list[ObjectId]:
    """Records of nothing but what the indexes of their model need; their ids, in order."""
    needed = {name for index in getattr(model.Settings, "indexes", ()) for name in index.document["key"]}
    records: list[Any] = []
    for place in range(count):
        values: Any = {} if key == "_id" else {key: f"b{place:06}" if key == "rank" else place}
        others = {name: ObjectId() for name in needed}
        records.append({**others, parent_key: parent_id, "_id": ObjectId(), **values})
    for start in range(0, count, 500):
        await collection(model).insert_many(records[start : start + 500])
    return [record["_id"] for record in records]


async def documents_read(model: type[Recorded[Any]], queries: Sequence[tuple[str, str, Any]]) -> int:
    """How many documents lie in the ranges that were asked for, all of which the database reads."""
    return sum([await collection(model).count_documents(where) for _, _, where in queries])


async def page(
    model: type[Recorded[Any]], parent_key: str, parent_id: ObjectId, sort: Sort, **window: Any
) -> tuple[list[ObjectId], str]:
    found = (await pages(model, parent_key, [parent_id], Window.read(**window), sort=sort))[parent_id]
    ids = [node["_id"] for node in found.nodes]
    return ids, found.cursor(found.nodes[0 if "last" in window else -1])


@pytest.mark.parametrize(("model", "parent_key", "key"), lists(), ids=lambda one: getattr(one, "__name__", one))
async def test_a_page_of_a_long_list_reads_little_more_than_one_of_a_short_list(
    model: type[Recorded[Any]], parent_key: str, key: str, clean: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landmark, "BLOCK", SMALL)
    size, parent_id = 5, ObjectId()
    ids = await fill(model, parent_key, parent_id, key, LONG)
    await page(model, parent_key, parent_id, [(key, 1)], first=size)  # it finds out that the list is long

    for sort, expected in (([(key, 1)], ids), ([(key, -1)], ids[::-1])):
        with recorded() as queries:
            first, cursor = await page(model, parent_key, parent_id, sort, first=size)
            second, _ = await page(model, parent_key, parent_id, sort, first=size, after=cursor)
            last, cursor = await page(model, parent_key, parent_id, sort, last=size)
            before, _ = await page(model, parent_key, parent_id, sort, last=size, before=cursor)

        assert (first, second) == (expected[:size], expected[size : 2 * size])
        assert (before, last) == (expected[-2 * size : -size], expected[-size:])
        assert await documents_read(model, queries) <= 4 * (size + 1 + 2 * SMALL) < 4 * LONG / 3


async def test_long_lists_among_others_are_walked_once_they_are_known(clean: Database) -> None:
    parents = [new_id(Kind.COLUMN) for _ in range(3)]
    ids = [await fill(Card, "column_id", one, "rank", count) for one, count in zip(parents, (300, 3, 300), strict=True)]
    await clean.db["columns"].insert_many([{"_id": one} for one in parents])

    for _ in range(2):
        with recorded() as queries:
            found = await pages(Card, "column_id", parents, Window.read(first=10), sort=[("rank", 1)])
        assert [[node["_id"] for node in found[one].nodes] for one in parents] == [one[:10] for one in ids]

    ranges = [query for query in queries if query[0] == "aggregate" and query[1] == "cards"]
    assert len(ranges) == 3
    assert await documents_read(Card, ranges) <= 2 * (11 + landmark.BLOCK) + 3


async def test_unread_notifications_are_walked_past_any_number_of_read_ones(clean: Database) -> None:
    user_id, read = new_id(Kind.USER), utc_now()
    ids = await fill(Notification, "user_id", user_id, "number", 600)
    await collection(Notification).update_many({"_id": {"$in": ids[:30]}}, {"$unset": {"number": ""}})
    await collection(Notification).update_many({"user_id": user_id}, {"$set": {"read_at": read}})
    await collection(Notification).update_many({"_id": {"$in": ids[::3]}}, {"$set": {"read_at": None}})

    for _ in range(2):
        with recorded() as queries:
            found = await pages(
                Notification, "user_id", [user_id], Window.read(first=10), sort=NEWEST_FIRST, where={"read_at": None}
            )

    assert [node["_id"] for node in found[user_id].nodes] == ids[::3][::-1][:10]
    assert await documents_read(Notification, queries) <= 11 + landmark.BLOCK
    assert await all_of(user_id, -1) == ids[::-1]
    assert await all_of(user_id, 1) == ids


async def all_of(user_id: ObjectId, direction: int) -> list[ObjectId]:
    """A person's notifications, page after page; those of before they were numbered came first."""
    found: list[ObjectId] = []
    cursor: str | None = None
    while True:
        window = Window.read(first=70, after=cursor)
        [one] = (
            await pages(Notification, "user_id", [user_id], window, sort=[("number", direction), ("_id", direction)])
        ).values()
        found += [node["_id"] for node in one.nodes]
        if not one.has_next:
            return found
        cursor = one.cursor(one.nodes[-1])


steps = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from(RANKS), st.booleans()), max_size=12),
        st.integers(0, 8),
        st.sampled_from([1, -1]),
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=steps, size=st.integers(1, 6))
async def test_pages_are_whole_however_old_the_landmarks_are(
    steps: list[tuple[list[tuple[str, bool]], int, int, bool, bool]],
    size: int,
    clean: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(landmark, "BLOCK", 2)
    monkeypatch.setattr(landmark, "READS", 3)
    column_id = new_id(Kind.COLUMN)
    own = {"workspace_id": ObjectId(), "project_id": ObjectId(), "column_id": column_id}
    kept: list[Any] = []
    for added, gone, direction, backward, filtered in steps:
        records = [to_record(Card(**own, title="x", rank=rank, archived=archived)) for rank, archived in added]
        if records:
            await collection(Card).insert_many(records)
        await collection(Card).delete_many({"_id": {"$in": [one["_id"] for one in kept[:gone]]}})
        kept = kept[gone:] + records
        wanted = [one for one in kept if not (filtered and one["archived"])]

        found = await walked(column_id, size, direction, backward=backward, filtered=filtered)

        wanted.sort(key=lambda one: one["_id"])
        wanted.sort(key=lambda one: one["rank"], reverse=direction < 0)
        assert found == [one["_id"] for one in wanted]


async def walked(column_id: ObjectId, size: int, direction: int, *, backward: bool, filtered: bool) -> list[ObjectId]:
    """All ids of a list, page after page."""
    found: list[ObjectId] = []
    cursor: str | None = None
    sort, where = [("rank", direction)], {"archived": False} if filtered else None
    while True:
        window = Window.read(last=size, before=cursor) if backward else Window.read(first=size, after=cursor)
        [one] = (await pages(Card, "column_id", [column_id], window, sort=sort, where=where)).values()
        ids = [node["_id"] for node in one.nodes]
        found = ids + found if backward else found + ids
        if not (one.has_previous if backward else one.has_next):
            return found
        cursor = one.cursor(one.nodes[0 if backward else -1])


def test_lists_that_were_measured_the_longest_ago_are_forgotten() -> None:
    memory, long = Memory(kept=10), Landmarks((1, 2, 3, 4), (9, 9, 9, 9, 9))

    for name in "abca":
        memory.put((name,), long)

    assert [memory.get((name,)).total == long.total for name in "abc"] == [True, False, True]
