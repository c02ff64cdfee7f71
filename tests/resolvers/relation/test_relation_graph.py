from itertools import pairwise
from typing import Any

import pytest

from resolvers.inputs.relation import RelationCreate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.relation import graph
from resolvers.relation.relation import create_relation
from tests.gateway.lab import count_queries
from tests.resolvers.projects import Board, make_board

TITLE = frozenset({"title"})


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    """To do, doing, done."""
    return await make_board(owner, workspace, columns=3)


async def relate(board: Board, card: Any, type: str, target: Any) -> None:
    given = {"cardId": card["_id"], "type": type, "targetCardId": target["_id"]}
    await create_relation(board.ctx, read_input(RelationCreate, given))


def letters(found: list[list[Any]]) -> list[str]:
    return ["".join(card["title"] for card in some) for some in found]


async def test_every_relation_leads_both_ways_with_one_query_for_all_cards(board: Board) -> None:
    cards = [await board.card(title=title) for title in "abcde"]
    a, b, c, d, e = cards
    for one, type_, other in (
        (a, "blocks", b),
        (a, "blocks", c),
        (d, "blocks", c),
        (a, "parent_of", d),
        (e, "child_of", a),
        (b, "related_to", e),
    ):
        await relate(board, one, type_, other)
    ctx = board.ctx

    with count_queries() as queries:
        blocked = await graph.blocked_by_of(ctx, cards, TITLE)
        blocks = await graph.blocks_of(ctx, cards, TITLE)
        children = await graph.children_of(ctx, cards, TITLE)
        parents = await graph.parent_of(ctx, cards, TITLE)
        relations = await graph.relations_of(ctx, cards, None)

    assert [str(one) for one in queries] == ["aggregate relations"] * 4 + ["find relations"]
    assert letters(blocked) == ["", "a", "ad", "", ""]
    assert letters(blocks) == ["bc", "", "", "c", ""]
    assert letters(children) == ["de", "", "", "", ""]
    assert [one and one["title"] for one in parents] == [None, None, None, "a", "a"]
    assert set(blocked[1][0]) == {"_id", "title"}
    assert [[one["type"].value for one in some] for some in relations] == [
        ["blocks", "blocks", "parent_of", "parent_of"],
        ["blocked_by", "related_to"],
        ["blocked_by", "blocked_by"],
        ["blocks", "child_of"],
        ["child_of", "related_to"],
    ]


async def test_a_card_is_blocked_until_what_it_waits_for_is_done_or_archived(board: Board) -> None:
    waiting = await board.card(0)
    first, second, loose = await board.card(0), await board.card(1), await board.card(None)
    for one in (first, second, loose):
        await relate(board, one, "blocks", waiting)

    async def blocked() -> list[bool]:
        return await graph.is_blocked_of(board.ctx, [waiting, first], None)

    assert await blocked() == [True, False]
    await board.move(first, columnId=board.column_id(2))
    await board.update(second, archived=True)
    assert await blocked() == [True, False]
    await board.move(loose, columnId=board.column_id(2))
    assert await blocked() == [False, False]
    await board.move(first, columnId=board.column_id(1))
    assert await blocked() == [True, False]


async def test_done_is_the_last_column_of_the_board_that_a_card_is_on(board: Board) -> None:
    step = await board.scope()
    doing, done = await board.column("Doing", step["_id"]), await board.column("Done", step["_id"])
    waiting, blocker = await board.card(0), await board.card(None, columnId=doing["_id"])
    await relate(board, waiting, "blocked_by", blocker)

    assert await graph.is_blocked_of(board.ctx, [waiting], None) == [True]
    await board.move(blocker, columnId=done["_id"])
    assert await graph.is_blocked_of(board.ctx, [waiting], None) == [False]


async def test_what_blocks_is_asked_with_two_queries_however_many_cards_wait(board: Board) -> None:
    cards = [await board.card() for _ in range(6)]
    for one, other in pairwise(cards):
        await relate(board, one, "blocks", other)

    for some in (cards[1:2], cards):
        with count_queries() as queries:
            await graph.is_blocked_of(board.ctx, some, None)
        assert [str(one) for one in queries] == ["aggregate relations", "find columns"]
