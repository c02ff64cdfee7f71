"""What a word is: for the index of search, for what is typed into it, and for the marks in what was found.

The scripts of China, Japan, Korea and of much of Southeast Asia put no space between words, or none that a reader
looks for: there every two characters side by side are a word (docs/decisions/0036). A symbol, such as an emoji, is a
word too, and so is `C#`, which is a `C` as well.
"""

import functools
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from models.text import Characters, folded

TOKENIZER = "unicode61 remove_diacritics 0 categories 'L* N* M* Co So'"
"""How SQLite takes apart what `indexed` makes: at everything but letters, numbers, marks, symbols and `_SIGNS`."""

_SIGNS = str.maketrans({sign: chr(0xE000 + ord(sign)) for sign in "#+."})
"""Signs that belong to a word, as characters that belong to nobody: to SQLite they are letters."""

_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1100, 0x11FF),  # Hangul, decomposed
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19DF),  # Tai Le, New Tai Lue
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x2E80, 0xA4CF),  # Chinese, kana, bopomofo, Yi
    (0xA960, 0xA97F),  # Hangul, decomposed
    (0xA9E0, 0xA9FF),  # Burmese
    (0xAA60, 0xAADF),  # Burmese, Tai Viet
    (0xAC00, 0xD7FF),  # Hangul
    (0xF900, 0xFAFF),  # Chinese, compatible
    (0xFF66, 0xFFDC),  # kana and Hangul of half width
    (0x1B000, 0x1B16F),  # kana of old
    (0x20000, 0x3FFFF),  # Chinese, rare
)
_LONGEST = 40
"""Characters of a word that is remembered."""
_STARTS = [start for start, _ in _UNSPACED]

_WORD = "w[wm]*+"
_BEFORE = r"(?<![wmr.])\."
_AFTER = r"(?:#|\+\+?+)(?![wmr#+])"
_UNITS = re.compile(rf"(?P<run>r[rmz]*+)|(?P<symbol>s)m*+|(?P<signed>{_BEFORE}{_WORD}|{_WORD}{_AFTER})|{_WORD}")
# Where a word has no sign, it is looked at once: none begins inside of another.
_SPECIAL = re.compile(
    rf"(?P<run>r[rmz]*+)|(?P<symbol>s)m*+|(?P<signed>{_BEFORE}{_WORD}|(?<![wm]){_WORD}{_AFTER})|(?<![wrms])m+|x"
)
_CLUSTER = re.compile("r[mz]*+")
_PIECE = re.compile(rf"(?:r[mz]*+){{1,4}}|sm*+|{_WORD}")
# Its signs come first: an expression that begins with one of a few characters is searched for much faster.
_MAYBE_SIGNED = re.compile(r"#(?<=[^\W_].)(?![^\W_])|\+(?<=[^\W_].)(?![^\W_])|\.(?<![^\W_].)[^\W_]")


def _shape(character: str) -> str:
    """What a character is: of a word, a mark on another, of a run without spaces, a symbol, a sign, or a gap."""
    if character in "#+.":
        return character
    code, category = ord(character), unicodedata.category(character)
    if code == 0x200B:
        return "z"
    # The vowels of Hangul that is decomposed, and the marks of kana of half width, go with what is before them.
    if category[0] == "M" or category == "Cf" or 0x1160 <= code <= 0x11FF or code in (0xFF9E, 0xFF9F):
        return "m"
    if category[0] in "LN":
        place = bisect_right(_STARTS, code) - 1
        return "r" if place >= 0 and code <= _UNSPACED[place][1] else "w"
    if category == "So" or (category == "Cn" and 0x1F000 <= code <= 0x1FAFF):
        return "s"
    # SQLite knows another version of Unicode: what is beyond ASCII is not left to it.
    return " " if character.isascii() else "x"


_SHAPES = Characters(_shape)


class Unit(NamedTuple):
    """A word, a symbol or a run of a text: where it stands, and how it is compared."""

    start: int
    end: int
    text: str
    is_run: bool = False
    is_signed: bool = False

    @property
    def plain(self) -> str:
        """A word without its signs."""
        return self.text.strip("#+.") if self.is_signed else self.text

    def tokens(self) -> list[str]:
        """What of it stands in the index."""
        if self.is_run:
            return [*(self.text[place : place + 2] for place in range(len(self.text) - 1)), self.text[-1]]
        return [self.plain, self.text.translate(_SIGNS)] if self.is_signed else [self.text]


