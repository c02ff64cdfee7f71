"""How time and memory grow with the board: 50, 500 and 5,000 cards, and the trivial query."""

import tracemalloc
from collections.abc import Callable
from functools import partial

from graphql import parse
from rich.console import Console
from rich.table import Table

from bench.board import objects, schema
from bench.data import QUERY
from bench.timing import Contender, here, measure, ratio
from execution import execute_bytes

SIZES = (50, 500, 5000)


def growth(rounds: int) -> None:
    """Measure, and print the table."""
    table = Table(title="growth with the board, in memory", title_justify="left")
    for heading in ("cards", "ours, ms", "us a card", "peak, kB a card", "stock Strawberry, ms", "us a card", "ratio"):
        table.add_column(heading, justify="right")
    for cards in SIZES:
        context = objects(cards, 0)
        ours = partial(execute_bytes, schema._schema, parse(QUERY), None, context)
        stock = partial(schema.execute_sync, QUERY, context_value=context)
        pair = [Contender("ours", here(ours)), Contender("stock", here(stock), 1)]
        measure(pair, min(rounds, 5) if cards > 1000 else rounds)
        table.add_row(
            f"{cards:,}",
            f"{pair[0].milliseconds:.2f}",
            f"{pair[0].milliseconds * 1000 / cards:.1f}",
            f"{_peak(ours) / 1000 / cards:.2f}",
            f"{pair[1].milliseconds:.1f}",
            f"{pair[1].milliseconds * 1000 / cards:.1f}",
            f"{ratio(pair[1], pair[0]):.0f} x",
        )
    hello = parse("{ hello }")
    trivial = [
        Contender("ours", here(partial(execute_bytes, schema._schema, hello))),
        Contender("stock", here(partial(schema.execute_sync, "{ hello }"))),
    ]
    measure(trivial, rounds)
    table.add_row(
        "{ hello }", f"{trivial[0].milliseconds:.3f}", "", "", f"{trivial[1].milliseconds:.3f}", "",
        f"{ratio(trivial[1], trivial[0]):.0f} x",
    )  # fmt: skip
    Console().print(table)


def _peak(call: Callable[[], object]) -> int:
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak
