"""Places for which those who wait take turns."""

import asyncio
from contextlib import suppress

from realtime.places import Places


async def come(places: Places, caller: str, came: list[str], go: asyncio.Event) -> None:
    async with places.one(caller):
        came.append(caller)
        await go.wait()


async def begin(places: Places, came: list[str], go: asyncio.Event, *callers: str) -> list[asyncio.Task[None]]:
    """One after the other, each of whom has or awaits a place."""
    tasks = []
    for caller in callers:
        tasks.append(asyncio.create_task(come(places, caller, came, go)))
        await asyncio.sleep(0)
    return tasks


async def test_callers_have_places_in_turn_however_many_wait_of_one() -> None:
    # Given two places that are taken, and Ann who waits three times before Bob and Cid do
    places, came, go = Places(2), list[str](), asyncio.Event()
    tasks = await begin(places, came, go, "held", "held", "ann", "ann", "ann", "bob", "cid")
    assert came == ["held", "held"]

    go.set()
    await asyncio.gather(*tasks)

    assert came == ["held", "held", "ann", "bob", "cid", "ann", "ann"]
    assert places.free == 2


async def test_a_place_that_is_left_is_the_next_ones_and_is_left_once() -> None:
    # Given somebody who has left the only place and goes on
    places, came, go = Places(1), list[str](), asyncio.Event()
    async with places.one("long") as place:
        tasks = await begin(places, came, go, "ann", "bob")
        place.leave()
        place.leave()
        await asyncio.sleep(0)
        assert came == ["ann"]

    # When that one ends, too
    await asyncio.sleep(0)

    # Then there is still one place, which Ann has
    assert came == ["ann"]
    go.set()
    await asyncio.gather(*tasks)
    assert (came, places.free) == (["ann", "bob"], 1)


async def test_who_gives_up_loses_no_place_even_when_its_turn_came_at_that_moment() -> None:
    places, came, go = Places(1), list[str](), asyncio.Event()
    async with places.one("held"):
        waiting, at_turn, last = await begin(places, came, go, "waiting", "at turn", "last")
        waiting.cancel()
        await asyncio.sleep(0)
    at_turn.cancel()
    go.set()

    for task in (waiting, at_turn):
        with suppress(asyncio.CancelledError):
            await task
    await last

    assert (came, places.free) == (["last"], 1)
