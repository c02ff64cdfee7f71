"""How texts are compared: the one place that knows of their normal forms, of case and of marks
(docs/decisions/0035).
"""

import re
import unicodedata
from collections.abc import Callable


class Characters(dict[int, int | str | None]):
    """For `str.translate`: what `of` makes of each character, worked out once."""

    def __init__(self, of: Callable[[str], str | None]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, code: int) -> int | str | None:
        made = self[code] = self._of(chr(code))
        return made


def canonical(text: str) -> str:
    """The text as it is kept and told from others (NFC): `é` is one character, however it was typed."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def slug_of(name: str, otherwise: str = "home") -> str:
    """A name in plain letters, as addresses have it; one that has hardly any begins with another word."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only)[:40].strip("-")
    return slug if len(slug) > 1 else f"{otherwise}-{slug}".strip("-")


def spellings(text: str) -> list[str]:
    """The forms in which a text may be kept that was written before texts were kept `canonical`; that one first."""
    return list(dict.fromkeys((canonical(text), unicodedata.normalize("NFD", text))))


def folded(text: str) -> str:
    """What is alike for whoever looks for it: without case, width, ligatures, accents, niqqud, harakat and tatweel.

    What belongs to a letter stays: the vowels of Indic and Thai words, and the voicing of kana.
    """
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).translate(_WITHOUT_MARKS).casefold()
    return unicodedata.normalize("NFC", plain)


def sort_key(text: str) -> str:
    """What a text is sorted by, character by character: its letters, then its accents, then its case, as in the root
    collation of Unicode. `a, A, ä, Ä, b`, and at most 400 characters.
    """
    begin = text[:_SORTED]
    letters = folded(begin)
    letters = letters if letters.isascii() else letters.translate(_LETTERS)
    if letters == text:
        return letters
    decomposed = unicodedata.normalize("NFD", begin)
    parts = letters, decomposed.casefold()[: _SORTED // 2], decomposed.swapcase()[: _SORTED // 2]
    return "\x01".join((parts[0][:_SORTED], *parts[1:]))


def plain_digits(text: str) -> str:
    """The text in plain letters (NFKC), its digits of any script as 0 to 9."""
    return unicodedata.normalize("NFKC", text).translate(_DIGITS)


_SORTED = 198
"""Characters that tell a text from others where it is sorted."""
_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ł": "l",
        "ŧ": "t",
        "þ": "th",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    }
)


def _kept(character: str) -> str | None:
    # The classes of what is written above or below a letter (200 and more), through it (1), and of Hebrew and Arabic
    # vowels (10 to 36). Viramas, nuktas, voicing marks and the tones of Thai and Lao have others.
    combines = unicodedata.combining(character)
    if combines >= 200 or combines == 1 or 10 <= combines <= 36:
        return None
    if character in "\N{ARABIC TATWEEL}\N{VARIATION SELECTOR-16}":
        return None
    # Soft hyphens, joiners and marks of direction are not seen; a space without width ends a word.
    unseen = unicodedata.category(character) == "Cf" and character != "\N{ZERO WIDTH SPACE}"
    return None if unseen else character


def _digit(character: str) -> str:
    return str(unicodedata.decimal(character, character))


_WITHOUT_MARKS = Characters(_kept)
_DIGITS = Characters(_digit)
