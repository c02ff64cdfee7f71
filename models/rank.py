"""Ranks: texts between which there is always room for another, so that a move writes one document."""

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
