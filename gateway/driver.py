"""A repair of the database driver, for Python 3.11.

The driver waits for a server, or for a connection of its pool, on a condition through `asyncio.wait_for`. Before Python
3.12 that gives up on the condition where its caller is cancelled just as the time runs out: the lock is let go of by
one who does not hold it, and taken later by one who never lets go, and from then on every operation of the client
hangs. It takes a database that is away and a client that leaves, so a busy gateway gets there.
"""

import asyncio
import sys
from typing import Any

import pymongo
from pymongo.asynchronous import pool, topology

NAME = "_async_cond_wait"

QUICKENED = "4.20."
"""The versions of the driver whose sending and receiving was compared with `gateway/driver_speed.py`."""


def repair() -> None:
    """Let the driver's waits be ended from outside, and its commands be quick; may be called again."""
    if pymongo.version.startswith(QUICKENED):
        from gateway.driver_speed import quicken

        quicken()
    if sys.version_info < (3, 12):
        for module in (pool, topology):
            if not hasattr(module, NAME):
                raise RuntimeError(f"{module.__name__} has no {NAME} any more: see whether gateway/driver.py is needed")
            setattr(module, NAME, wait)


async def wait(condition: Any, timeout: float | None) -> bool:
    """Wait on a condition whose lock is held, and hold it again then, even if cancelled; False once the time is up."""
    waiting: asyncio.Future[bool] = asyncio.ensure_future(condition.wait())
    cancelled: asyncio.CancelledError | None = None
    try:
        await asyncio.wait((waiting,), timeout=timeout)
    except asyncio.CancelledError as error:
        cancelled = error
    if not waiting.done():
        waiting.cancel()
    while not waiting.done():  # it takes the lock again first
        try:
            await asyncio.wait((waiting,))
        except asyncio.CancelledError as error:
            cancelled = error
    notified = not waiting.cancelled() and waiting.result()
    if cancelled is not None:
        if notified:
            condition.notify()  # it was for somebody who can use it
        raise cancelled
    return notified
