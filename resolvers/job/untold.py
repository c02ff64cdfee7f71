"""What events of queues and jobs do not carry: whoever shows one reads it, as it is now.

What a job takes and what came of it may be large, and would be repeated by each of its steps. What a queue counts is
told by the events of its jobs: an event of the workspace's history, which the two do not share, would tell less than
somebody knows who has read the queue since.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from models import Job, Queue
from models.base import AnyRecord, Recorded
from models.enums import TokenScope
from resolvers.kit.context import Context
from resolvers.kit.load import by_ids
from resolvers.kit.noun import Fields
from resolvers.kit.operation import edge

OF_JOBS = frozenset({"data", "result"})
OF_QUEUES = frozenset({"open", "open_bytes", "completed", "failed", "lately"})

Load = Callable[[Context, Sequence[AnyRecord], Fields], Awaitable[list[Any]]]


def _read_now(model: type[Recorded[Any]], key: str, nothing: Any = None) -> Load:
    """The edge to what records have under a key, where they were not told without it; `nothing` of what is gone."""

    @edge(scope=TokenScope.PILOTAGE_READ)
    async def value_of(ctx: Context, records: Sequence[AnyRecord], fields: Fields) -> list[Any]:
        untold = [record["_id"] for record in records if key not in record]
        found = await by_ids(model, untold, frozenset({key}))
        return [{**found.get(record["_id"], {}), **record}.get(key, nothing) for record in records]

    return value_of


data_of = _read_now(Job, "data")
"""What each job takes."""
result_of = _read_now(Job, "result")
"""What came of each job."""
open_of = _read_now(Queue, "open", 0)
"""How many jobs of each queue have not ended."""
completed_of = _read_now(Queue, "completed", 0)
"""How many jobs of each queue were done."""
failed_of = _read_now(Queue, "failed", 0)
"""How many jobs of each queue were begun as often as they may be, in vain."""
