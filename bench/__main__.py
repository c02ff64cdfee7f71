"""Run the benchmarks: all, or those named."""

import argparse
from collections.abc import Callable

from bench.growth import growth
from bench.memory import memory

BENCHES: dict[str, Callable[[int], None]] = {"memory": memory, "growth": growth}


def main() -> None:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("which", nargs="*", help=f"which of {', '.join(BENCHES)}; all by default")
    parser.add_argument("--rounds", type=int, default=15, help="paired rounds per table")
    options = parser.parse_args()
    unknown = set(options.which) - BENCHES.keys()
    if unknown:
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    for name in options.which or BENCHES:
        BENCHES[name](options.rounds)


if __name__ == "__main__":
    main()
