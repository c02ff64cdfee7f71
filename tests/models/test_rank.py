"""Ranks of lists that are put into another order."""

from hypothesis import given
from hypothesis import strategies as st

from models.rank import MAX_LENGTH, ranks_after, reranked


@given(st.integers(0, 40).flatmap(lambda count: st.permutations(ranks_after(None, count))))
def test_any_order_gets_ascending_ranks(ranks: list[str]) -> None:
    found = reranked(ranks)

    assert len(found) == len(ranks)
    assert found == sorted(set(found))


def test_as_few_ranks_as_possible_differ() -> None:
    a, b, c, d, e = ranks_after(None, 5)

    assert reranked([a, b, c, d, e]) == [a, b, c, d, e]
    assert [before != after for before, after in zip([e, a, b, c, d], reranked([e, a, b, c, d]), strict=True)] == [
        True,
        *[False] * 4,
    ]
    assert sum(before != after for before, after in zip([b, a, d, c, e], reranked([b, a, d, c, e]), strict=True)) == 2


def test_what_has_no_rank_yet_gets_one_where_it_stands() -> None:
    a, b = ranks_after(None, 2)

    first, second, third, fourth = reranked(["", a, "", b])

    assert first < second == a < third < fourth == b


def test_ranks_that_have_grown_too_long_are_all_made_anew() -> None:
    long = "a0" + "V" * MAX_LENGTH

    assert reranked(["a0", long]) == list(ranks_after(None, 2))
