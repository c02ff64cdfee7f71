"""What somebody typed into a search, as an expression of the index and as marks in the texts that were found."""

import functools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from models.errors import BadUserInput
from models.json import check_text
from models.text import folded
from resolvers.words.words import asked, gap_after, inside, is_plain, is_settled, pieces, shapes_of, units

MAX_QUERY = 200
MAX_WORDS = 12
EXCERPT_WORDS = 24
WINDOW = 20_000
"""Characters that an excerpt is chosen from: of a longer text, those that begin a little before the first hit."""
LEAD = 200
ELLIPSIS = "…"

_PARTS = re.compile(r'"([^"]*)"?|([^\s"]+)')
_GAP = re.compile(r"[\W_]")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a text, and whether it is what was searched for."""

    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class Query:
    """`match` is an expression of FTS5. What is marked, folded: `words`, those with `beginnings`, and `runs` inside of
    texts without spaces.
    """

    match: str
    words: frozenset[str]
    beginnings: tuple[str, ...]
    runs: tuple[str, ...] = ()

    def mark(self, text: str) -> list[Fragment]:
        """The text in pieces, those marked that were searched for."""
        return _marked(text, self._found(text))

    def excerpt(self, text: str) -> list[Fragment]:
        """The same for the part of a long text, of some words, that holds most of what was searched for."""
        opening, closing = self._window(text)
        cut_before, cut_after = opening > 0, closing < len(text)
        text = text[opening:closing]
        shapes = shapes_of(text)
        words, hits = pieces(shapes), self._found(text, shapes)
        first = _densest({max(bisect_right(words, (start, len(text))) - 1, 0) for start, _ in hits})
        last = first + EXCERPT_WORDS
        if len(words) > EXCERPT_WORDS:
            begin, end = words[first][0], words[last - 1][1]
            inner = ((max(start, begin), min(until, end)) for start, until in hits)
            text, hits = text[begin:end], [(start - begin, until - begin) for start, until in inner if start < until]
        before = [Fragment(ELLIPSIS, False)] if first or cut_before else []
        after = [Fragment(ELLIPSIS, False)] if last < len(words) or cut_after else []
        return [*before, *_marked(text, hits), *after]

    def _window(self, text: str) -> tuple[int, int]:
        """Where the part of a text begins and ends that its excerpt is chosen from; no word is cut but a huge one."""
        if len(text) <= WINDOW:
            return 0, len(text)
        hit = self._first(text)
        start = max(0, hit - LEAD)
        if start and (gap := gap_after(text, start, hit)) is not None:
            start = gap + 1
        end = min(len(text), start + WINDOW)
        gap = gap_after(text, end, end + LEAD)
        return start, end if gap is None else gap

    def _first(self, text: str) -> int:
        """Where the first word is that was searched for; 0 where there is none.

        Portions without one are told by their folded text, as looking at every word of a long text takes too long.
        """
        needles = [*_needles(self, signed=True), *(re.compile(re.escape(run)) for run in self.runs)]
        start = 0
        while start < len(text):
            gap = _GAP.search(text, start + WINDOW, start + 2 * WINDOW)
            portion = text[start : gap.start() if gap else start + 2 * WINDOW]
            plain = folded(portion)
            if any(needle.search(plain) for needle in needles):
                for begin, _ in self._found(portion)[:1]:
                    return start + begin
            start += len(portion)
        return 0

    def _found(self, text: str, shapes: str | None = None) -> list[tuple[int, int]]:
        """Where in a text, of these shapes, is what was searched for, in order."""
        if is_plain(text):
            plain = text.lower()
            return sorted({hit.span() for needle in _needles(self, signed=False) for hit in needle.finditer(plain)})
        shapes = shapes or shapes_of(text)
        if not self.words and not self.beginnings and is_settled(text, shapes):
            hits = (hit.span() for run in self.runs for hit in re.finditer(re.escape(run), text))
            return list(_apart(sorted(hits)))
        found: list[tuple[int, int]] = []
        for unit in units(text, shapes):
            if unit.is_run:
                found += _apart(sorted(span for wanted in self.runs for span in inside(text, unit, wanted)))
            elif self._fits(unit.text) or (unit.is_signed and self._fits(unit.plain)):
                found.append((unit.start, unit.end))
        return found

    def _fits(self, word: str) -> bool:
        return word in self.words or word.startswith(self.beginnings)


def read_query(text: str, *, field: str = "query") -> Query:
    """Each word, or the words in quotes that stand side by side; nothing is syntax of the index.

    Raises BadUserInput of `field` for what holds no word, or too many.
    """
    if len(check_text(text, field=field)) > MAX_QUERY:
        raise BadUserInput(f"must have at most {MAX_QUERY} characters", field=field)
    parts = [(phrase or word, bool(phrase)) for phrase, word in _PARTS.findall(text)]
    # Folded as in the index: what is a letter by itself may be none then, such as a vowel of Hangul or a tatweel.
    parts = [(part, whole) for part, whole in parts if any(units(folded(part)))]
    if not parts:
        raise BadUserInput("must hold a word", field=field)
    if len(parts) > MAX_WORDS:
        raise BadUserInput(f"must have at most {MAX_WORDS} words", field=field)
    found = [([unit for unit in units(part) if unit.text], whole) for part, whole in parts]
    ends = [(some[-1], whole) for some, whole in found if some and not some[-1].is_run]
    words = {unit.text for some, _ in found for unit in some[:-1] if not unit.is_run}
    words |= {unit.text for unit, whole in ends if whole}
    beginnings = tuple(unit.text for unit, whole in ends if not whole)
    runs = tuple({unit.text: None for some, _ in found for unit in some if unit.is_run})
    match = " AND ".join(_phrase(part, whole=whole) for part, whole in parts)
    return Query(match, frozenset(words), beginnings, runs)


def _phrase(part: str, *, whole: bool) -> str:
    tokens, is_begun = asked(part, whole=whole)
    return f'"{" ".join(tokens)}"{" *" if is_begun else ""}'


def _apart(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans in order, those that overlap as one."""
    if not spans:
        return
    begin, until = spans[0]
    for start, end in spans[1:]:
        if start < until:
            until = max(until, end)
        else:
            yield begin, until
            begin, until = start, end
    yield begin, until


