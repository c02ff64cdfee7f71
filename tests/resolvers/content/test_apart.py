"""Where a text is converted: a small plain one at once, any other in a process that nobody else waits for."""

import asyncio
import os
import signal
from collections.abc import Iterator

import orjson
import pytest

from models.caller import work_for
from models.enums import DocumentFormat
from models.errors import BadUserInput, RateLimited, Unavailable
from models.processes import Processes
from resolvers import content
from resolvers.content import AT_ONCE, CONVERSIONS, MARKS_AT_ONCE, apart, excerpt_in, read_content
from resolvers.content.convert import convert
from tests.models import working
from tests.patience import until

MANY = MARKS_AT_ONCE + 1
SLOW = {
    "tables": "|a|b|c|d|\n|-|-|-|-|\n" + "|1|2|3|4|\n" * 4_000,
    "marks that are few bytes": "*a" * MANY,
    "lines": "a\n" * MANY,
    "words": "a_b_" * MANY,
    "long prose": "word " * (AT_ONCE // 5 + 1),
    "nodes": orjson.dumps({"type": "doc", "content": [{"type": "paragraph"}] * MANY}).decode(),
}


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Processes]:
    """The processes that texts are converted in: none yet."""
    made = Processes()
    monkeypatch.setattr(content, "READERS", made)
    yield made
    made.end()


@pytest.mark.parametrize("name", sorted(SLOW))
async def test_a_slow_text_is_converted_in_a_process(readers: Processes, name: str) -> None:
    assert await read_content(SLOW[name]) == convert(SLOW[name], None)

    assert len(readers.pids) == 1


async def test_a_small_plain_text_needs_no_process(readers: Processes) -> None:
    prose = "Some plain words of a text that goes on, with a *mark* now and then.\n\n" * 20

    for text in (prose, '{"type":"doc","content":[{"type":"paragraph"}]}'):
        assert await read_content(text) == convert(text, None)
    assert await excerpt_in(convert(prose, None).tiptap) == convert(prose, None).excerpt
    assert readers.pids == set()


async def test_what_a_process_finds_wrong_is_told_as_it_would_be_here(readers: Processes) -> None:
    with pytest.raises(BadUserInput, match="more than 40000 lines") as refused:
        await read_content("\n" * 40_000, DocumentFormat.MARKDOWN)

    assert (refused.value.field, refused.value.details) == ("content", {"field": "content"})
    assert len(readers.pids) == 1


async def test_an_object_that_is_called_markdown_is_refused_before_any_work(readers: Processes) -> None:
    with pytest.raises(BadUserInput, match="must be text"):
        await read_content({"type": "doc"}, DocumentFormat.MARKDOWN)

    assert readers.pids == set()


async def test_a_text_whose_process_is_killed_can_be_sent_again(readers: Processes) -> None:
    # Given a text that is being read
    text = SLOW["tables"]
    reading = asyncio.create_task(read_content(text))
    await until(lambda: readers.pids)

    # When its process is killed
    for pid in readers.pids:
        os.kill(pid, signal.SIGKILL)

    # Then whoever sent it is told, and it can be read
    with pytest.raises(Unavailable):
        await reading
    assert await apart(len, text, field="content") == len(text)


async def test_work_that_takes_too_long_is_refused_with_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    readers = Processes(deadline=0.2)
    monkeypatch.setattr(content, "READERS", readers)

    with pytest.raises(BadUserInput, match="takes too long") as refused:
        await apart(working.sleep, field="diff")

    assert refused.value.field == "diff"
    assert readers.pids == set()


async def test_what_is_too_much_is_refused_before_a_process_begins(readers: Processes) -> None:
    # Given a caller who has as much waiting as is let in
    work_for("flooder")
    waiting = [asyncio.create_task(read_content(SLOW["nodes"])) for _ in range(CONVERSIONS.of_one)]
    await asyncio.sleep(0)

    # When one more comes, then it is refused
    with pytest.raises(RateLimited):
        await read_content(SLOW["nodes"])

    await asyncio.gather(*waiting)
    assert len(readers.pids) == 1
