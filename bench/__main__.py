"""Run the benchmarks: all, or those named."""

import argparse
from collections.abc import Callable

from bench.board_socket import board_socket
from bench.deletion import deletion
from bench.delivery import delivery
from bench.figures import figures
from bench.flood import flood
from bench.growth import growth
from bench.http import http
from bench.idle_check import idle_check
from bench.jobs import jobs
from bench.lanes import lanes
from bench.listeners import listeners
from bench.live import live
from bench.memory import memory
from bench.missions import missions
from bench.search import search
from bench.shared_members import shared_members
from bench.start import start
from bench.tool_calls import tool_calls

BENCHMARKS: dict[str, Callable[[int], None]] = {
    "memory": memory,
    "growth": growth,
    "http": http,
    "delivery": delivery,
    "live": live,
    "board-socket": board_socket,
    "listeners": listeners,
    "tool-calls": tool_calls,
    "search": search,
    "flood": flood,
    "lanes": lanes,
    "figures": figures,
    "deletion": deletion,
    "shared-members": shared_members,
    "missions": missions,
    "jobs": jobs,
    "idle-check": idle_check,
    "start": start,
}


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("which", nargs="*", choices=[*BENCHMARKS, []], help="all by default")
    parser.add_argument("--rounds", type=int, default=10)
    options = parser.parse_args()
    for name in options.which or BENCHMARKS:
        BENCHMARKS[name](options.rounds)


main()
