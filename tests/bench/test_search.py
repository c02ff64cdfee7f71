"""The index of search, as its benchmark fills it."""

import random
from collections.abc import AsyncIterator, Sequence
from itertools import islice
from pathlib import Path

import pytest

from bench.search import SCRIPTS, cards_of, fill_unsegmented, size_of
from models.ids import Kind, new_id
from realtime.cursor import Cursor
from resolvers.words.index import Entry, SearchIndex

CARDS = 600
GROWTH = 1.8
"""Below 1.5 at 20,000 cards (docs/decisions/0036); of few cards more words are new, and those take most of the room."""


@pytest.mark.parametrize("name", SCRIPTS)
async def test_words_of_every_script_make_an_index_not_much_larger(tmp_path: Path, name: str) -> None:
    # given cards of a script
    script, rng = SCRIPTS[name], random.Random(7)
    entries = list(islice(cards_of(script, script.words(rng), rng), CARDS))
    plain, own = tmp_path / "plain", tmp_path / "own"
    plain.mkdir()

    async def portions() -> AsyncIterator[Sequence[Entry]]:
        yield entries

    # when they are indexed as words of our own, and as SQLite's tokenizer takes them
    await SearchIndex(own).build(new_id(Kind.WORKSPACE), None, Cursor("0" * 8, 0), portions())
    fill_unsegmented(plain, entries)
    # then ours is not much larger
    assert size_of(own) < GROWTH * size_of(plain)
