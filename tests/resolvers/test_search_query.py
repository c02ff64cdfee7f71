"""What is typed into a search: what of it is marked, and which part of a long text is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadUserInput
from resolvers import search_query
from resolvers.search_query import EXCERPT_WORDS, LEAD, WINDOW, Query, _fold, read_query


def shown(query: str, text: str) -> str:
    return "".join(f"[{one.text}]" if one.is_match else one.text for one in read_query(query).mark(text))


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("dome", "The dome, domes and DOME", "The [dome], [domes] and [DOME]"),
        ('"dome"', "The dome, domes", "The [dome], domes"),
        ("dome motor", "dome motor; motor", "[dome motor]; [motor]"),
        ("uber", "Über alles", "[Über] alles"),
        ("café", "a cafe", "a [cafe]"),
        ("snake_ca", "a snake_case", "a [snake]_[case]"),
        ("x", "", ""),
    ],
)
def test_words_and_their_beginnings_are_marked(query: str, text: str, marked: str) -> None:
    assert shown(query, text) == marked


def test_the_excerpt_is_where_most_of_it_stands() -> None:
    text = " ".join(["dome"] + ["filler"] * 60 + ["dome", "motor"] + ["filler"] * 60)

    fragments = read_query("dome motor").excerpt(text)

    assert [one.text for one in fragments if one.is_match] == ["dome motor"]
    assert fragments[0].text == fragments[-1].text == "…"
    assert len("".join(one.text for one in fragments[1:-1]).split()) == EXCERPT_WORDS


@given(query=st.text(max_size=30), text=st.text(max_size=300))
def test_the_pieces_are_the_text(query: str, text: str) -> None:
    try:
        asked = read_query(query)
    except BadUserInput:
        asked = Query("", frozenset(), ("a",))

    assert "".join(one.text for one in asked.mark(text)) == text
    assert all(one.text for one in asked.mark(text))


@pytest.mark.parametrize("filler", ["filler", "füller"])
@pytest.mark.parametrize("distance", [0, 1_000, WINDOW - 10, WINDOW, WINDOW + 1, 3 * WINDOW + 17, 600_000])
def test_the_excerpt_of_a_huge_text_looks_at_the_words_near_the_first_hit_alone(
    filler: str, distance: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (f"{filler} undome " * (distance // len(filler) + 1))[:distance].rstrip() + " "
    text = before + "the DÔMES motor " + f"{filler} " * 100_000
    folded: list[int] = []

    def fold(word: str) -> str:
        folded.append(len(word))
        return _fold(word)

    monkeypatch.setattr(search_query, "_fold", fold)
    query = read_query("dome motor")

    fragments = query.excerpt(text)

    assert [one.text for one in fragments if one.is_match] == ["DÔMES motor"]
    assert fragments[-1].text == "…"
    assert (fragments[0].text == "…") == (distance > 150)
    assert len(folded) < 2 * WINDOW
    assert sum(folded) < len(text) + 3 * WINDOW


def test_a_text_without_any_hit_and_one_of_a_huge_word_have_a_short_excerpt() -> None:
    query = read_query("dome")

    none, huge = query.excerpt("filler " * 200_000), query.excerpt("dome" + "x" * 1_000_000)

    assert "".join(one.text for one in none) == "filler " * (EXCERPT_WORDS - 1) + "filler…"
    assert [one.is_match for one in huge] == [True, False]
    assert len(huge[0].text) <= WINDOW + LEAD
