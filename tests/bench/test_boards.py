"""The contenders of the benchmarks answer the same."""

import json

import pytest
from graphql import build_schema, parse

from bench.board import objects, schema
from bench.data import ITEMS_QUERY, QUERY, SDL, board, items
from execution import execute_bytes


@pytest.mark.parametrize("query", [QUERY, ITEMS_QUERY], ids=["board", "items"])
def test_ours_and_stock_strawberry_answer_the_same(query: str) -> None:
    context = objects(30, 10)
    stock = schema.execute_sync(query, context_value=context)
    assert stock.errors is None
    for found in (
        execute_bytes(schema._schema, parse(query), None, context),
        execute_bytes(build_schema(SDL), parse(query), {"cards": board(30), "items": items(10)}),
    ):
        assert isinstance(found, bytes)
        assert json.loads(found) == {"data": stock.data}


def test_a_card_has_thirteen_fields_beside_its_edges() -> None:
    assert len(board(1)[0].keys() - {"assignee", "labels"}) == 13
