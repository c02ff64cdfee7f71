"""Pools of threads: what one caller sends waits behind itself, and what does not fit is refused before it begins."""

import asyncio
import importlib
import os
import pkgutil
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cache

import pytest

from models.caller import work_for
from models.errors import RateLimited
from models.pool import Pool

ROOMS = ("auth", "models", "realtime", "resolvers", "rest", "agents", "gateway")


@cache
def pools_of_the_product() -> dict[str, Pool]:
    """Every pool, by what it is for."""
    found: dict[str, Pool] = {}
    for room in map(importlib.import_module, ROOMS):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            if not module.name.endswith("__main__"):
                for value in vars(importlib.import_module(module.name)).values():
                    if isinstance(value, Pool):
                        found[value.what] = value
    return found


@contextmanager
def held() -> Iterator[threading.Event]:
    """What blocks a thread until the block ends."""
    gate = threading.Event()
    try:
        yield gate
    finally:
        gate.set()


async def settled(tasks: list[asyncio.Task[bool]]) -> None:
    """Let tasks go as far as they come."""
    for _ in range(5):
        await asyncio.sleep(0)
    assert not any(task.done() and task.exception() for task in tasks)


async def ask(pool: Pool, caller: str, gate: threading.Event) -> bool:
    work_for(caller)
    return await pool.run(gate.wait, 30)


@asynccontextmanager
async def flooded(pool: Pool, gate: threading.Event) -> AsyncIterator[list[asyncio.Task[bool]]]:
    """A pool with as much of one caller as is let in, none of which ends before `gate` is set."""
    tasks = [asyncio.create_task(ask(pool, "flooder", gate)) for _ in range(pool.of_one)]
    await settled(tasks)
    yield tasks
    gate.set()
    await asyncio.gather(*tasks)


def small(**bounds: float) -> Pool:
    given = {"threads": 2, "at_once": 1, "of_one": 4, "in_all": 6, **bounds}
    return Pool("test works", **given)  # type: ignore[arg-type]


async def test_a_stranger_is_served_while_a_flood_occupies_all_that_it_may() -> None:
    for pool in pools_of_the_product().values():
        with held() as gate:
            async with flooded(pool, gate):
                # The next of the flood is refused, and told when to come again, before anything of it is done.
                with pytest.raises(RateLimited) as refused:
                    await ask(pool, "flooder", gate)
                assert refused.value.retry_after >= 1, pool.what

                work_for("stranger")
                assert await pool.run(lambda: "served") == "served", pool.what


def test_the_product_has_a_pool_for_each_kind_of_work() -> None:
    named = {"passwords being checked", "texts being read", "searches", "imports being read", "files"}
    assert named <= pools_of_the_product().keys()


def test_no_caller_may_occupy_all_threads() -> None:
    with pytest.raises(ValueError, match="all threads"):
        small(at_once=2)


async def test_everybody_together_has_a_bound() -> None:
    pool = small()
    with held() as gate:
        tasks = [asyncio.create_task(ask(pool, f"caller {n}", gate)) for n in range(pool.in_all)]
        await settled(tasks)

        with pytest.raises(RateLimited, match="too many test works"):
            await ask(pool, "one more", gate)
        gate.set()
        await asyncio.gather(*tasks)


async def test_callers_take_turns() -> None:
    # Given a caller with three works that wait, before another comes with two
    pool, order = small(), list[str]()
    with held() as gate:
        first = [asyncio.create_task(ask(pool, f"blocker {n}", gate)) for n in range(2)]
        await settled(first)

        async def note(caller: str, work: str) -> bool:
            work_for(caller)
            await pool.run(order.append, work, admitted=True)
            return True

        given = [("a", "a1"), ("a", "a2"), ("a", "a3"), ("b", "b1"), ("b", "b2")]
        tasks = [asyncio.create_task(note(*one)) for one in given]
        await settled(tasks)

        # When one thread is free
        gate.set()
        await asyncio.gather(*first, *tasks)

    # Then neither waited for all of the other
    assert order.index("b1") < order.index("a3")
    assert [one for one in order if one.startswith("a")] == ["a1", "a2", "a3"]


async def test_work_whose_time_is_up_while_it_waits_is_refused_and_never_begins() -> None:
    pool, begun = small(patience=0.05), list[str]()
    with held() as gate:
        tasks = [asyncio.create_task(ask(pool, f"blocker {n}", gate)) for n in range(2)]
        await settled(tasks)

        work_for("patient")
        with pytest.raises(RateLimited):
            await pool.run(begun.append, "late")
        gate.set()
        await asyncio.gather(*tasks)
        assert await pool.run(lambda: "afterwards") == "afterwards"

    assert begun == []


async def test_work_that_was_given_up_while_it_waited_never_begins_and_leaves_its_place() -> None:
    pool, begun = small(), list[str]()
    with held() as gate:
        async with flooded(pool, gate) as tasks:
            tasks.pop().cancel()
            work_for("flooder")
            instead = asyncio.create_task(pool.run(begun.append, "instead"))
            for _ in range(5):
                await asyncio.sleep(0)
            assert not instead.done()
            instead.cancel()
    await pool.run(lambda: None)

    assert begun == []


async def test_a_thread_at_work_is_occupied_though_nobody_waits_for_it() -> None:
    # Given a caller who gives up what is being done for him, again and again
    pool, begun = small(), list[int]()
    with held() as gate:

        def work(number: int) -> None:
            begun.append(number)
            gate.wait(30)

        async def give_up(number: int) -> None:
            work_for("impatient")
            task = asyncio.ensure_future(pool.run(work, number))
            await asyncio.sleep(0.01)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        for number in range(3):
            await give_up(number)

        # Then he has one thread, and the other is free
        assert begun == [0]
        work_for("stranger")
        assert await pool.run(lambda: "served") == "served"


async def test_what_was_admitted_before_is_never_refused() -> None:
    pool, done = small(), list[int]()
    with held() as gate:
        async with flooded(pool, gate):
            work_for("flooder")
            step = asyncio.create_task(pool.run(done.append, 1, admitted=True))
            await asyncio.sleep(0)
            assert not step.done()
            gate.set()
            await step

    assert done == [1]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no priority of its own")
async def test_threads_of_heavy_work_step_back_behind_all_else() -> None:
    heavy = Pool("hashes", threads=2, at_once=1, of_one=2, in_all=4, behind=5)
    light = Pool("others", threads=2, at_once=1, of_one=2, in_all=4)

    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    mine = priority()
    assert (await heavy.run(priority), await light.run(priority), priority()) == (mine + 5, mine, mine)
