"""E-mail addresses: which are one, which are none."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.address import known_address, mailbox, parse_address

LOCAL = st.text(st.sampled_from("abcxyzüéßøñяжλאدक世界9_+-"), min_size=1, max_size=20).filter(
    lambda text: text.upper().lower() == text.lower()
)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Ada@Example.COM", "ada@example.com"),
        ("ada@b\u00fccher.example", "ada@b\u00fccher.example"),
        ("ada@xn--bcher-kva.example", "ada@b\u00fccher.example"),
        ("ada@BU\u0308CHER.example", "ada@b\u00fccher.example"),
        ("ada@\uff42\u00fccher\u3002example", "ada@b\u00fccher.example"),
        ("E\u0301mile@example.com", "\u00e9mile@example.com"),
        ("ada@stra\u00dfe.example", "ada@stra\u00dfe.example"),
        ("ada@strasse.example", "ada@strasse.example"),
        ("אדה@דוגמה.קום", "אדה@דוגמה.קום"),
        ("a.b+c@example.com", "a.b+c@example.com"),
    ],
)
def test_the_forms_of_an_address_are_one(text: str, address: str) -> None:
    assert parse_address(text) == known_address(f" {text} ") == address
    assert parse_address(address) == address


@pytest.mark.parametrize(
    "text", ["", "ada", "ada@", "@example.com", "a b@example.com", '"a b"@example.com', "ada@[127.0.0.1]", "A <a@b.c>"]
)
def test_what_is_no_address_is_told_and_known_to_nobody(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_address(text)

    assert known_address(text) == text.lower()


@given(LOCAL)
def test_a_local_part_is_known_in_every_form_and_case(local: str) -> None:
    address = f"{local}@example.com"

    for form in ("NFC", "NFD"):
        for typed in (address, address.upper()):
            assert known_address(normalize(form, typed)) == parse_address(address)
            assert mailbox(normalize(form, typed)) == mailbox(address)
