"""Ranks: texts between which there is always room for another, so that a move writes one document."""

from collections.abc import Sequence

from fractional_indexing import generate_key_between, generate_n_keys_between


def rank_between(before: str | None, after: str | None) -> str:
    """A rank after `before` and before `after`; None is the end on that side.

    Two neighbours can share a rank when two processes appended at once; the new one then goes right after them.
    """
    if before is not None and after is not None and before >= after:
        after = None
    rank: str = generate_key_between(before, after)
    return rank


def ranks_after(before: str | None, count: int) -> Sequence[str]:
    """`count` ascending ranks behind `before`."""
    ranks: list[str] = generate_n_keys_between(before, None, count)
    return ranks
