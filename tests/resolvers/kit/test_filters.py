from datetime import UTC, datetime
from typing import Any

import pytest

from models import Card
from models.enums import Priority
from models.errors import BadUserInput
from models.ids import Kind, new_id
from resolvers.card.graph import cards_of_project
from resolvers.kit.context import Context
from resolvers.kit.fields import sorted_by
from resolvers.kit.filters import MAX_CONDITIONS, card_filter, compile_filter, compile_order
from tests.resolvers.conftest import make_organization, make_workspace
from tests.resolvers.projects import Board, make_board

ORDER_FIELDS = sorted_by(Card)
MAY, JUNE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
ODD = r"a.*b|[c](d)^$ \d?+{2}#~&-"


@pytest.fixture(scope="module")
async def board(standing_owner: Context) -> Board:
    """Cards named A to F that differ in what can be filtered by; F is archived."""
    owner = standing_owner
    board = await make_board(owner, await make_workspace(owner, await make_organization(owner)), columns=2)
    scope = await board.scope()
    scoped = await board.column("Doing", scope["_id"])
    red, blue = await board.label("red"), await board.label("blue")
    await board.card(0, title="A Lens", priority="low", dueDate=MAY, labelIds=[red["_id"]])
    await board.card(1, title="B lens", priority="high", dueDate=JUNE, labelIds=[red["_id"], blue["_id"]])
    await board.card(None, title=f"C {ODD}", assigneeId=owner.user_id)
    await board.card(None, columnId=scoped["_id"], title="D Éclair", priority="medium")
    await board.card(0, title="E \U0001f52d", dueDate=JUNE, assigneeId=owner.user_id)
    await board.update(await board.card(0, title="F Lens"), archived=True)
    return board


async def titles(board: Board, values: dict[str, Any] | None) -> str:
    """The first letters of the cards that a filter selects."""
    [page] = await cards_of_project(board.ctx, [board.project], None, filter=values, order_by=[{"field": "TITLE"}])
    return "".join(card["title"][0] for card in page.nodes)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (None, "ABCDE"),
        ({}, "ABCDE"),
        ({"title": {"eq": "A Lens"}}, "A"),
        ({"title": {"neq": "A Lens"}}, "BCDE"),
        ({"title": {"in": ["A Lens", "B lens", "F Lens"]}}, "AB"),
        ({"title": {"in": []}}, ""),
        ({"title": {"nin": ["A Lens"]}}, "BCDE"),
        ({"title": {"nin": []}}, "ABCDE"),
        ({"title": {"contains": "LENS"}}, "AB"),
        ({"title": {"contains": "éclair"}}, "D"),
        ({"title": {"contains": "\U0001f52d"}}, "E"),
        ({"title": {"contains": ""}}, "ABCDE"),
        ({"title": {"contains": ODD}}, "C"),
        ({"title": {"contains": "."}}, "C"),
        ({"title": {"contains": "^$"}}, "C"),
        ({"title": {"contains": "(?i)a"}}, ""),
        ({"title": {"starts_with": "a l"}}, "A"),
        ({"title": {"starts_with": "lens"}}, ""),
        ({"title": {"starts_with": ".*"}}, ""),
        ({"title": {"null": True}}, ""),
        ({"title": {"null": False}}, "ABCDE"),
        ({"title": {"contains": "lens", "starts_with": "b"}}, "B"),
        ({"priority": {"eq": Priority.LOW}}, "A"),
        ({"priority": {"in": [Priority.LOW, Priority.MEDIUM]}}, "AD"),
        ({"priority": {"null": True}}, "CE"),
        ({"due_date": {"eq": MAY}}, "A"),
        ({"due_date": {"lt": JUNE}}, "A"),
        ({"due_date": {"lte": JUNE}}, "ABE"),
        ({"due_date": {"gt": MAY}}, "BE"),
        ({"due_date": {"gte": MAY, "lt": JUNE}}, "A"),
        ({"due_date": {"gte": MAY, "lte": JUNE}}, "ABE"),
        ({"due_date": {"gte": JUNE, "lte": JUNE}}, "BE"),
        ({"due_date": {"null": True}}, "CD"),
        ({"created_at": {"gt": JUNE.replace(year=2000)}}, "ABCDE"),
        ({"updated_at": {"lt": JUNE.replace(year=2000)}}, ""),
        ({"archived": {"eq": True}}, "F"),
        ({"archived": {"eq": False}}, "ABCDE"),
        ({"archived": {"eq": None}}, "ABCDE"),
        ({"archived": {}}, "ABCDE"),
        ({"or": [{"archived": {"eq": True}}, {"archived": {"eq": False}}]}, "ABCDEF"),
        ({"not": {"archived": {"eq": False}}}, "F"),
        ({"and": [{"title": {"contains": "lens"}}, {"priority": {"eq": Priority.HIGH}}]}, "B"),
        ({"or": [{"title": {"starts_with": "a"}}, {"title": {"starts_with": "d"}}]}, "AD"),
        ({"not": {"title": {"contains": "lens"}}}, "CDE"),
        ({"title": {"contains": "lens"}, "not": {"priority": {"eq": Priority.LOW}}}, "B"),
        ({"not": {"or": [{"priority": {"null": True}}, {"not": {"title": {"contains": "lens"}}}]}}, "AB"),
        ({"and": [], "or": None, "title": None}, "ABCDE"),
        ({"or": [{}]}, "ABCDE"),
        ({"or": []}, ""),
        ({"or": [], "archived": {"eq": True}}, ""),
        ({"or": [{"or": []}, {"title": {"starts_with": "a"}}]}, "A"),
        ({"and": []}, "ABCDE"),
        ({"and": [{"or": []}]}, ""),
        ({"not": {}}, ""),
        ({"not": {"or": []}}, "ABCDE"),
        ({"not": {"not": {}}}, "ABCDE"),
        ({"label": {"null": True}}, "CDE"),
        ({"label": {"null": False}}, "AB"),
        ({"scope": {"null": False}}, "D"),
        ({"column": {"null": True}}, "C"),
        ({"assignee": {"null": False}}, "CE"),
    ],
)
async def test_a_filter_selects(values: dict[str, Any] | None, expected: str, board: Board) -> None:
    assert await titles(board, values) == expected


