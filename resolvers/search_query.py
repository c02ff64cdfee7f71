"""What somebody typed into a search, as an expression of the index and as marks in the texts that were found."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from models.errors import BadUserInput
from models.json import check_text

MAX_QUERY = 200
MAX_WORDS = 12
EXCERPT_WORDS = 24
WINDOW = 20_000
"""Characters that an excerpt is chosen from: of a longer text, those that begin a little before the first hit."""
LEAD = 200
ELLIPSIS = "…"

_PARTS = re.compile(r'"([^"]*)"?|([^\s"]+)')
_WORD = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[\W_]")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a text, and whether it is what was searched for."""

    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class Query:
    """`match` is an expression of FTS5; `words` and `beginnings` are what is marked, folded as the index folds them."""

    match: str
    words: frozenset[str]
    beginnings: tuple[str, ...]

    def mark(self, text: str) -> list[Fragment]:
        """The text in pieces, those marked that were searched for."""
        fragments: list[Fragment] = []
        done = 0
        for start, end in self._found(text):
            if fragments and not text[done:start].strip():  # neighbours are one piece
                fragments[-1] = Fragment(fragments[-1].text + text[done:end], True)
            else:
                fragments += [Fragment(text[done:start], False)] if start > done else []
                fragments.append(Fragment(text[start:end], True))
            done = end
        return [*fragments, Fragment(text[done:], False)] if done < len(text) else fragments

    def excerpt(self, text: str) -> list[Fragment]:
        """The same for the part of a long text, of some words, that holds most of what was searched for."""
        opening, closing = self._window(text)
        cut_before, cut_after = opening > 0, closing < len(text)
        text = text[opening:closing]
        words = [word.span() for word in _WORD.finditer(text)]
        starts = {start for start, _ in self._found(text)}
        found = [start in starts for start, _ in words]
        best = count = sum(found[:EXCERPT_WORDS])
        first = 0
        for place in range(1, len(words) - EXCERPT_WORDS + 1):
            count += found[place + EXCERPT_WORDS - 1] - found[place - 1]
            if count > best:
                best, first = count, place
        last = first + EXCERPT_WORDS
        if len(words) > EXCERPT_WORDS:
            text = text[words[first][0] : words[last - 1][1]]
        before = [Fragment(ELLIPSIS, False)] if first or cut_before else []
        after = [Fragment(ELLIPSIS, False)] if last < len(words) or cut_after else []
        return [*before, *self.mark(text), *after]

    def _window(self, text: str) -> tuple[int, int]:
        """Where the part of a text begins and ends that its excerpt is chosen from; no word is cut but a huge one."""
        if len(text) <= WINDOW:
            return 0, len(text)
        hit = self._first(text)
        start = max(0, hit - LEAD)
        if start and (gap := _GAP.search(text, start, hit)):
            start = gap.end()
        end = min(len(text), start + WINDOW)
        gap = _GAP.search(text, end, end + LEAD)
        return start, gap.start() if gap else end

    def _first(self, text: str) -> int:
        """Where the first word is that was searched for; 0 where there is none.

        Portions without one are told by their folded text, as looking at every word of a long text takes too long.
        """
        needles = [_needle(one, r"(?![^\W_])") for one in self.words] + [_needle(one, "") for one in self.beginnings]
        start = 0
        while start < len(text):
            gap = _GAP.search(text, start + WINDOW)
            portion = text[start : gap.start() if gap else len(text)]
            folded = _fold(portion)
            if any(needle.search(folded) for needle in needles):
                for begin, _ in self._found(portion):
                    return start + begin
            start += len(portion)
        return 0

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        for word in _WORD.finditer(text):
            folded = _fold(word[0])
            if folded in self.words or folded.startswith(self.beginnings):
                yield word.span()


def read_query(text: str) -> Query:
    """Each word, or the words in quotes that stand side by side; nothing is syntax of the index.

    Raises BadUserInput for what holds no word, or too many.
    """
    if len(check_text(text, field="query")) > MAX_QUERY:
        raise BadUserInput(f"must have at most {MAX_QUERY} characters", field="query")
    parts = [(phrase or word, bool(phrase)) for phrase, word in _PARTS.findall(text)]
    parts = [(part, whole) for part, whole in parts if _WORD.search(part)]
    if not parts:
        raise BadUserInput("must hold a word", field="query")
    if len(parts) > MAX_WORDS:
        raise BadUserInput(f"must have at most {MAX_WORDS} words", field="query")
    words: set[str] = set()
    beginnings: list[str] = []
    for part, whole in parts:
        *inner, last = map(_fold, _WORD.findall(part))
        words.update(inner)
        if whole:
            words.add(last)
        else:
            beginnings.append(last)
    match = " AND ".join(f'"{part}"' if whole else f'"{part}" *' for part, whole in parts)
    return Query(match, frozenset(words), tuple(beginnings))


def _needle(folded: str, after: str) -> re.Pattern[str]:
    # What it begins with comes last: an expression that begins with a word is searched for much faster.
    word = re.escape(folded)
    return re.compile(rf"{word}(?<![^\W_]{word}){after}")


class _WithoutMarks(dict[int, int | None]):
    """For `str.translate`: what combines with the character before it goes."""

    def __missing__(self, code: int) -> int | None:
        kept = self[code] = None if unicodedata.combining(chr(code)) else code
        return kept


_MARKS = _WithoutMarks()


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKD", text.lower()).translate(_MARKS)
