"""Words of every script: what a text holds is found by its words, however those are typed, and is marked."""

import sqlite3
from contextlib import closing
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text import folded
from resolvers.words.query import MAX_QUERY, read_query
from resolvers.words.words import TOKENIZER, indexed, units

SCRIPTS = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24F), max_size=60),
    st.text(st.sampled_from("東京都はひらカナｶﾞーﾃ한국어학교ก็ข้อมือນ້ຳខ្មែរမြန်မာ 、。ab1"), max_size=40),
    st.text(st.sampled_from("שָׁלוֹם مُحَمَّد أإ हिन्दी क्षत्रिय தமிழ் "), max_size=40),
    st.text(st.sampled_from("cfC#++.netNET 🚀👩\u200d👧❤\ufe0f🇩🇪_-"), max_size=40),
)


def finds(query: str, text: str) -> bool:
    """Whether an index of one text finds it."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE VIRTUAL TABLE words USING fts5 (text, content = '', tokenize = \"{TOKENIZER}\")")
        connection.execute("INSERT INTO words (rowid, text) VALUES (1, ?)", [indexed(text)])
        match = read_query(query).match
        return connection.execute("SELECT 1 FROM words WHERE words MATCH ?", [match]).fetchone() is not None


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("明日は東京都庁で会議があります", "都庁"),
        ("明日は東京都庁で会議があります", "会議"),
        ("明日は東京都庁で会議があります", "庁"),
        ("明日は東京都庁で会議があります", "ます"),
        ("项目管理系统的发布计划", "发布"),
        ("项目管理系统的发布计划", '"管理系统"'),
        ("우리학교에서만나요", "학교"),
        ("วันนี้ประชุมที่กรุงเทพ", "ประชุม"),
        ("ການປະຊຸມມື້ນີ້", "ປະຊຸມ"),
        ("កិច្ចប្រជុំ\u200bថ្ងៃនេះ", "ប្រជុំថ្ងៃ"),
        ("ဒီနေ့အစည်းအဝေး", "အစည်း"),
        ("第2回会議", "2回会"),
        ("שָׁלוֹם", "שלום"),
        ("שלום", "שָׁלוֹם"),
        ("مُحَمَّد", "محمد"),
        ("محمد", "مُحَمَّد"),
        ("Straße", "STRASSE"),
        ("\uff46\uff55\uff4c\uff4c", "full"),
        ("written in C#.", "C#"),
        ("written in C#.", "c"),
        ("(C++)", "c++"),
        ("on .NET 9", ".net"),
        ("on .NET 9", ".ne"),
        ("on .NET 9", "net"),
        ("on ASP.NET", "asp.net"),
        ("F#, then", "f#"),
        ("F#_then", "f#"),
        ("done 🎉🎉", "🎉"),
        ("done ✅", "done ✅"),
        ("in 🇩🇪", "🇩🇪"),
        ("👍🏽", "👍"),
    ],
)
def test_a_word_is_found_wherever_its_script_hides_it(text: str, query: str) -> None:
    for form in ("NFC", "NFD"):
        for other in ("NFC", "NFD"):
            asked = normalize(other, query)
            assert finds(asked, normalize(form, text))
            assert any(one.is_match for one in read_query(asked).mark(normalize(form, text)))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Cobol, C and C++", "C#"),
        ("see issue #5", "5#"),
        ("C#", "C++"),
        ("C", "C#"),
        ("internet", ".net"),
        ("東京と京都", "東都"),
        ("東京", "京東"),
        ("done 🎉", "🚀"),
        ("がス", "かす"),
    ],
)
def test_what_a_text_does_not_hold_is_not_found(text: str, query: str) -> None:
    assert not finds(query, text)


@given(text=SCRIPTS)
def test_every_word_of_a_text_finds_it_in_every_form_and_case_and_is_marked(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    for unit in list(units(text)):
        word = text[unit.start : unit.end]
        for asked in {word, normalize("NFC", word), normalize("NFD", word), folded(word), word.upper(), word.lower()}:
            alike = folded(asked) == folded(word) and '"' not in asked and 0 < len(asked) <= MAX_QUERY
            if alike and next(units(asked), None) is not None:
                assert finds(asked, text), (asked, text)
                # Of a character such as one quarter, which is several words, the parts are found and not marked.
                is_one = len(list(units(folded(word)))) == 1
                assert any(one.is_match for one in read_query(asked).mark(text)) or not is_one, (asked, text)


@given(text=st.text(st.sampled_from("東京都はカナ한국어กข้อ"), min_size=2, max_size=20), data=st.data())
def test_every_part_of_a_run_finds_it_and_is_marked(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))]
    if next(units(part), None) is None:
        return

    assert finds(part, text)
    marked = folded("".join(one.text for one in read_query(part).mark(text) if one.is_match))
    assert all(unit.text in marked for unit in units(part))
    # What is beside it changes nothing, also where it is the reason to look at each run by itself.
    beside = [one.text for one in read_query(part).mark(f"{text} \u200b") if one.is_match]
    assert beside == [one.text for one in read_query(part).mark(text) if one.is_match]
