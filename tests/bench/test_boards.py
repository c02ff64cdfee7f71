"""The contenders of the benchmarks answer the same."""

import json
from pathlib import Path

import pytest
from graphql import build_schema, parse

from bench.board import objects, schema
from bench.data import ITEMS_QUERY, QUERY, SDL, board, items
from bench.peers import handwritten
from execution import execute_bytes
from models.enums import Priority


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


def test_what_is_written_by_hand_knows_every_priority() -> None:
    names: dict[int | None, str | None] = {priority.value: priority.name for priority in Priority}
    assert {**names, None: None} == handwritten.PRIORITIES
    in_node = Path(handwritten.__file__).with_name("mercurius_http.mjs").read_text()
    assert [priority for priority in Priority if f"{priority.value}: '{priority.name}'" not in in_node] == []
