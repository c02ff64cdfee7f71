"""One execution, breadth first: every field of a level is found for all parents of that level at once."""

from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from types import GeneratorType, NoneType
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo
from graphql.execution.executor import SELECTIONS_NESTED_TOO_DEEPLY, Executor, default_field_resolver

from execution.aborting import Aborting
from execution.columns import Column, Run, fold, release
from execution.completion import complete, complete_wanted
from execution.errors import Failure, report
from execution.info import LazyInfo, Place
from execution.leaves import types_of
from execution.nulls import NULLED, Nulls
from execution.pending import Deliver, Pending, Settling
from execution.plan import DocumentPlan, ScopePlan
from execution.resolution import resolve
from execution.trace import Trace

Data = dict[str, Any] | None

_NEVER_AWAITABLE = {str, int, float, bool, NoneType, dict, list, tuple}


_SAMPLE = 48
_DEEPEST = 150
"""Levels, about as many as graphql-core can take. A fragment that is spread within itself goes beyond."""


def _has_repeats(values: list[Any]) -> bool:
    """Whether objects are likely to occur several times; to be wrong costs time, nothing else."""
    sample = values[:_SAMPLE]
    return len(values) <= _SAMPLE or len(set(map(id, sample))) < len(sample)


class Engine:
    """The state of one execution of a plan, for the request that `executor` holds."""

    def __init__(
        self,
        executor: Executor[Any],
        plan: DocumentPlan,
        lazy_info: bool = True,
        trace: Trace | None = None,
        fragments: bool = False,
    ) -> None:
        self.executor = executor
        self.plan = plan
        self.trace = trace
        self._fragments = fragments
        self.runs: list[Run] = []
        self.failures: list[Failure] = []
        self.nulls = Nulls()
        manager = executor.middleware_manager
        self.wrap = manager.get_field_resolver if manager is not None and manager.middlewares else None
        self.abort = None if executor.abort_signal is None else Aborting(executor)
        # What sees the path of an object must be called for every place of it.
        self.sharing = self.wrap is None and executor.field_resolver is default_field_resolver
        self._pending: list[Pending] = []
        self._next = 0
        self._start = 0
        self._fresh: list[Pending] = []
        self._rest: Iterator[ScopePlan] = iter(())
        self._serial = False
        self._merged: dict[str, Any] = {}
        self._nulled = False
        self._lazy_info = lazy_info
        self._request = (
            executor.schema,
            executor.fragment_definitions,
            executor.root_value,
            executor.operation,
            getattr(executor, "info_variables", executor.variable_values),
            executor.context_value,
            executor.is_awaitable,
            executor.abort_signal,
            executor.async_helpers,
        )
        self._extensions = getattr(executor, "operation_extensions", None)

    def execute(self, scope: ScopePlan) -> bool:
        """Execute the root fields, all at once, as far as they do not wait; whether something does, for `settle`."""
        self._fresh = self._begin(scope)
        return bool(self._fresh)

    def execute_serially(self, scopes: Sequence[ScopePlan]) -> bool:
        """Execute the root fields one by one, each with all below it; the first to null the data is the last."""
        self._rest = iter(scopes)
        self._serial = True
        for scope in self._rest:
            if self._aborted():
                break
            self._fresh = self._begin(scope)
            if self._fresh:
                return True
            if not self._merge():
                break
        return False

    async def settle(self) -> None:
        """Await what waits, and execute the rest."""
        await self._settled(self._fresh)
        while self._serial and self._merge() and not self._aborted():
            scope = next(self._rest, None)
            if scope is None:
                break
            await self._settled(self._begin(scope))

    def data(self) -> Data:
        """The data of the response, once everything is executed."""
        if self._serial:
            return None if self._nulled else self._merged
        return self._row()

    def completed(self) -> Data:
        """The data of the root fields before the one that nulled all, where they were executed one by one."""
        return self._merged if self._serial and self._nulled else None

    def errors(self) -> list[GraphQLError]:
        """The errors found, in the order of the document."""
        return report(self.failures, self.executor.error_propagation) if self.failures else []

    def start(self, run: Run) -> None:
        """Put a run on the next level."""
        above = run.above
        assert above is not None
        assert above.below is not None
        if run.level > _DEEPEST:
            for place in run.slots or range(len(above.values)):
                self.fail(above, place, GraphQLError(SELECTIONS_NESTED_TOO_DEEPLY))
            return
        above.below.append(run)
        self.runs.append(run)

    def release(self) -> None:
        """Let go of everything found."""
        release(self.runs)
        self.runs = []
        self.failures = []

    def fail(self, column: Column, index: int, error: Exception, late: bool = False) -> None:
        """Note an exception at one value of a column; `late`, at the end of the items of a list."""
        if error is NULLED:
            return
        self.failures.append(Failure(column, index, error, late))
        if self.executor.error_propagation:
            if late or not column.shape.nullable:
                self.nulls.add(column, index, late)
        elif late:
            column.nulled[index] = ()

    def wait(
        self,
        column: Column,
        awaitables: Sequence[Awaitable[Any]],
        deliver: Deliver,
        dead: Callable[[], Collection[int]],
    ) -> None:
        """Go on with `deliver` once the results of the awaitables are there: see `Pending`."""
        if self.trace is not None:
            deliver = self.trace.waiting(column, deliver)
        self._pending.append(Pending(awaitables, deliver, dead, not column.shape.nullable))

    def receive(self, column: Column, values: list[Any], types: set[type] | None = None) -> None:
        """Complete a column once none of its values is awaitable any more."""
        if types is not None:
            pass
        elif column.shape.composite:
            # The objects that a column holds many times over have few identities, and so few types to look at.
            if _has_repeats(values):
                column.identify(values)
                types = types_of(column.distinct.values())
            else:
                types = types_of(values)
        else:
            look = column.shape.look
            seen = None if look is None else look(values)
            if seen is not None:
                column.values = seen
                return
            types = types_of(values)
        places = [] if types <= _NEVER_AWAITABLE else self.awaitable_places(values, types)
        if places:
            self.await_values(column, values, places)
        else:
            complete(self, column, values, types)

    def await_values(self, column: Column, values: list[Any], places: Sequence[int]) -> None:
        """Complete a column whose values at some places are awaitable, in parts if need be."""
        column.ids = None
        size = len(values)
        if len(places) < size and not column.shape.nullable:
            # What does not have to be awaited may null what the rest is awaited for.
            plain = sorted(set(range(size)).difference(places))
            complete_wanted(self, column.part(plain, size), [values[place] for place in plain])
            self.await_values(column.part(places, size), [values[place] for place in places], range(len(places)))
            return

        def deliver(arrived: Sequence[int], results: list[Any]) -> None:
            if len(arrived) == len(places):
                for place, result in zip(places, results, strict=True):
                    values[place] = result
                complete_wanted(self, column, values)
            else:
                complete_wanted(self, column.part([places[at] for at in arrived], size), list(results))

        def dead() -> Collection[int]:
            unwanted = self.nulls.dead_values(column)
            return [at for at, place in enumerate(places) if place in unwanted] if unwanted else ()

        self.wait(column, [values[place] for place in places], deliver, dead)

    def awaitable_places(self, values: Sequence[Any], types: set[type]) -> list[int]:
        """The indices of the awaitable values."""
        suspects = {kind for kind in types if kind is GeneratorType or hasattr(kind, "__await__")}
        if not suspects:
            return []
        is_awaitable = self.executor.is_awaitable
        return [place for place, value in enumerate(values) if type(value) in suspects and is_awaitable(value)]

    def info(self, column: Column, index: int) -> GraphQLResolveInfo[Any]:
        """The info for the field of one value."""
        field = column.field
        if not self._lazy_info:
            return self.executor.build_resolve_info(
                field.definition, field.nodes, field.parent_type, column.field_path(index)
            )
        return tuple.__new__(
            LazyInfo,
            (
                field.name,
                field.nodes,
                field.definition.type,
                field.parent_type,
                Place(column, index, self._extensions),
                *self._request,
            ),
        )

    def _begin(self, scope: ScopePlan) -> list[Pending]:
        self._start = len(self.runs)
        self.nulls.ordered = True
        self.runs.append(Run(scope, [self.executor.root_value]))
        return self._advance()

    def _advance(self) -> list[Pending]:
        """Go down as far as nothing waits; what does, and is wanted still."""
        fresh: list[Pending] = []
        while self._next < len(self.runs) or self._pending:
            self._descend()
            found, self._pending = self._pending, []
            self.nulls.ordered = False
            # What is left of a column where the rest is not wanted any more goes on at once.
            fresh = [pending for pending in (*fresh, *found) if not (self.nulls.version and pending.prune())]
        self.nulls.ordered = False
        return fresh

    def _descend(self) -> None:
        runs = self.runs
        trace = self.trace
        while self._next < len(runs):
            run = runs[self._next]
            self._next += 1
            for field in run.scope.fields:
                if trace is None:
                    resolve(self, run, field)
                else:
                    with trace.resolving(run, field):
                        resolve(self, run, field)

    async def _settled(self, fresh: list[Pending]) -> None:
        await Settling(self._advance, lambda: self.nulls.version, self.abort).run(fresh)

    def _aborted(self) -> bool:
        return self.abort is not None and self.abort.error is not None

    def _merge(self) -> bool:
        """Take over the data of one root field; False if it nulls all."""
        row = self._row()
        if row is None:
            self._nulled = True
            return False
        self._merged.update(row)
        return True

    def _row(self) -> Data:
        # An error may null a row, which is no row any more once it is text.
        fold(self.runs[self._start :], self._fragments and not self.failures)
        return self.runs[self._start].rows[0]
