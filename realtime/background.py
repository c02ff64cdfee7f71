"""Tasks that run beside everything else, and how they end."""

import asyncio
from typing import Any

PATIENCE = 1.0


async def end(task: "asyncio.Task[Any] | None") -> None:
    """Cancel a task and wait until it is over; raises what it failed with.

    Once may not be enough: what a task awaits can answer a cancellation with a result (`asyncio.wait_for` does before
    Python 3.12, when both come at the same moment), and the task goes on.
    """
    while task is not None and not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=PATIENCE)
    if task is not None and not task.cancelled() and (failure := task.exception()) is not None:
        raise failure
