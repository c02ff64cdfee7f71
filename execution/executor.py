"""The executor class: graphql-core's interface over the breadth-first engine."""

import gc
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from graphql import ExecutionResult, ExperimentalIncrementalExecutionResults, GraphQLError, OperationType
from graphql.execution.executor import Executor as CoreExecutor
from graphql.execution.incremental import IncrementalExecutor

from execution.engine import Data, Engine
from execution.planner import Planner
from execution.trace import Trace

Result = ExecutionResult | ExperimentalIncrementalExecutionResults
Render = Callable[[ExecutionResult], Any]


class RenderedResult(ExecutionResult):
    """A result that was written while its data was there, and holds only what `rendered` says."""

    __slots__ = ("rendered",)

    def __init__(self, rendered: Any, errors: list[GraphQLError] | None) -> None:
        super().__init__(None, errors)
        self.rendered = rendered


class NulledResult(ExecutionResult):
    """A result of root fields that were executed one by one, whose data the last of them nulled.

    `completed` is the data of those before, which have done what they do.
    """

    __slots__ = ("completed",)

    def __init__(self, errors: list[GraphQLError], completed: dict[str, Any]) -> None:
        super().__init__(None, errors)
        self.completed = completed

    def __eq__(self, other: object) -> bool:
        return ExecutionResult(self.data, self.errors) == other

    __hash__ = None  # type: ignore[assignment]


class Executor(IncrementalExecutor):
    """Executes an operation breadth first; a document that names `@defer` or `@stream` is left to graphql-core.

    Usable as `executor_class` of graphql-core and as `execution_context_class` of Strawberry. A subclass that overrides
    `build_resolve_info` has it called for every object; other methods that graphql-core calls per object are not.

    `render` is called with the result while its data is there. With `fragments`, long lists in that may hold JSON
    instead of objects, as `orjson.Fragment`: `dump` writes such data.
    """

    planner: ClassVar[Planner] = Planner()
    """The plans of earlier requests; set another one on a subclass."""

    def __init__(
        self,
        *args: Any,
        operation_extensions: Any = None,
        trace: Trace | None = None,
        render: Render | None = None,
        fragments: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.operation_extensions = operation_extensions
        self.trace = trace
        self._render = render
        self._fragments = fragments and render is not None

    def execute_operation(self, serially: bool | None = None) -> Result | Awaitable[Result]:
        """Execute the operation; an awaitable only where something in it is."""
        plans = self.planner.operation(self.schema, self.operation, self.fragments)
        if plans.incremental or (self.abort_signal is not None and self.abort_signal.aborted):
            return super().execute_operation(serially)
        plan = self.planner.plan_of(plans, self.variable_values, self.hide_suggestions)
        root = plan.root
        if isinstance(root, GraphQLError):
            return self._result(None, [root])
        lazy_info = type(self).build_resolve_info is CoreExecutor.build_resolve_info
        engine = Engine(self, plan, lazy_info, self.trace, self._fragments)
        if serially or (serially is None and self.operation.operation is OperationType.MUTATION):
            waits = engine.execute_serially(plan.steps(root))
        else:
            waits = engine.execute(root)
        if not waits:
            return self.finish(self._finished(engine))
        # An abort ends the call at once, and its error tells what the execution comes to once it has cleaned up.
        return (
            self._settled(engine)
            if self.abort_signal is None
            else self.with_aborted_execution_error(self._settled(engine))
        )

    async def _settled(self, engine: Engine) -> Result:
        await engine.settle()
        return self._finished(engine)

    def _finished(self, engine: Engine) -> ExecutionResult:
        if self._render is None:
            result = self._result_of(engine)
            engine.release()
            return result
        # The rows are garbage without cycles as soon as they are written: the collector would only walk through them.
        collecting = gc.isenabled()
        gc.disable()
        try:
            result = self._result_of(engine)
            rendered = RenderedResult(self._render(result), result.errors)
            del result
            engine.release()
        finally:
            if collecting:
                gc.enable()
        # Bound to the executor, they would keep it until the next collection.
        del self.async_helpers
        return rendered

    def _result_of(self, engine: Engine) -> ExecutionResult:
        result = self._result(engine.data(), engine.errors())
        completed = engine.completed()
        if completed is None or result.errors is None:
            return result
        return NulledResult(result.errors, completed)

    def _result(self, data: Data, errors: list[GraphQLError]) -> ExecutionResult:
        self.run_async_work_finished_hook()
        return ExecutionResult(data, errors or None)
