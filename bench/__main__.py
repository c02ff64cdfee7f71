"""Run the benchmarks: all, or those named."""

import argparse

from bench.memory import memory


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("which", nargs="*", help="memory (default: all)")
    parser.add_argument("--rounds", type=int, default=15, help="paired rounds per table")
    options = parser.parse_args()
    if "memory" in (options.which or ["memory"]):
        memory(options.rounds)


main()