@functools.lru_cache(maxsize=256)
def _needles(query: Query, *, signed: bool) -> tuple[re.Pattern[str], ...]:
    """What finds the words of a query, each whole, in folded text; with those that are not of letters alone."""
    words = (_needle(word, r"(?![^\W_])") for word in query.words if signed or word.isalnum())
    return (*words, *(_needle(word, r"[^\W_]*+") for word in query.beginnings if signed or word.isalnum()))


def _needle(word: str, after: str) -> re.Pattern[str]:
    # What it begins with comes last: an expression that begins with a word is searched for much faster.
    word = re.escape(word)
    return re.compile(rf"{word}(?<![^\W_]{word}){after}")


def _marked(text: str, hits: Sequence[tuple[int, int]]) -> list[Fragment]:
    """A text in pieces, those marked that are hits."""
    fragments: list[Fragment] = []
    done = 0
    for start, end in hits:
        if fragments and not text[done:start].strip():  # neighbours are one piece
            fragments[-1] = Fragment(fragments[-1].text + text[done:end], True)
        else:
            fragments += [Fragment(text[done:start], False)] if start > done else []
            fragments.append(Fragment(text[start:end], True))
        done = end
    return [*fragments, Fragment(text[done:], False)] if done < len(text) else fragments


def _densest(hits: Collection[int]) -> int:
    """The first word of the first excerpt that has the most of some words, whose places are told."""
    places = sorted(hits)
    best = first = 0
    for count, place in enumerate(places, 1):
        start = max(place - EXCERPT_WORDS + 1, 0)
        held = count - bisect_left(places, start)
        if held > best:
            best, first = held, start
    return first
