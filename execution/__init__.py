"""A breadth-first executor for graphql-core schemas, and limits on what it is asked to execute.

Needs graphql-core, and orjson for results as bytes; knows nothing else of this house.
"""

from execution.api import (
    execute,
    execute_sync,
    experimental_execute_incrementally,
    graphql,
    graphql_sync,
    subscribe,
)
from execution.batch import Batch, Read, Selected, Selection
from execution.executor import Executor, NulledResult, RenderedResult
from execution.output import dump, execute_bytes, to_bytes
from execution.planner import Planner
from execution.trace import FieldTrace, Trace

__all__ = [
    "Batch",
    "Executor",
    "FieldTrace",
    "NulledResult",
    "Planner",
    "Read",
    "RenderedResult",
    "Selected",
    "Selection",
    "Trace",
    "dump",
    "execute",
    "execute_bytes",
    "execute_sync",
    "experimental_execute_incrementally",
    "graphql",
    "graphql_sync",
    "subscribe",
    "to_bytes",
]
