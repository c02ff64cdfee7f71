"""What is typed into a search: what of it is marked, and which part of a long text is shown."""

import sys
import unicodedata
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadUserInput
from models.text import folded
from resolvers.words import query as search_query
from resolvers.words import words as search_words
from resolvers.words.query import EXCERPT_WORDS, LEAD, WINDOW, Query, read_query


def decomposed(text: str) -> str:
    return normalize("NFD", text)


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
        ("café", f"a {decomposed('café')}s", f"a [{decomposed('cafés')}]"),
        ("हिन्द", "यह हिन्दी है", "यह [हिन्दी] है"),
        ('"हिन्दी"', "यह हिन्दी है", "यह [हिन्दी] है"),
        ("שלום", "אמר שָׁלוֹם לכם", "אמר [שָׁלוֹם] לכם"),
        ("שָׁלוֹם", "אמר שלום לכם", "אמר [שלום] לכם"),
        ("محمد", "قال مُحَمَّد نعم", "قال [مُحَمَّد] نعم"),
        ("京都", "東京都の京都府", "東[京都]の[京都]府"),
        ("都", "東京都", "東京[都]"),
        ("テスト", "ﾃｽﾄとテスト", "[ﾃｽﾄ]と[テスト]"),
        ("ガス", "都市ｶﾞｽ", "都市[ｶﾞｽ]"),
        ("학교", decomposed("우리학교에서"), decomposed("우리") + f"[{decomposed('학교')}]" + decomposed("에서")),
        ("กา", "นาฬิกาข้อมือ", "นาฬิ[กา]ข้อมือ"),
        ("ข้อ", "นาฬิกาข้อมือ", "นาฬิกา[ข้อ]มือ"),
        ("東京abc", "東京abcd", "[東京abcd]"),
        ("C#", "C# and Cobol, C", "[C#] and Cobol, C"),
        ("c", "C# and Cobol", "[C#] and [Cobol]"),
        ('"c"', "C# and Cobol", "[C#] and Cobol"),
        (".net", "the .NET net", "the [.NET] net"),
        ("net", "the .NET", "the [.NET]"),
        ("c++", "C++, c+ and C", "[C++], c+ and C"),
        ("🚀", "Lift 🚀🚀 off", "Lift [🚀🚀] off"),
        ("👩", "👩‍👧 here", "[👩‍]👧 here"),
        ("❤", "I ❤️ it", "I [❤️] it"),
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
    lengths: list[int] = []

    def fold(word: str) -> str:
        lengths.append(len(word))
        return folded(word)

    for module in (search_query, search_words):
        monkeypatch.setattr(module, "folded", fold)
    query = read_query("dome motor")

    fragments = query.excerpt(text)

    assert [one.text for one in fragments if one.is_match] == ["DÔMES motor"]
    assert fragments[-1].text == "…"
    assert (fragments[0].text == "…") == (distance > 150)
    assert len(lengths) < 2 * WINDOW
    assert sum(lengths) < len(text) + 3 * WINDOW


def test_a_text_without_any_hit_and_one_of_a_huge_word_have_a_short_excerpt() -> None:
    query = read_query("dome")

    none, huge = query.excerpt("filler " * 200_000), query.excerpt("dome" + "x" * 1_000_000)

    assert "".join(one.text for one in none) == "filler " * (EXCERPT_WORDS - 1) + "filler…"
    assert [one.is_match for one in huge] == [True, False]
    assert len(huge[0].text) <= WINDOW + LEAD


def test_the_excerpt_of_a_text_without_spaces_is_of_some_words_and_found_in_bounded_portions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lengths: list[int] = []

    def fold(text: str) -> str:
        lengths.append(len(text))
        return folded(text)

    for module in (search_query, search_words):
        monkeypatch.setattr(module, "folded", fold)
    text = "天地玄黄" * 30_000 + "会議" + "宇宙洪荒" * 30_000

    fragments = read_query("会議").excerpt(text)

    assert [one.text for one in fragments if one.is_match] == ["会議"]
    assert len("".join(one.text for one in fragments)) < 200
    assert max(lengths) <= 2 * WINDOW


def test_a_text_that_is_compared_as_it_is_written_is_folded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    folds: list[str] = []

    def fold(text: str) -> str:
        folds.append(text)
        return folded(text)

    query, text = read_query("会議 の"), "".join(f"{chr(0x4E00 + number)}は会議の日。" for number in range(100))
    monkeypatch.setattr(search_words, "folded", fold)

    marks = [fragment.text for fragment in query.mark(text) if fragment.is_match]

    assert marks == ["会議の"] * 100
    assert folds == [text]


LETTERS = [
    chr(code)
    for code in (*range(0x3400), *range(0x3400, sys.maxunicode, 61))
    if unicodedata.category(chr(code))[0] == "L"
]


def test_each_letter_alone_is_a_word_or_refused_as_none() -> None:
    refused: list[str] = []
    for letter in LETTERS:
        try:
            asked = read_query(letter)
        except BadUserInput:
            refused.append(letter)
        else:
            assert asked.match not in ('""', '"" *'), f"{ord(letter):x}"
            assert "" not in (*asked.words, *asked.beginnings, *asked.runs), f"{ord(letter):x}"

    assert {"ㅠ", "ـ"} <= set(refused)
    assert len(refused) < len(LETTERS) / 20


@pytest.mark.parametrize("nothing", ["ㅠㅠ", "ـ", '"ـ"', "ـ ㅠㅠ"])
def test_what_is_no_word_in_the_index_is_refused_alone_and_left_out_beside_one(nothing: str) -> None:
    with pytest.raises(BadUserInput, match="must hold a word"):
        read_query(nothing)

    assert shown(f"hello {nothing}", "hello world") == shown(f"{nothing} hello", "hello world") == "[hello] world"
    phrase = "hello " + nothing.strip('"')
    assert shown(f'"{phrase}"', "hello world") == "[hello] world"


def test_hits_that_overlap_are_one_mark() -> None:
    assert shown("東東", "東東東の東") == "[東東]東の東"
    assert shown("東京 京都", "東京都") == "[東京都]"
