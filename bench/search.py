"""Search in a workspace of 20,000 cards: the time of the index alone, and of bringing it up to date by one card."""

import asyncio
import random
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from rich.console import Console
from rich.progress import track
from rich.table import Table

from models.enums import SearchType
from models.ids import Kind, new_id
from realtime.cursor import Cursor
from resolvers.words.index import Entry, SearchIndex, Terms
from resolvers.words.query import read_query

CARDS = 20_000
VOCABULARY = 12_000
WORDS_OF_A_CARD = 250
PORTION = 500
QUERIES_A_ROUND = 30


@dataclass(frozen=True, slots=True)
class Script:
    """How texts of a kind are made: words of `letters`, how many of those, and what stands between words."""

    letters: Sequence[str]
    length: tuple[int, int]
    between: str = ""
    stop: str = ""

    def words(self, rng: random.Random) -> list[str]:
        """A vocabulary, the commonest word first."""
        found = sorted({"".join(rng.choices(self.letters, k=rng.randint(*self.length))) for _ in range(VOCABULARY)})
        rng.shuffle(found)
        return found

    def text(self, words: Sequence[str]) -> str:
        """Words as a text, where a script has no spaces in sentences of twelve words."""
        if self.between:
            return self.between.join(words)
        sentences = ("".join(words[place : place + 12]) for place in range(0, len(words), 12))
        return self.stop.join(sentences)


# About as many characters as Chinese and Japanese have in use.
_HAN = [chr(0x4E00 + 7 * place) for place in range(3_000)]
_KANA = [chr(code) for code in range(0x3042, 0x3094)]
_THAI = [chr(code) + vowel for code in range(0x0E01, 0x0E2F) for vowel in ("", "า", "ิ", "ี", "ุ", "่า", "้")]
_SYLLABLES = [a + b for a in "bcdfghklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er")]
SCRIPTS = {
    "letters": Script(_SYLLABLES, (2, 4), " "),
    "Chinese": Script(_HAN, (1, 3), stop="。"),
    "Japanese": Script(_KANA + _HAN[:800], (1, 4), stop="。"),
    "Thai": Script(_THAI, (1, 4), stop=" "),
}


def search(rounds: int) -> None:
    """Measure, and print the tables."""
    asyncio.run(_search(rounds))


async def _search(rounds: int) -> None:
    for name, script in SCRIPTS.items():
        await _measure(rounds, name, script)


def weights(words: Sequence[str]) -> list[float]:
    """As in a language: the n-th word occurs about 1/n as often as the first."""
    return [1 / (place + 3) for place in range(len(words))]


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(file.stat().st_size for file in folder.iterdir())


def fill_unsegmented(folder: Path, entries: Iterable[Entry]) -> None:
    """An index as it would be without words of our own: SQLite's tokenizer over the texts, which it keeps."""
    with closing(sqlite3.connect(folder / "index.sqlite3")) as connection, connection:
        connection.execute("CREATE TABLE entry (place INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, type TEXT)")
        connection.execute("""CREATE VIRTUAL TABLE words USING fts5 (title, text, prefix = "2 3")""")
        for place, one in enumerate(entries):
            connection.execute("INSERT INTO entry VALUES (?, ?, ?)", [place, one.id.binary, one.type])
            connection.execute("INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)", [place, one.title, one.text])


def cards_of(script: Script, words: Sequence[str], rng: random.Random) -> Iterator[Entry]:
    """Cards without end."""
    often = weights(words)
    while True:
        text = rng.choices(words, often, k=WORDS_OF_A_CARD)
        yield Entry(new_id(Kind.CARD), SearchType.CARD, None, script.text(text[:6]), script.text(text))


async def _measure(rounds: int, of: str, script: Script) -> None:
    rng = random.Random(7)
    words = script.words(rng)
    often, cards = weights(words), cards_of(script, words, rng)

    async def portions() -> AsyncIterator[Sequence[Entry]]:
        for _ in track(range(CARDS // PORTION), f"Filling the index with {of}"):
            yield list(islice(cards, PORTION))

    with tempfile.TemporaryDirectory() as folder:
        with tempfile.TemporaryDirectory() as plain:
            fill_unsegmented(Path(plain), islice(cards_of(script, words, random.Random(8)), CARDS))
            unsegmented = size_of(Path(plain))
        index, workspace, start = SearchIndex(Path(folder)), new_id(Kind.WORKSPACE), Cursor("0" * 8, 0)
        begun = perf_counter()
        await index.build(workspace, None, start, portions())
        taken, size = perf_counter() - begun, size_of(Path(folder))
        title = (
            f"search in {CARDS:,} cards of {WORDS_OF_A_CARD} words of {of}: {size / 2**20:.0f} MB, "
            f"{size / unsegmented:.2f} x without segmentation, filled in {taken:.1f} s"
        )
        table = Table(title=title, title_justify="left")
        for heading in ("what", "median, ms", "p95, ms"):
            table.add_column(heading, justify="left" if heading == "what" else "right")
        queries: dict[str, Callable[[], str]] = {
            "one word": lambda: rng.choices(words, often, k=1)[0],
            "the beginning of one": lambda: rng.choices(words, often, k=1)[0][:3],
            "two characters of one": lambda: rng.choices(words, often, k=1)[0][:2],
            "two words": lambda: " ".join(rng.choices(words, often, k=2)),
            "three, the last begun": lambda: " ".join(rng.choices(words, often, k=3))[:-1],
            "the commonest word": lambda: words[0],
        }
        for name, query in queries.items():
            spent: list[float] = []
            for _ in range(rounds * QUERIES_A_ROUND):
                terms = Terms(read_query(query()), list(SearchType))
                begun = perf_counter()
                await index.find(workspace, terms, 20)
                spent.append((perf_counter() - begun) * 1000)
            table.add_row(name, f"{median(spent):.2f}", f"{quantiles(spent, n=20)[-1]:.2f}")
        spent = []
        for number in range(rounds * QUERIES_A_ROUND):
            entry, since = next(cards), Cursor(start.epoch, number)
            begun = perf_counter()
            await index.apply(workspace, since, Cursor(start.epoch, number + 1), [entry], [])
            spent.append((perf_counter() - begun) * 1000)
        table.add_row("one card more", f"{median(spent):.2f}", f"{quantiles(spent, n=20)[-1]:.2f}")
        Console().print(table)