async def test_a_filter_selects_by_what_a_card_refers_to(board: Board) -> None:
    cards = (await cards_of_project(board.ctx, [board.project], None, order_by=[{"field": "TITLE"}]))[0].nodes
    red, blue = cards[1]["label_ids"]
    column, me = str(board.column_id(0)), str(board.caller.user_id)
    expected: list[tuple[dict[str, Any], str]] = [
        ({"label": {"eq": str(red)}}, "AB"),
        ({"label": {"neq": red}}, "CDE"),
        ({"label": {"in": [blue, red]}}, "AB"),
        ({"label": {"nin": [blue]}}, "ACDE"),
        ({"and": [{"label": {"eq": red}}, {"label": {"eq": blue}}]}, "B"),
        ({"column": {"eq": column}}, "AE"),
        ({"column": {"neq": column}}, "BCD"),
        ({"column": {"in": [column, board.column_id(1)]}}, "ABE"),
        ({"scope": {"eq": cards[3]["scope_id"]}}, "D"),
        ({"assignee": {"eq": me}, "column": {"eq": column}}, "E"),
        ({"assignee": {"neq": me}}, "ABD"),
        ({"assignee": {"eq": new_id(Kind.USER)}}, ""),
    ]

    for values, letters in expected:
        assert await titles(board, values) == letters, values


@pytest.mark.parametrize("direction", ["ASC", "DESC", None])
@pytest.mark.parametrize("field", ORDER_FIELDS)
def test_every_order_field_has_two_directions(field: str, direction: str | None) -> None:
    sort = compile_order([{"field": field, "direction": direction}], ORDER_FIELDS, ())

    assert sort == [(ORDER_FIELDS[field], -1 if direction == "DESC" else 1)]


def test_a_field_that_is_named_twice_sorts_as_first_named() -> None:
    orders = [{"field": "TITLE", "direction": "DESC"}, {"field": "ORDER"}, {"field": "TITLE"}]

    assert compile_order(orders, ORDER_FIELDS, ()) == [("title_key", -1), ("rank", 1)]


@pytest.mark.parametrize("orders", [None, []])
def test_without_an_order_the_default_holds(orders: Any) -> None:
    assert compile_order(orders, ORDER_FIELDS, [("rank", 1)]) == [("rank", 1)]


def nested(depth: int) -> dict[str, Any]:
    return {"title": {"eq": "x"}} if depth <= 1 else {"not": nested(depth - 1)}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (nested(11), r"^filter: is deeper than 10 levels"),
        ({"or": [{"title": {"eq": "x"}}] * MAX_CONDITIONS}, r"^filter: has more than 200 conditions"),
        ({"and": [{}] * (MAX_CONDITIONS + 1)}, r"^filter: has more than 200 conditions"),
        ({"due_date": {}, "assignee": {"in": ["x"]}}, r"^filter\.assignee: must be a 24-character"),
        ({"label": {"eq": {"$ne": None}}}, r"^filter\.label: must be a 24-character"),
        ({"column": {"in": [new_id(Kind.COLUMN)] * 501}}, r"^filter\.column: has more than 500 values"),
        ({"title": {"eq": "\ud800"}}, r"^filter\.title: is not valid Unicode"),
        ({"title": {"contains": "\x00"}}, r"^filter\.title: must not hold a NUL"),
        ({"title": {"in": ["ok", "\x00"]}}, r"^filter\.title: must not hold a NUL"),
        ({"title": {"contains": "x" * 501}}, r"^filter\.title: must have at most 500 characters"),
        ({"rank": {"eq": "a0"}}, r"^filter\.rank: is not a field to filter by"),
        ({"$where": {"eq": "1"}}, r"is not a field to filter by"),
        ({"not": {"workspace_id": {"eq": "a"}}}, r"^filter\.workspaceId: is not a field"),
    ],
)
def test_a_filter_that_is_none_is_refused_by_name(values: dict[str, Any], message: str) -> None:
    with pytest.raises(BadUserInput, match=message):
        card_filter(values)


def test_the_deepest_filter_and_the_longest_are_taken() -> None:
    assert compile_filter(nested(10), Card)
    assert compile_filter({"or": [{"title": {"eq": "x"}}] * (MAX_CONDITIONS // 2)}, Card)


def test_a_field_to_sort_by_must_be_known() -> None:
    with pytest.raises(BadUserInput, match=r"^orderBy: "):
        compile_order([{"field": "PASSWORD_HASH"}], ORDER_FIELDS, ())
