"""A gateway that is told to stop hands its readers over: what they have is written, and the rest waits elsewhere."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.embedded import EmbeddedDatabase
from tests.gateway.live_lab import new_owner, streaming, watching
from tests.gateway.process import Serving, serving

BURST = [f"project {n}" for n in range(30)]


@pytest_asyncio.fixture(scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, str]]:
    """The environment of gateways that work on one database."""
    database = EmbeddedDatabase(tmp_path_factory.mktemp("database"))
    url = await database.start()
    yield {"ORRERY_MONGODB_URL": url, "ORRERY_SECRET_KEY": "drained-" * 8, "ORRERY_BUS_URL": "mongodb"}
    await database.stop()


@pytest.fixture
def gateways(shared: dict[str, str], tmp_path: Path) -> Iterator[tuple[Serving, Serving]]:
    """Two of them."""
    with ExitStack() as stack:
        yield (
            stack.enter_context(serving(tmp_path / "first", **shared)),
            stack.enter_context(serving(tmp_path / "second", **shared)),
        )


async def test_a_socket_goes_on_at_another_gateway_without_a_hole(gateways: tuple[Serving, Serving]) -> None:
    first, second = gateways
    owner = await asyncio.to_thread(new_owner, first, "socket@example.com")
    async with watching(first, owner) as before:
        # When changes are made at both while the first one is told to stop
        writing = asyncio.create_task(asyncio.to_thread(owner.create, second, *BURST))
        await before.until(BURST[4])
        ending = asyncio.create_task(asyncio.to_thread(first.end, signal.SIGTERM))
        await before.to_the_end()
    ended = await ending

    # Then the socket was closed as one that has to come back, with all that it was sent in order
    assert before.connection.close_code == 1012
    assert (ended.status, ended.troubles) == (0, [])
    seen = before.heard.names
    assert seen == BURST[: len(seen)]

    # And at the other gateway exactly the rest follows
    async with watching(second, owner, before.heard.cursor) as after:
        await writing
        await after.until(BURST[-1])
    assert after.heard.recovered
    assert seen + after.heard.names == BURST


async def test_an_event_stream_goes_on_at_another_gateway_without_a_hole(gateways: tuple[Serving, Serving]) -> None:
    first, second = gateways
    owner = await asyncio.to_thread(new_owner, first, "stream@example.com")
    with streaming(first, owner) as before:
        writing = asyncio.create_task(asyncio.to_thread(owner.create, second, *BURST))
        while BURST[4] not in before.heard.names:
            assert await asyncio.to_thread(before.step)
        ending = asyncio.create_task(asyncio.to_thread(first.end, signal.SIGTERM))
        await asyncio.to_thread(before.read)
    ended = await ending
    assert (ended.status, ended.troubles) == (0, [])

    # It said when to come back, and ended without `complete`: a browser's EventSource does.
    assert "retry: " in before.text
    assert "event: complete" not in before.text
    seen = before.heard.names
    assert seen == BURST[: len(seen)]

    await writing
    with streaming(second, owner, before.ids[-1]) as after:
        while len(seen) + len(after.heard.names) < len(BURST):
            assert await asyncio.to_thread(after.step)
    assert after.heard.recovered
    assert seen + after.heard.names == BURST


async def test_what_was_committed_before_the_signal_reaches_a_reader_that_reads_late(
    gateways: tuple[Serving, Serving],
) -> None:
    # Given a reader that has not read any of a burst
    first, _ = gateways
    owner = await asyncio.to_thread(new_owner, first, "late@example.com")
    async with watching(first, owner) as late:
        await asyncio.to_thread(owner.create, first, *BURST)

        # When the gateway is told to stop, and it reads only then
        ending = asyncio.create_task(asyncio.to_thread(first.end, signal.SIGTERM))
        await late.to_the_end()
        await ending

    # Then it got all of it first
    assert late.heard.names == BURST
    assert late.connection.close_code == 1012
