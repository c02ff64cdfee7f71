"""In memory: (a) 500 cards of 13 fields with assignee and labels, (c) 10,000 small objects."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
from graphql import build_schema, parse

from bench.board import objects, schema
from bench.data import ITEMS_QUERY, QUERY, SDL, board, items
from bench.node import Node, installed
from bench.table import show
from bench.timing import Contender, here, measure, ratio
from execution import execute, execute_bytes

CARDS = 500
SMALL = 10_000


def memory(rounds: int) -> None:
    """Measure both, and print their tables."""
    rows = {"cards": board(CARDS), "items": items(SMALL)}
    if installed():
        with Node(rows) as node:
            _measure(rows, rounds, node)
    else:
        print("Node was not found: its peers are left out.")
        _measure(rows, rounds, None)


def _measure(rows: dict[str, Any], rounds: int, node: Node | None) -> None:
    context = objects(CARDS, SMALL)
    by_key = build_schema(SDL)
    for title, query, stock_times in (
        (f"(a) {CARDS} cards x 13 fields x assignee x labels, in memory", QUERY, 1),
        (f"(c) {SMALL:,} objects, in memory", ITEMS_QUERY, 1),
    ):
        document = parse(query)
        # How Strawberry keeps its graphql-core schema.
        core = schema._schema
        contenders = [
            Contender("ours, Strawberry schema, bytes", here(_bytes(core, document, None, context))),
            Contender("ours, Strawberry schema, dict", here(partial(execute, core, document, None, context))),
            Contender("ours, dicts of a plain schema, bytes", here(_bytes(by_key, document, rows, None))),
            Contender(
                "stock Strawberry, dict",
                here(partial(schema.execute_sync, query, context_value=context)),
                stock_times,
            ),
            Contender("stock Strawberry, bytes", here(_stock(query, context)), stock_times),
        ]
        if node is not None:
            contenders += [
                Contender("mercurius with jit, text", node.run("mercurius", query)),
                Contender("graphql-yoga, text", node.run("yoga", query)),
                Contender("Apollo Server, text", node.run("apollo", query)),
            ]
            _check_same(node, query, _bytes(core, document, None, context)())
        measure(contenders, rounds)
        size = len(_bytes(core, document, None, context)())
        show(title, contenders, [f"{size / 1000:.0f} kB of JSON, {rounds} paired rounds"])
        print(f"stock Strawberry takes {ratio(contenders[4], contenders[0]):.1f} times as long as ours\n")


def _bytes(schema: Any, document: Any, root: Any, context: Any) -> Callable[[], bytes]:
    def call() -> bytes:
        found = execute_bytes(schema, document, root, context)
        assert isinstance(found, bytes)
        return found

    return call


def _stock(query: str, context: Any) -> Callable[[], bytes]:
    def call() -> bytes:
        return orjson.dumps({"data": schema.execute_sync(query, context_value=context).data})

    return call


def _check_same(node: Node, query: str, ours: bytes) -> None:
    expected = json.loads(ours)
    for peer in ("mercurius", "yoga", "apollo"):
        found = json.loads(node.ask(peer, query)["text"])
        if found["data"] != expected["data"]:
            raise RuntimeError(f"{peer} answers something else.")
