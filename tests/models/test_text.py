"""How texts are compared."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text import canonical, folded, plain_digits, sort_key, spellings

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=50)


@given(TEXT)
def test_the_normal_forms_of_a_text_are_one(text: str) -> None:
    composed, decomposed = normalize("NFC", text), normalize("NFD", text)

    assert canonical(composed) == canonical(decomposed) == canonical(canonical(text)) == canonical(text)
    assert spellings(text)[0] == canonical(text)
    assert {composed, decomposed} == set(spellings(text))
    assert folded(composed) == folded(decomposed) == folded(text)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x24F), max_size=50))
def test_case_makes_no_difference_to_whoever_looks(text: str) -> None:
    lower = text.lower()

    assert folded(lower) == folded(text) or lower.upper() != text.upper()
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Größe", "grosse"),
        ("\u0130", "i"),
        ("\ufb01n", "fin"),
        ("\uff21\uff22\uff43", "abc"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        ("كـــتاب", "كتاب"),
        ("हिन्दी", "हिन्दी"),
        ("ก่อน", "ก่อน"),
        ("ガ", "ガ"),
        ("\uff76\uff9e", "ガ"),
        ("한국", "한국"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_marks_and_widths_are_folded_and_what_belongs_to_a_letter_is_not(text: str, plain: str) -> None:
    assert folded(text) == folded(normalize("NFD", text)) == plain


@pytest.mark.parametrize(
    "digits", ["123456", "\uff11\uff12\uff13\uff14\uff15\uff16", "١٢٣٤٥٦", "۱۲۳۴۵۶", "१२३४५६", "๑๒๓๔๕๖"]
)
def test_digits_of_every_script_are_digits(digits: str) -> None:
    assert plain_digits(digits) == "123456"


def test_texts_are_sorted_by_letters_then_accents_then_case() -> None:
    in_order = [
        "10",
        "a",
        "A",
        "a\u0301",
        "\u00e4",
        "\u00c4",
        "ab",
        "Ab",
        "ae",
        "\u00e6",
        "af",
        "o",
        "\u00f8",
        "oz",
        "ss",
        "\u00df",
        "st",
        "Z",
        "\u4e00",
    ]

    assert sorted(set(in_order), key=sort_key) == in_order


@given(TEXT)
def test_a_key_is_one_for_the_normal_forms_and_bounded(text: str) -> None:
    assert sort_key(canonical(text)) == sort_key(canonical(normalize("NFD", text)))
    assert len(sort_key(text * 40)) <= 400
    assert len(sort_key("\ufdfa" * 500)) <= 400
