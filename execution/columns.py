"""What an execution has found so far: runs of scopes over many parents, and in them a column of values per field."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, islice
from typing import Any

from graphql.pyutils import Path

from execution.plan import FieldPlan, ScopePlan
from execution.shape import Shape


class Run:
    """One scope over all its parents: `sources[j]` is completed once, for every position of it in `above`."""

    __slots__ = ("above", "columns", "picks", "rows", "scope", "slots", "sources")

    def __init__(
        self,
        scope: ScopePlan,
        sources: list[Any],
        above: "Column | None" = None,
        slots: list[int] | None = None,
        picks: list[int] | None = None,
    ) -> None:
        self.scope = scope
        self.sources = sources
        self.above = above
        # The positions in `above` that this run fills (None: all), and with which of its rows (None: in order).
        self.slots = slots
        self.picks = picks
        self.columns: list[Column] = []
        self.rows: list[dict[str, Any] | None] = []

    def positions(self, index: int) -> list[int]:
        """The places in `above` of one source."""
        picked = [index] if self.picks is None else [at for at, pick in enumerate(self.picks) if pick == index]
        return picked if self.slots is None else [self.slots[at] for at in picked]

    def place(self, index: int) -> int:
        """The first place in `above` of one source."""
        picked = index if self.picks is None else self.picks.index(index)
        return picked if self.slots is None else self.slots[picked]

    def path(self, index: int) -> Path | None:
        """The response path of one source, None for the root."""
        return None if self.above is None else self.above.path(self.place(index))


class Column:
    """The values of a field, or of the items of its lists, for all parents of a run; completed in place."""

    __slots__ = ("below", "field", "inner", "lengths", "nulled", "outer", "run", "shape", "starts", "values")

    def __init__(self, field: FieldPlan, shape: Shape, run: Run, outer: "Column | None" = None) -> None:
        self.field = field
        self.shape = shape
        self.run = run
        self.outer = outer
        self.values: list[Any] = []
        # Of a column of lists: the items of all, and how many of them each list has (None: null).
        self.inner: Column | None = None
        self.lengths: Sequence[int | None] = ()
        self.starts: list[int] | None = None
        # Lists whose iteration failed after some items: null, though the items were completed.
        self.nulled: list[int] = []
        # Of a column of objects: their runs, one per runtime type.
        self.below: list[Run] | None = None

    def locate(self, index: int) -> tuple[int, int]:
        """Of an item: the index of its list in the outer column, and its own in that list."""
        assert self.outer is not None
        if self.starts is None:
            self.starts = list(accumulate((length or 0 for length in self.outer.lengths[:-1]), initial=0))
        at = bisect_right(self.starts, index) - 1
        return at, index - self.starts[at]

    def parent_index(self, index: int) -> int:
        """The index in the run's sources of the parent that a value belongs to."""
        column = self
        while column.outer is not None:
            index, _ = column.locate(index)
            column = column.outer
        return index

    def path(self, index: int) -> Path:
        """The response path of a value, with list indices; the first one where its object is at several."""
        if self.outer is None:
            return Path(self.run.path(index), self.field.response_name, self.field.parent_type.name)
        at, item = self.locate(index)
        return Path(self.outer.path(at), item, None)

    def field_path(self, index: int) -> Path:
        """The response path of the field that a value belongs to, without list indices below it."""
        return Path(
            self.run.path(self.parent_index(index)), self.field.response_name, self.field.parent_type.name
        )

    def folded(self, propagate: bool) -> list[Any]:
        """The output values; with `propagate`, a list with a null where none may be is null itself."""
        if self.inner is not None:
            return self._folded_lists(self.inner, propagate)
        below = self.below
        if below is None:
            return self.values
        if len(below) == 1 and below[0].slots is None:
            run = below[0]
            return run.rows if run.picks is None else list(map(run.rows.__getitem__, run.picks))
        out: list[Any] = [None] * len(self.values)
        for run in below:
            rows = run.rows if run.picks is None else map(run.rows.__getitem__, run.picks)
            for slot, row in zip(run.slots or range(len(out)), rows, strict=True):
                out[slot] = row
        return out

    def _folded_lists(self, inner: "Column", propagate: bool) -> list[Any]:
        items = inner.folded(propagate)
        if len(self.lengths) == 1 and self.lengths[0] is not None:
            out: list[Any] = [items]
        else:
            rest = iter(items)
            out = [None if length is None else list(islice(rest, length)) for length in self.lengths]
        if propagate and not inner.shape.nullable:
            out = [None if values is None or any(value is None for value in values) else values for values in out]
        for index in self.nulled:
            out[index] = None
        return out


def fold(runs: list[Run], propagate: bool, exact: bool) -> None:
    """Make the rows of all runs, children first. `exact`: there are no errors, so no null is out of place."""
    for run in reversed(runs):
        columns = [column.folded(propagate and not exact) for column in run.columns]
        rows: list[Any] = run.scope.rows(len(run.sources), columns)
        if not exact and propagate:
            for column, values in zip(run.columns, columns, strict=True):
                if not column.shape.nullable:
                    for index, value in enumerate(values):
                        if value is None:
                            rows[index] = None
        run.rows = rows
