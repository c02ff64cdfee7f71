"""A worker that hangs is found by its silence, and one that only seems silent is left alone."""

import asyncio
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process

import pytest

from gateway import workers
from tests.patience import PATIENCE

BEATS = "import sys, time\nfor _ in range({count}):\n    sys.stdout.write('.'); sys.stdout.flush(); time.sleep(0.05)\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "SILENT_SECONDS", 0.8)


async def worker(code: str) -> Process:
    """A process that has begun to beat."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=PIPE)
    assert process.stdout is not None
    await process.stdout.readexactly(1)
    return process


async def test_a_worker_that_falls_silent_is_killed() -> None:
    process = await worker(BEATS.format(count=4) + "time.sleep(60)")

    async with asyncio.timeout(PATIENCE):
        status = await workers._end_of(process)

    assert status == -signal.SIGKILL


async def test_a_worker_that_answers_is_left_to_its_own_end() -> None:
    process = await worker(BEATS.format(count=40) + "sys.exit(7)")

    assert await workers._end_of(process) == 7


async def test_a_worker_that_dies_is_noticed_without_a_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "SILENT_SECONDS", 3600)
    process = await worker(BEATS.format(count=4) + "time.sleep(60)")
    ending = asyncio.create_task(workers._end_of(process))
    await asyncio.sleep(0.1)

    process.kill()

    async with asyncio.timeout(PATIENCE):
        assert await ending == -signal.SIGKILL


async def test_a_parent_that_was_stopped_itself_does_not_take_that_for_silence() -> None:
    process = await worker(BEATS.format(count=80) + "sys.exit(7)")
    ending = asyncio.create_task(workers._end_of(process))
    await asyncio.sleep(0.1)

    # When the parent does nothing for longer than a worker may be silent, again and again
    for _ in range(3):
        time.sleep(1)  # noqa: ASYNC251
        await asyncio.sleep(0.05)

    assert await ending == 7
