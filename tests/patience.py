"""How long tests wait for a state: many times what a busy machine needs, because only a failure waits to the end."""

from asyncio import sleep
from collections.abc import Callable
from inspect import isawaitable
from time import monotonic
from typing import Any

PATIENCE = 120.0
"""Seconds."""


async def until(state: Callable[[], Any]) -> Any:
    """What is there, as soon as there is something; fails where nothing comes."""
    end = monotonic() + PATIENCE
    while True:
        found = state()
        there = await found if isawaitable(found) else found
        if there or monotonic() > end:
            assert there, "nothing has come of it"
            return there
        await sleep(0.02)
