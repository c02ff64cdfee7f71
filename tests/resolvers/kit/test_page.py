import base64
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import Activity, Card, Column, Comment
from models.base import AnyRecord, collection, to_record
from models.enums import Priority
from models.errors import BadUserInput
from models.records import CardRecord, WorkspaceRecord
from resolvers.kit.context import Context
from resolvers.kit.page import Page, Sort, Window, pages
from resolvers.kit.page_query import PARENTS
from resolvers.lane.totals import totals
from tests.resolvers.projects import Board, make_board

DAY = datetime(2026, 3, 1, tzinfo=UTC)
TITLES = ["", "a", "Z", "é", "\U0001f52d", "\uffff", "a\u0300", "zz"]
FIELDS = ["rank", "title", "priority", "due_date", "created_at", "updated_at"]

dates = st.integers(0, 2).map(lambda days: DAY + timedelta(days=days, milliseconds=days))
cards_values = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.sampled_from(TITLES),
            "priority": st.none() | st.sampled_from(Priority),
            "due_date": st.none() | dates,
            "created_at": dates,
            "updated_at": dates,
            "rank": st.sampled_from(["a0", "a1", "Zz"]),
        }
    ),
    max_size=14,
)
sorts = st.lists(st.tuples(st.sampled_from(FIELDS), st.sampled_from([1, -1])), max_size=3, unique_by=lambda key: key[0])


@pytest.fixture
async def board(owner: Context, workspace: WorkspaceRecord) -> Board:
    return await make_board(owner, workspace)


async def put(board: Board, column: int, values: Sequence[dict[str, Any]]) -> list[CardRecord]:
    """Write cards as they are into a column that they then have to themselves."""
    await collection(Card).delete_many({"column_id": board.column_id(column)})
    place = {"workspace_id": board.workspace_id, "project_id": board.project["_id"]}
    records = [to_record(Card(**place, column_id=board.column_id(column), **one)) for one in values]
    if records:
        await collection(Card).insert_many(records)
    return records


def in_order(records: Sequence[AnyRecord], sort: Sort) -> list[ObjectId]:
    """The ids as MongoDB's documentation says they sort: null first, text by its bytes, then by id."""
    found = sorted(records, key=lambda record: record["_id"])
    for field, direction in reversed(list(sort)):
        found.sort(key=lambda record: _key(record[field]), reverse=direction < 0)
    return [record["_id"] for record in found]


def _key(value: Any) -> tuple[bool, Any]:
    return (value is not None, value.encode() if isinstance(value, str) else value or 0)


async def walk(column_id: Any, size: int, sort: Sort, *, backward: bool) -> list[ObjectId]:
    """All ids, page after page, and whether every page says rightly that it is not the last."""
    found: list[ObjectId] = []
    cursor: str | None = None
    while True:
        window = Window.read(last=size, before=cursor) if backward else Window.read(first=size, after=cursor)
        page = (await pages(Card, "column_id", [column_id], window, sort=sort))[column_id]
        ids = [node["_id"] for node in page.nodes]
        found = ids + found if backward else found + ids
        assert (page.has_next if backward else page.has_previous) is (cursor is not None)
        if not (page.has_previous if backward else page.has_next):
            return found
        assert len(ids) == size
        cursor = page.cursor(page.nodes[0 if backward else -1])


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(values=cards_values, sort=sorts, size=st.integers(1, 15), backward=st.booleans())
async def test_the_pages_of_any_order_and_size_make_up_the_sorted_list(
    values: list[dict[str, Any]], sort: Sort, size: int, backward: bool, board: Board
) -> None:
    records = await put(board, 0, values)

    assert await walk(board.column_id(0), size, sort, backward=backward) == in_order(records, sort)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(lists=st.tuples(cards_values, cards_values), sort=sorts, size=st.integers(1, 10), backward=st.booleans())
