"""How background tasks end."""

import asyncio

import pytest

from realtime.background import end


async def test_a_task_that_takes_a_cancellation_for_a_result_ends_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a task whose first cancellation is lost in what it awaits
    monkeypatch.setattr("realtime.background.PATIENCE", 0.01)
    lost = 0

    async def run() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if lost:
                    raise
                lost += 1

    task = asyncio.create_task(run())
    await asyncio.sleep(0)

    await end(task)

    assert task.cancelled()
    assert lost == 1


async def test_what_a_task_failed_with_is_raised_and_no_task_is_no_failure() -> None:
    async def run() -> None:
        raise ValueError("broken")

    task = asyncio.create_task(run())
    await asyncio.wait([task])

    with pytest.raises(ValueError, match="broken"):
        await end(task)
    await end(None)


async def test_whoever_waits_for_the_end_can_be_cancelled_itself() -> None:
    stubborn, release = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            stubborn.set()
            await release.wait()

    task = asyncio.create_task(run())
    await asyncio.sleep(0)
    ending = asyncio.create_task(end(task))
    await stubborn.wait()
    ending.cancel()

    with pytest.raises(asyncio.CancelledError):
        await ending
    release.set()
    await asyncio.wait([task])