def is_plain(text: str) -> bool:
    """Whether a text is of words of ASCII alone, each of them as it is written."""
    return text.isascii() and _MAYBE_SIGNED.search(text) is None


def shapes_of(text: str) -> str:
    """What each character of a text is, as the expressions here read it: most of what `units` and `pieces` take."""
    return text.translate(_SHAPES)


def is_settled(text: str, shapes: str) -> bool:
    """Whether the runs of a text of these shapes are compared as they are written, each character at its place."""
    return "m" not in shapes and "z" not in shapes and folded(text) == text


def units(text: str, shapes: str | None = None) -> Iterator[Unit]:
    """All that can be found of a text, in its order."""
    for found in _UNITS.finditer(shapes or shapes_of(text)):
        piece = text[found.start() : found.end()]
        yield _unit(found, _known(piece) if len(piece) <= _LONGEST else folded(piece))


def indexed(text: str) -> str:
    """A text as the index takes it."""
    if is_plain(text):
        return text
    plain, made, done = folded(text), list[str](), 0
    for found in _SPECIAL.finditer(shapes_of(plain)):
        made.append(plain[done : found.start()])
        if found.lastgroup is not None:  # marks on nothing, and gaps
            made += _unit(found, plain[found.start() : found.end()]).tokens()
        done = found.end()
    return " ".join([*made, plain[done:]])


def asked(part: str, *, whole: bool) -> tuple[list[str], bool]:
    """The words of the index that have to stand side by side, and whether the last one is only begun.

    `whole` says that the last one is not begun; inside of a run it does not matter where a word begins and ends.
    """
    tokens: list[str] = []
    found = list(units(folded(part)))
    for place, unit in enumerate(found):
        own = unit.tokens()
        if unit.is_run and place == len(found) - 1 and len(own) > 1:
            own = own[:-1]
        # Before the first one may be anything, so that it may be begun.
        tokens += own[1:] if unit.is_signed and place == 0 else own
    last = found[-1]
    return tokens, len(last.text) == 1 if last.is_run else not whole


def pieces(shapes: str) -> list[tuple[int, int]]:
    """Where the words of a text of these shapes are, for whoever counts them: those of a run are some characters
    long."""
    return [found.span() for found in _PIECE.finditer(shapes)]


def gap_after(text: str, start: int, end: int) -> int | None:
    """The first place where a text can be cut without cutting a word."""
    found = re.search("[^wmr]", shapes_of(text[start:end]))
    return None if found is None else start + found.start()


def inside(text: str, run: Unit, wanted: str) -> Iterator[tuple[int, int]]:
    """Where in a run of a text some characters stand, with the marks on them."""
    begin = run.text.find(wanted)
    if begin < 0:
        return
    own = text[run.start : run.end]
    starts, ends = _clusters(own, is_folded=own == run.text)
    while begin >= 0:
        end = begin + len(wanted)
        yield run.start + starts[begin], run.start + ends[end - 1]
        begin = run.text.find(wanted, end)


def _clusters(own: str, *, is_folded: bool) -> tuple[Sequence[int], Sequence[int]]:
    """For each character of a run as it is compared, where the cluster that it comes from begins and ends."""
    shapes = shapes_of(own)
    if is_folded and "m" not in shapes:
        return range(len(own)), range(1, len(own) + 1)
    spans = [
        span
        for span in (found.span() for found in _CLUSTER.finditer(shapes))
        for _ in (range(*span) if is_folded else _run(folded(own[slice(*span)])))
    ]
    return [start for start, _ in spans], [end for _, end in spans]


@functools.lru_cache(maxsize=8192)
def _known(word: str) -> str:
    """A word folded: those of a language come again and again."""
    return folded(word)


def _unit(found: re.Match[str], plain: str) -> Unit:
    kind = found.lastgroup
    if kind == "run":
        return Unit(*found.span(), _run(plain), is_run=True)
    if kind == "symbol":
        return Unit(*found.span(), plain)
    return Unit(*found.span(), plain, is_signed=kind == "signed")


def _run(plain: str) -> str:
    return plain.replace("\N{ZERO WIDTH SPACE}", "")
