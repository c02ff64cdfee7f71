"""Search in a workspace of 20,000 cards: the time of the index alone, and of bringing it up to date by one card."""

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
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

_SYLLABLES = [a + b for a in "bcdfghklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er")]


def search(rounds: int) -> None:
    """Measure, and print the table."""
    asyncio.run(_search(rounds))


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


async def _search(rounds: int) -> None:
    await _measure(rounds, "words", _SYLLABLES, " ")
    # About as many characters as Chinese has in use, in words of one to three, without spaces.
    await _measure(rounds, "words of Chinese", [chr(0x4E00 + 7 * place) for place in range(3_000)], "", (1, 3))


async def _measure(
    rounds: int, of: str, letters: Sequence[str], between: str, length: tuple[int, int] = (2, 4)
) -> None:
    rng = random.Random(7)
    words = sorted({"".join(rng.choices(letters, k=rng.randint(*length))) for _ in range(VOCABULARY)})
    rng.shuffle(words)
    # As in a language: the n-th word occurs about 1/n as often as the first.
    weights = [1 / (place + 3) for place in range(len(words))]

    def card() -> Entry:
        text = rng.choices(words, weights, k=WORDS_OF_A_CARD)
        return Entry(new_id(Kind.CARD), SearchType.CARD, None, between.join(text[:6]), between.join(text))

    async def portions() -> AsyncIterator[Sequence[Entry]]:
        for _ in track(range(CARDS // PORTION), "Filling the index"):
            yield [card() for _ in range(PORTION)]

    with tempfile.TemporaryDirectory() as folder:
        index, workspace, start = SearchIndex(Path(folder)), new_id(Kind.WORKSPACE), Cursor("0" * 8, 0)
        begun = perf_counter()
        await index.build(workspace, None, start, portions())
        taken, size = perf_counter() - begun, _size(Path(folder))
        title = f"search in {CARDS:,} cards of {WORDS_OF_A_CARD} {of}: {size / 2**20:.0f} MB, filled in {taken:.1f} s"
        table = Table(title=title, title_justify="left")
        for heading in ("what", "median, ms", "p95, ms"):
            table.add_column(heading, justify="left" if heading == "what" else "right")
        queries: dict[str, Callable[[], str]] = {
            "one word": lambda: rng.choices(words, weights, k=1)[0],
            "the beginning of one": lambda: rng.choices(words, weights, k=1)[0][:3],
            "two words": lambda: " ".join(rng.choices(words, weights, k=2)),
            "three, the last begun": lambda: " ".join(rng.choices(words, weights, k=3))[:-1],
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
            entry, since = card(), Cursor(start.epoch, number)
            begun = perf_counter()
            await index.apply(workspace, since, Cursor(start.epoch, number + 1), [entry], [])
            spent.append((perf_counter() - begun) * 1000)
        table.add_row("one card more", f"{median(spent):.2f}", f"{quantiles(spent, n=20)[-1]:.2f}")
        Console().print(table)
