"""Work under a clock: its result, its failure, its end in time, and no timer where nothing waits."""

import asyncio
from typing import Any

import pytest

from serving.patience import within


async def at_once(value: int) -> int:
    return value


async def later(steps: list[str], seconds: float = 0.0) -> str:
    try:
        for step in ("one", "two"):
            await asyncio.sleep(seconds)
            steps.append(step)
    except asyncio.CancelledError:
        steps.append("cancelled")
        raise
    return "done"


async def failing(wait: bool) -> None:
    if wait:
        await asyncio.sleep(0)
    raise LookupError("nothing here")


async def test_work_that_does_not_wait_sets_no_timer(monkeypatch: pytest.MonkeyPatch) -> None:
    def timer(*_: Any, **__: Any) -> None:
        raise AssertionError("a timer was set")

    monkeypatch.setattr(asyncio, "timeout", timer)

    assert await within(60, at_once(7)) == 7


@pytest.mark.parametrize("seconds", [0.0, 0.001])
async def test_work_that_waits_several_times_gives_its_result(seconds: float) -> None:
    steps: list[str] = []

    assert await within(60, later(steps, seconds)) == "done"

    assert steps == ["one", "two"]


@pytest.mark.parametrize("wait", [False, True])
async def test_a_failure_is_that_of_the_work(wait: bool) -> None:
    with pytest.raises(LookupError, match="nothing here"):
        await within(60, failing(wait))


async def test_work_that_takes_too_long_is_cancelled() -> None:
    steps: list[str] = []

    with pytest.raises(TimeoutError):
        await within(0.01, later(steps, 600))

    assert steps == ["cancelled"]


async def test_a_cancellation_from_outside_reaches_the_work_and_is_no_timeout() -> None:
    steps: list[str] = []
    task = asyncio.create_task(within(60, later(steps, 600)))
    await asyncio.sleep(0)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert steps == ["cancelled"]
