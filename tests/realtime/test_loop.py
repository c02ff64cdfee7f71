"""Work in rounds: how long it rests, what ends a rest, that a failure does not end it, and how it stops."""

import asyncio
import logging
from collections.abc import Sequence

import pytest

from realtime.loop import NONE, Loop, Rest
from tests.patience import until

log = logging.getLogger("orrery.test")

LONG = 60.0


class Rounds:
    """A work whose rounds rest, one after the other, as a test says; the last of those from then on."""

    def __init__(self, *rests: Rest | Exception, patience: float = 0.0) -> None:
        self.count = 0
        self._rests: Sequence[Rest | Exception] = rests
        self.loop = Loop("test", self._round, log=log, told="it waits", after_failure=Rest(LONG), patience=patience)

    async def _round(self) -> Rest:
        rest = self._rests[min(self.count, len(self._rests) - 1)]
        self.count += 1
        if isinstance(rest, Exception):
            raise rest
        return rest


async def test_it_begins_with_a_round_and_rests_as_long_as_that_says() -> None:
    rounds = Rounds(NONE, Rest(0.01), Rest(LONG))

    rounds.loop.start()

    await until(lambda: rounds.count == 3)
    await asyncio.sleep(0.05)
    assert rounds.count == 3
    await rounds.loop.stop()


async def test_what_is_due_ends_a_rest_that_can_be_woken_and_no_other() -> None:
    rounds = Rounds(Rest(LONG), Rest(LONG, is_woken=False))
    rounds.loop.start()
    await until(lambda: rounds.count == 1)

    rounds.loop.due.set()
    await until(lambda: rounds.count == 2)
    rounds.loop.due.set()
    await asyncio.sleep(0.05)

    assert rounds.count == 2
    await rounds.loop.stop()


async def test_what_is_due_during_a_round_is_done_right_after_it() -> None:
    begun, go_on, rounds = asyncio.Event(), asyncio.Event(), 0

    async def work() -> Rest:
        nonlocal rounds
        rounds += 1
        begun.set()
        await go_on.wait()
        return Rest(LONG)

    loop = Loop("test", work, log=log, told="it waits", after_failure=NONE)
    loop.start()
    await begun.wait()

    loop.due.set()
    go_on.set()

    await until(lambda: rounds == 2)
    await loop.stop()


async def test_a_round_that_fails_is_told_of_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    rounds = Rounds(ValueError("broken"), Rest(LONG))
    rounds.loop.start()
    await until(lambda: rounds.count == 1)

    rounds.loop.due.set()

    await until(lambda: rounds.count == 2)
    assert [one.message for one in caplog.records] == ["it waits"]
    await rounds.loop.stop()


async def test_stopping_waits_for_the_round_under_way_and_ends_any_rest() -> None:
    begun, done = asyncio.Event(), False

    async def work() -> Rest:
        nonlocal done
        begun.set()
        await asyncio.sleep(0.05)
        done = True
        return Rest(LONG, is_woken=False)

    loop = Loop("test", work, log=log, told="it waits", after_failure=NONE, patience=LONG)
    loop.start()
    await begun.wait()

    assert await loop.stop()

    assert done
    assert not await loop.stop()


async def test_without_patience_stopping_cuts_a_round_short() -> None:
    begun = asyncio.Event()

    async def work() -> Rest:
        begun.set()
        await asyncio.sleep(LONG)
        return NONE

    loop = Loop("test", work, log=log, told="it waits", after_failure=NONE)
    loop.start()
    await begun.wait()

    assert await loop.stop()

    assert loop.task is None
