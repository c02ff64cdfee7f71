"""The functions of graphql-core's execution, over the breadth-first executor.

Each takes what graphql-core's takes, in the same order, and differs in one thing: without an `executor_class`, it is
our `Executor` that executes. Where graphql-core's passes further arguments on to that class, `trace` takes a `Trace`.
"""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

import graphql as core

from execution.executor import Executor

P = ParamSpec("P")
R = TypeVar("R")


def _over_ours(function: Callable[P, R]) -> Callable[P, R]:
    place = list(signature(function).parameters).index("executor_class")

    @wraps(function)
    def call(*args: Any, **options: Any) -> R:
        if len(args) > place:
            args = (*args[:place], args[place] or Executor, *args[place + 1 :])
        else:
            options["executor_class"] = options.get("executor_class") or Executor
        return function(*args, **options)

    return call


execute = _over_ours(core.execute)
execute_sync = _over_ours(core.execute_sync)
experimental_execute_incrementally = _over_ours(core.experimental_execute_incrementally)
graphql = _over_ours(core.graphql)
graphql_sync = _over_ours(core.graphql_sync)
subscribe = _over_ours(core.subscribe)