async def test_the_pages_of_several_parents_equal_those_of_each_alone(
    lists: tuple[list[dict[str, Any]], ...], sort: Sort, size: int, backward: bool, board: Board
) -> None:
    # given
    first, _ = [await put(board, place, values) for place, values in enumerate(lists)]
    ids = [board.column_id(place) for place in (0, 1, 2)]
    middle = in_order(first, sort)[len(first) // 2 :][:1]
    record = next((one for one in first if one["_id"] in middle), None)
    cursor = Page([], False, False, sort, Card, "column_id", ids[0], {}).cursor(record) if record else None
    window = Window.read(last=size, before=cursor) if backward else Window.read(first=size, after=cursor)

    # when
    together = await pages(Card, "column_id", [*ids, ids[0]], window, sort=sort)

    # then
    for one in ids:
        assert together[one] == (await pages(Card, "column_id", [one], window, sort=sort))[one]


async def test_a_page_holds_only_the_fields_that_are_asked_for(board: Board) -> None:
    card = await board.card(dueDate="2026-05-01")
    ids = [board.column_id(0), board.column_id(1)]

    for parents in (ids[:1], ids):
        found = await pages(
            Card, "column_id", parents, Window.read(), sort=[("due_date", 1)], fields=frozenset({"title"})
        )
        [node] = found[ids[0]].nodes
        assert node.keys() == {"_id", "title", "column_id", "due_date"}
        assert node["_id"] == card["_id"]


async def test_a_page_without_a_size_is_50_long(board: Board) -> None:
    await put(board, 0, [{"title": "x", "rank": f"a{n}"} for n in range(60)])
    ids = [board.column_id(0)]

    page = (await pages(Card, "column_id", ids, Window.read()))[ids[0]]

    assert (len(page.nodes), page.has_next) == (50, True)


async def test_a_page_of_none_tells_whether_there_are_any(board: Board) -> None:
    await board.card(0)
    ids = [board.column_id(0), board.column_id(1)]

    found = await pages(Card, "column_id", ids, Window.read(first=0))

    assert [(found[one].nodes, found[one].has_next) for one in ids] == [([], True), ([], False)]


async def test_totals_are_of_the_whole_list_and_of_its_own_filter(board: Board) -> None:
    await put(board, 0, [{"title": "x", "rank": "a0", "archived": n % 2 == 0} for n in range(5)])
    await put(board, 1, [{"title": "x", "rank": "a0"}])
    ids = [board.column_id(place) for place in (0, 1, 2)]
    everything = await pages(Card, "column_id", ids, Window.read(first=1))
    some = await pages(Card, "column_id", ids, Window.read(first=1), where={"archived": True})

    found = await totals([everything[ids[0]], some[ids[0]], everything[ids[1]], everything[ids[2]]])

    assert found == [5, 3, 1, 0]


@pytest.mark.parametrize("arguments", [{"first": -1}, {"first": 501}, {"last": -1}, {"last": 501}, {"first": 2**70}])
def test_a_size_out_of_range_is_refused_by_name(arguments: dict[str, Any]) -> None:
    [name] = arguments

    with pytest.raises(BadUserInput, match=f"^{name}: must be between 0 and 500"):
        Window.read(**arguments)


@pytest.mark.parametrize("arguments", [{"first": 1, "last": 1}, {"last": 1, "after": "x"}, {"first": 1, "before": "x"}])
def test_the_two_directions_do_not_mix(arguments: dict[str, Any]) -> None:
    with pytest.raises(BadUserInput, match="cannot be mixed"):
        Window.read(**arguments)


def made(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


NONSENSE = [
    "",
    "x",
    "\ud800",
    "é",
    "a" * 9000,
    made(),
    made(None),
    made({"id": "1" * 24}),
    made({"$gt": ""}),
    base64.urlsafe_b64encode(b"[" * 5000).decode()[:7000],
    base64.urlsafe_b64encode(b'{"a": 1}').decode(),
]


@pytest.mark.parametrize("cursor", NONSENSE)
@pytest.mark.parametrize("side", ["after", "before"])
async def test_a_cursor_that_is_none_is_refused_by_name(cursor: str, side: str, board: Board) -> None:
    with pytest.raises(BadUserInput, match=f"^{side}: is not a cursor of this list"):
        await pages(Card, "column_id", [board.column_id(0)], Window.read(**{side: cursor}))  # type: ignore[arg-type]


async def cursor_of(board: Board, sort: Sort = ()) -> str:
    await board.card(0)
    column = board.column_id(0)
    page = (await pages(Card, "column_id", [column], Window.read(), sort=sort))[column]
    return page.cursor(page.nodes[0])


@pytest.mark.parametrize("values", [[2**63], [{"ms": 10**30}], [{"ms": "x"}], [{"id": 5}], [{}], [1e300], [[]]])
async def test_a_cursor_that_was_tampered_with_is_refused(values: list[Any], board: Board) -> None:
    sort = [("priority", 1)]
    cursor = await cursor_of(board, sort)
    mark, _, last = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    window = Window.read(after=made(mark, *values, last))

    with pytest.raises(BadUserInput, match=r"^after: is not a cursor"):
        await pages(Card, "column_id", [board.column_id(0)], window, sort=sort)


@pytest.mark.parametrize(
    ("model", "parent_key", "sort"),
    [
        (Card, "column_id", ()),
        (Card, "column_id", [("title", 1)]),
        (Card, "column_id", [("rank", -1)]),
        (Card, "column_id", [("rank", 1), ("title", 1)]),
        (Comment, "card_id", [("rank", 1)]),
        (Activity, "card_id", ()),
    ],
)
async def test_a_cursor_of_another_list_or_order_is_refused(
    model: type[Card], parent_key: str, sort: Sort, board: Board
) -> None:
    cursor = await cursor_of(board, [("rank", 1)])

    with pytest.raises(BadUserInput, match=r"^after: is not a cursor of this list in this order"):
        await pages(model, parent_key, [board.column_id(0)], Window.read(after=cursor), sort=sort)


async def test_the_cursor_of_a_card_that_is_gone_still_marks_its_place(board: Board) -> None:
    cards = [await board.card(title=title) for title in "abc"]
    sort = [("title", 1)]
    column = board.column_id(0)
    page = (await pages(Card, "column_id", [column], Window.read(first=2), sort=sort))[column]
    await collection(Card).delete_one({"_id": cards[1]["_id"]})

    rest = await pages(Card, "column_id", [column], Window.read(after=page.cursor(page.nodes[1])), sort=sort)

    assert [node["title"] for node in rest[column].nodes] == ["c"]


async def test_a_parent_that_is_gone_has_an_empty_page(board: Board) -> None:
    ids = [board.column_id(0), board.column_id(1)]
    await board.card(0)
    await collection(Column).delete_one({"_id": ids[1]})

    found = await pages(Card, "column_id", ids, Window.read())

    assert [len(found[one].nodes) for one in ids] == [1, 0]


def test_the_parents_of_every_list_are_known_so_that_the_lists_of_several_are_read_together() -> None:
    room = Path(__file__).parents[3] / "resolvers"
    texts = (file.read_text() for file in room.rglob("*.py"))
    keys = {key for text in texts for key in re.findall(r"\bpages(?:_by)?\(\s*[\w.]+,\s*\"(\w+)\"", text)}

    assert {"workspace_id", "queue_id"} <= keys
    assert keys - PARENTS.keys() == set()
