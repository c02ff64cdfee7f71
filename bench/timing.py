"""Paired timing: every contender runs a few times in every round, and a ratio is one of neighbours in time."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter_ns

Run = Callable[[int], list[int]]
"""Runs a number of times, and says how many nanoseconds each took."""


@dataclass
class Contender:
    """Somebody who answers, and what was measured of it."""

    name: str
    run: Run
    times: int = 9
    rounds: list[float] = field(default_factory=list)

    @property
    def milliseconds(self) -> float:
        """The median over the rounds."""
        return median(self.rounds) / 1e6


def here(call: Callable[[], object]) -> Run:
    """A function of this process as something to time."""

    def run(times: int) -> list[int]:
        spent: list[int] = []
        for _ in range(times):
            start = perf_counter_ns()
            call()
            spent.append(perf_counter_ns() - start)
        return spent

    return run


def measure(contenders: Sequence[Contender], rounds: int, warm_up: int = 20) -> None:
    """Fill in the contenders' rounds, each the median of a few runs."""
    for contender in contenders:
        contender.run(min(warm_up, contender.times * 4))
    for _ in range(rounds):
        for contender in contenders:
            gc.collect()
            contender.rounds.append(median(contender.run(contender.times)))


def percentile(spent: Sequence[float], share: float) -> float:
    """What a share of some measurements, 0.99 of them say, does not exceed."""
    return sorted(spent)[min(len(spent) - 1, int(len(spent) * share))]


def ratio(contender: Contender, base: Contender) -> float:
    """How many times as long as `base` a contender took, as the median over the rounds of both."""
    return median(theirs / ours for theirs, ours in zip(contender.rounds, base.rounds, strict=True))
