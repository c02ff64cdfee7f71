"""Work that is asked for while some is under way: done together, and by nobody's fault undone."""

import asyncio
from collections.abc import Sequence

import pytest

from models.errors import RateLimited
from realtime.gathering import Gathering


class Work:
    """Doubles numbers, once it may: it refuses `bad` ones, and `busy` ones as a database does that is busy."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.bad: set[int] = set()
        self.busy: set[int] = set()
        self.may = asyncio.Event()

    async def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.calls.append(list(numbers))
        await self.may.wait()
        if self.busy.intersection(numbers):
            raise RateLimited("busy")
        if self.bad.intersection(numbers):
            raise ValueError(numbers[0])
        return [2 * number for number in numbers]


async def begun(work: Work, gathering: Gathering[int, int], numbers: Sequence[int]) -> list[asyncio.Task[int]]:
    """The first number's work is under way, and the others wait."""
    asked = [asyncio.create_task(gathering.ask(number)) for number in numbers[:1]]
    while not work.calls:  # noqa: ASYNC110
        await asyncio.sleep(0)
    asked += [asyncio.create_task(gathering.ask(number)) for number in numbers[1:]]
    await asyncio.sleep(0)
    return asked


async def test_what_comes_while_some_is_under_way_is_done_together_in_its_order_and_in_portions() -> None:
    work = Work()
    gathering = Gathering(work, 3)
    asked = await begun(work, gathering, [1, 2, 3, 4, 5])

    work.may.set()

    assert await asyncio.gather(*asked) == [2, 4, 6, 8, 10]
    assert work.calls == [[1], [2, 3, 4], [5]]
    assert gathering.is_idle


async def test_where_one_fails_the_others_are_done_without_it() -> None:
    work = Work()
    asked = await begun(work, Gathering(work, 10), [1, 2, 3, 4])

    work.bad = {3}
    work.may.set()
    first, second, third, fourth = await asyncio.gather(*asked, return_exceptions=True)

    assert (first, second, fourth) == (2, 4, 8)
    assert isinstance(third, ValueError)


async def test_a_busy_database_fails_all_at_once_and_is_not_asked_for_each() -> None:
    work = Work()
    asked = await begun(work, Gathering(work, 10), [1, 2, 3])

    work.busy = {2}
    work.may.set()
    outcomes = await asyncio.gather(*asked, return_exceptions=True)

    assert outcomes[0] == 2
    assert [type(outcome) for outcome in outcomes[1:]] == [RateLimited, RateLimited]
    assert work.calls == [[1], [2, 3]]


async def test_what_nobody_waits_for_any_more_is_not_begun() -> None:
    work = Work()
    asked = await begun(work, Gathering(work, 10), [1, 2, 3])

    asked[1].cancel()
    await asyncio.sleep(0)
    work.may.set()

    assert await asked[2] == 6
    assert work.calls == [[1], [3]]
    with pytest.raises(asyncio.CancelledError):
        await asked[1]
