"""What is typed into a search: what of it is marked, and which part of a long text is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadUserInput
from resolvers.search_query import EXCERPT_WORDS, Query, read_query


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
