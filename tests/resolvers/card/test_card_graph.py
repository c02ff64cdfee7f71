from typing import Any

import pytest

from models import Card
from models.errors import BadUserInput
from resolvers.card.card import delete_card
from resolvers.card.graph import (
    assignee_of,
    cards_of_column,
    cards_of_project,
    cards_of_scope,
    labels_of,
    labels_of_project,
    order_of,
)
from resolvers.card.label import delete_label
from resolvers.kit.context import Context
from resolvers.kit.fields import sorted_by
from resolvers.lane.totals import totals
from resolvers.user.user import users_by
from tests.resolvers.projects import Board, make_board
from tests.stubs import stub

ORDERS = {
    "TITLE": "abc",
    "PRIORITY": "acb",
    "DUE_DATE": "bca",
    "CREATED_AT": "bac",
    "UPDATED_AT": "bac",
    "ORDER": "bac",
}
"""How three cards are sorted by the fields in which they differ."""


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=2)


def titles(cards: list[Any]) -> str:
    return "".join(card["title"] for card in cards)


async def test_cards_come_by_project_by_scope_and_by_column(board: Board) -> None:
    scope = await board.scope()
    doing = await board.column("Doing", scope["_id"])
    for title, column in (("a", board.column_id(0)), ("b", board.column_id(1)), ("c", doing["_id"]), ("d", None)):
        await board.card(None, columnId=column, title=title)

    [project] = await cards_of_project(board.ctx, [board.project], None, order_by=[{"field": "TITLE"}])
    [scoped] = await cards_of_scope(board.ctx, [scope], None)
    columns = await cards_of_column(board.ctx, [*board.columns, doing, board.columns[0]], None)

    assert titles(project.nodes) == "abcd"
    assert titles(scoped.nodes) == "c"
    assert [titles(page.nodes) for page in columns] == ["a", "b", "c", "a"]
    assert await totals([project, scoped, *columns]) == [4, 1, 1, 1, 1, 1]


async def test_the_cards_of_a_column_come_in_their_places(board: Board) -> None:
    cards = [await board.card(title=title) for title in "abcd"]
    await board.move(cards[3], order=0)
    await board.update(cards[1], archived=True)

    [page] = await cards_of_column(board.ctx, board.columns[:1], frozenset({"title"}), first=2)
    [rest] = await cards_of_column(
        board.ctx, board.columns[:1], frozenset({"title", "project_id"}), after=page.cursor(page.nodes[-1])
    )

    assert (titles(page.nodes), titles(rest.nodes)) == ("da", "c")
    assert await order_of(board.ctx, page.nodes, None) == [0, 1]
    assert await order_of(board.ctx, rest.nodes, None) == [2]


@pytest.mark.parametrize(
    "arguments", [{"filter": {"title": {"neq": "a"}}}, {"order_by": [{"field": "TITLE", "direction": "DESC"}]}]
)
async def test_a_place_is_that_in_the_column_and_not_in_the_answer(arguments: dict[str, Any], board: Board) -> None:
    for title in "abc":
        await board.card(title=title)

    [page] = await cards_of_column(board.ctx, board.columns[:1], None, **arguments)

    places = dict(zip(titles(page.nodes), await order_of(board.ctx, page.nodes, None), strict=True))
    assert places == {title: "abc".index(title) for title in places}


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("field", sorted_by(Card))
async def test_cards_sort_by_every_field(field: str, direction: str, board: Board) -> None:
    values: list[dict[str, Any]] = [
        {"title": "b", "priority": "high"},
        {"title": "a", "dueDate": "2026-01-01"},
        {"title": "c", "priority": "low", "dueDate": "2025-01-01"},
    ]
    for one in values:
        await board.card(**one)

    [page] = await cards_of_column(
        board.ctx, board.columns[:1], None, order_by=[{"field": field, "direction": direction}]
    )

    # Cards that do not differ in a field are in the order that they were made in, either way.
    found, expected = titles(page.nodes), ORDERS.get(field, "bac")
    assert found == (expected[::-1] if direction == "DESC" and field in ORDERS else expected)


async def test_labels_come_in_the_order_they_were_put_on(board: Board, owner: Context) -> None:
    labels = {name: await board.label(name) for name in ("x", "y", "z")}
    first = await board.card(labelIds=[labels[name]["_id"] for name in "zx"])
    second, bare = await board.card(labelIds=[labels["y"]["_id"]]), await board.card()
    await delete_label(board.ctx, labels["x"]["_id"])

    found = await labels_of(board.ctx, [first, second, bare], frozenset({"name"}))
    [listed] = await labels_of_project(board.ctx, [board.project], frozenset({"name"}))

    assert [[label["name"] for label in one] for one in found] == [["z"], ["y"], []]
    assert [label["name"] for label in listed] == ["y", "z"]


async def test_people_come_without_their_secrets(board: Board, owner: Context) -> None:
    cards = [await board.card(assigneeId=owner.user_id), await board.card()]

    for fields in (None, frozenset({"name", "email"})):
        assignees = await assignee_of(board.ctx, cards, fields)
        creators = await users_by("created_by")(board.ctx, cards, fields)

        assert [one and one["_id"] for one in assignees] == [owner.user_id, None]
        assert [one and one["_id"] for one in creators] == [owner.user_id] * 2
        assert all("password_hash" not in one for one in [*assignees, *creators] if one)


async def test_a_card_that_is_gone_stands_where_it_would(board: Board) -> None:
    cards = [await board.card() for _ in range(3)]
    await delete_card(board.ctx, cards[0]["_id"])
    bare = [{key: card[key] for key in ("column_id", "project_id", "rank")} for card in cards]

    assert await order_of(board.ctx, stub(bare), None) == [0, 0, 1]


async def test_sizes_and_cursors_are_checked_before_anything_is_read(board: Board) -> None:
    wrongs: list[dict[str, Any]] = [{"first": 501}, {"first": -1}, {"after": "x"}]
    for wrong in wrongs:
        with pytest.raises(BadUserInput, match=f"^{next(iter(wrong))}: "):
            await cards_of_project(board.ctx, [board.project], None, **wrong)
