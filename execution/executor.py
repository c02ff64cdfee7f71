"""The executor class: graphql-core's interface over the breadth-first engine."""

from collections.abc import Awaitable
from typing import Any, ClassVar

from graphql import ExecutionResult, ExperimentalIncrementalExecutionResults, GraphQLError, OperationType
from graphql.execution.executor import Executor as CoreExecutor
from graphql.execution.incremental import IncrementalExecutor

from execution.engine import Data, Engine
from execution.planner import Planner
from execution.trace import Trace

Result = ExecutionResult | ExperimentalIncrementalExecutionResults


class Executor(IncrementalExecutor):
    """Executes an operation breadth first; a document that names `@defer` or `@stream` is left to graphql-core.

    Usable as `executor_class` of graphql-core and as `execution_context_class` of Strawberry. A subclass that overrides
    `build_resolve_info` has it called for every object; other methods that graphql-core calls per object are not.
    """

    planner: ClassVar[Planner] = Planner()
    """The plans of earlier requests; set another one on a subclass."""

    def __init__(
        self, *args: Any, operation_extensions: Any = None, trace: Trace | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.operation_extensions = operation_extensions
        self.trace = trace

    def execute_operation(self, serially: bool | None = None) -> Result | Awaitable[Result]:
        """Execute the operation; an awaitable only where something in it is."""
        if self.planner.is_incremental(self.schema, self.operation, self.fragments):
            return super().execute_operation(serially)
        if self.abort_signal is not None and self.abort_signal.aborted:
            return super().execute_operation(serially)
        plan = self.planner.plan(
            self.schema, self.operation, self.fragments, self.variable_values, self.hide_suggestions
        )
        root = plan.root
        if isinstance(root, GraphQLError):
            return self._result(None, [root])
        engine = Engine(self, plan, type(self).build_resolve_info is CoreExecutor.build_resolve_info, self.trace)
        if serially or (serially is None and self.operation.operation is OperationType.MUTATION):
            data = engine.execute_serially(plan.steps(root))
        else:
            data = engine.execute(root)
        if isinstance(data, Awaitable):
            return self._awaited(engine, data)
        return self._result(data, engine.errors())

    async def _awaited(self, engine: Engine, data: Awaitable[Data]) -> ExecutionResult:
        return self._result(await data, engine.errors())

    def _result(self, data: Data, errors: list[GraphQLError]) -> ExecutionResult:
        self.run_async_work_finished_hook()
        return ExecutionResult(data, errors or None)
