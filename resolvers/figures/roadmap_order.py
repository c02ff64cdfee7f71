"""Orders of things that wait for each other: how many steps there are before each, and the longest chain."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)
Pairs = Sequence[tuple[T, T]]
"""What is waited for, and what waits."""


def topological(nodes: Iterable[T], pairs: Pairs[T]) -> list[T]:
    """The nodes, each behind all that it waits for; those of a circle are left out."""
    waiting: dict[T, int] = dict.fromkeys(nodes, 0)
    following: dict[T, list[T]] = defaultdict(list)
    for before, after in pairs:
        waiting[after] += 1
        following[before].append(after)
    ready = [node for node, count in waiting.items() if count == 0]
    for node in ready:
        for after in following[node]:
            waiting[after] -= 1
            if waiting[after] == 0:
                ready.append(after)
    return ready


def steps_of(nodes: Iterable[T], pairs: Pairs[T]) -> dict[T, int]:
    """For each node the number of steps in the longest way to it; 0 for what waits for nothing."""
    before = _before(pairs)
    steps: dict[T, int] = {}
    for node in topological(nodes, pairs):
        steps[node] = max((steps[predecessor] + 1 for predecessor in before[node]), default=0)
    return steps


def longest_chain(weights: Mapping[T, int], pairs: Pairs[T]) -> list[T]:
    """The chain of nodes that wait for each other with the largest sum of weights; none where nothing waits."""
    before = _before(pairs)
    sums: dict[T, int] = {}
    came_from: dict[T, T | None] = {}
    for node in topological(weights, pairs):
        heaviest = max(before[node], key=lambda node: sums[node], default=None)
        came_from[node] = heaviest
        sums[node] = weights[node] + (0 if heaviest is None else sums[heaviest])
    ends = [node for node, previous in came_from.items() if previous is not None]
    last: T | None = max(ends, key=lambda node: sums[node], default=None)
    chain: list[T] = []
    while last is not None:
        chain.append(last)
        last = came_from[last]
    return chain[::-1]


def _before(pairs: Pairs[T]) -> dict[T, list[T]]:
    found: dict[T, list[T]] = defaultdict(list)
    for before, after in pairs:
        found[after].append(before)
    return found
