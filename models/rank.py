"""Ranks: texts between which there is always room for another, so that a move writes one document."""

from bisect import bisect_left
from collections.abc import Sequence

from fractional_indexing import generate_key_between, generate_n_keys_between

MAX_LENGTH = 100
"""A rank this long says that hundreds of moves went into one gap: its list is due to be spread anew."""


def rank_between(before: str | None, after: str | None) -> str:
    """A rank after `before` and before `after`, which differ; None is the end on that side."""
    rank: str = generate_key_between(before, after)
    return rank


def ranks_after(before: str | None, count: int) -> Sequence[str]:
    """`count` ascending ranks behind `before`."""
    ranks: list[str] = generate_n_keys_between(before, None, count)
    return ranks


def ranks_within(before: str | None, after: str | None, count: int) -> list[str]:
    """`count` ascending ranks after `before` and before `after`, which differ; None is the end on that side."""
    ranks: list[str] = generate_n_keys_between(before, after, count)
    return ranks


def reranked(ranks: Sequence[str]) -> list[str]:
    """Ascending ranks for a list that others put into this order: as few as can be differ from those given.

    All do where the ones that could stay have grown too long to put anything between.
    """
    staying = _longest_ascending(ranks)
    if any(len(ranks[place]) >= MAX_LENGTH for place in staying):
        return list(ranks_after(None, len(ranks)))
    found, start, before = list(ranks), 0, None
    for place in (*staying, len(ranks)):
        after = ranks[place] if place < len(ranks) else None
        found[start:place] = ranks_within(before, after, place - start)
        start, before = place + 1, after
    return found


def _longest_ascending(ranks: Sequence[str]) -> list[int]:
    """The places of as many ranks as possible that ascend already; what has none yet ("") is not among them."""
    ends: list[str] = []
    last: list[int] = []
    previous: list[int | None] = [None] * len(ranks)
    for place, rank in enumerate(ranks):
        if rank:
            length = bisect_left(ends, rank)
            previous[place] = last[length - 1] if length else None
            ends[length:], last[length:] = [rank, *ends[length + 1 :]], [place, *last[length + 1 :]]
    found: list[int] = []
    at = last[-1] if last else None
    while at is not None:
        found.append(at)
        at = previous[at]
    return found[::-1]
