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
ELLIPSIS = "…"

_PARTS = re.compile(r'"([^"]*)"?|([^\s"]+)')
_WORD = re.compile(r"[^\W_]+")


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
        words = [word.span() for word in _WORD.finditer(text)]
        if len(words) <= EXCERPT_WORDS:
            return self.mark(text)
        starts = {start for start, _ in self._found(text)}
        found = [start in starts for start, _ in words]
        best = count = sum(found[:EXCERPT_WORDS])
        first = 0
        for place in range(1, len(words) - EXCERPT_WORDS + 1):
            count += found[place + EXCERPT_WORDS - 1] - found[place - 1]
            if count > best:
                best, first = count, place
        start, end = words[first][0], words[first + EXCERPT_WORDS - 1][1]
        before = [Fragment(ELLIPSIS, False)] if first else []
        after = [Fragment(ELLIPSIS, False)] if end < words[-1][1] else []
        return [*before, *self.mark(text[start:end]), *after]

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


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.lower())
    return "".join(character for character in apart if not unicodedata.combining(character))
