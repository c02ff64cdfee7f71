"""What an execution has found so far: runs of scopes over many parents, and in them a column of values per field."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

from graphql.pyutils import Path

from execution.leaves import look_up, types_of
from execution.plan import FieldPlan, ScopePlan
from execution.shape import Shape

_NONE = id(None)

_MANY = 128
"""Rows, below which nothing is gained by writing them before the rest."""
_LONG = 16
"""Rows of a list on average, below which its own text costs more than it saves."""

Order = tuple[int, ...]
"""Where something stands below a place, in the order of the document: ordinals of fields and indices of items."""


class Run:
    """One scope over all its parents: `sources[j]` is completed once, for every position of it in `above`."""

    __slots__ = ("_kinds", "_places", "above", "columns", "ids", "level", "nulled", "rows", "scope", "slots", "sources")

    def __init__(
        self,
        scope: ScopePlan,
        sources: list[Any],
        above: "Column | None" = None,
        slots: list[int] | None = None,
        ids: list[int] | None = None,
    ) -> None:
        self.scope = scope
        self.sources = sources
        self.above = above
        self.level: int = 0 if above is None else above.run.level + 1
        # The positions in `above` that this run fills (None: all), and the id of the source at each (None: in order).
        self.slots = slots
        self.ids = ids
        self.columns: list[Column] = []
        self.rows: list[dict[str, Any] | None] = []
        # The sources that an error below has nulled, and where the first such error stands.
        self.nulled: dict[int, Order] = {}
        self._kinds: set[type] | None = None
        self._places: dict[int, list[int]] | None = None

    @property
    def kinds(self) -> set[type]:
        """The types of the sources."""
        if self._kinds is None:
            self._kinds = types_of(self.sources)
        return self._kinds

    def positions(self, index: int) -> list[int]:
        """The places in `above` of one source."""
        if self.ids is None:
            places = [index]
        else:
            if self._places is None:
                self._places = {}
                for at, key in enumerate(self.ids):
                    self._places.setdefault(key, []).append(at)
            places = self._places[id(self.sources[index])]
        return places if self.slots is None else [self.slots[at] for at in places]

    def place(self, index: int) -> int:
        """The first place in `above` of one source."""
        place = index if self.ids is None else self.ids.index(id(self.sources[index]))
        return place if self.slots is None else self.slots[place]

    def placed(self) -> list[Any]:
        """The rows, once per place."""
        if self.ids is None:
            return self.rows
        rows = dict(zip(map(id, self.sources), self.rows, strict=True))
        rows.setdefault(_NONE, None)
        return look_up(rows, self.ids)

    def lists(self) -> "Column | None":
        """The column of lists that hold the rows one after another and nothing else, where they are long ones."""
        above = self.above
        if above is None or above.outer is None or self.slots is not None or self.ids is not None:
            return None
        if above.slots is not None or above.below != [self]:
            return None
        count = len(self.sources)
        return above.outer if count >= max(_MANY, _LONG * len(above.outer.lengths)) else None

    def path(self, index: int) -> Path | None:
        """The response path of one source, None for the root."""
        return None if self.above is None else self.above.path(self.place(index))


class Column:
    """The values of a field, or of the items of its lists, for all parents of a run; completed in place."""

    __slots__ = (
        "_starts",
        "below",
        "distinct",
        "field",
        "ids",
        "inner",
        "lengths",
        "nulled",
        "outer",
        "parts",
        "run",
        "shape",
        "slots",
        "values",
        "whole",
        "written",
    )

    def __init__(
        self,
        field: FieldPlan,
        shape: Shape,
        run: Run,
        outer: "Column | None" = None,
        slots: Sequence[int] | None = None,
    ) -> None:
        self.field = field
        self.shape = shape
        self.run = run
        self.outer = outer
        self.values: list[Any] = []
        # A column may be completed in parts, each a column of its own; `slots` says where a part's values belong.
        self.slots = slots
        self.whole: Column | None = None
        self.parts: list[Column] = []
        # Of a column of lists: the items of all, and how many of them each list has (None: null).
        self.inner: Column | None = None
        self.lengths: Sequence[int | None] = ()
        self._starts: list[int] | None = None
        # And the JSON of each list, where that was written instead of making its rows.
        self.written: list[Any] | None = None
        # Lists that an error has nulled, though items of them may have been completed, and where the first one stands.
        self.nulled: dict[int, Order] = {}
        # Of a column of objects: their runs, one per runtime type.
        self.below: list[Run] | None = None
        # And their identities: the id at every place, and the objects by id.
        self.ids: list[int] | None = None
        self.distinct: dict[int, Any] = {}

    def part(self, slots: Sequence[int], size: int) -> "Column":
        """A part of this column, which then holds `size` values and those of its parts alone."""
        self.values = [None] * size
        if self.whole is not None:
            # The part of a part is one of the whole: it stands behind the one that it is of.
            assert self.slots is not None
            return self.whole.part([self.slots[slot] for slot in slots], len(self.whole.values))
        part = Column(self.field, self.shape, self.run, self.outer, slots)
        part.whole = self
        self.parts.append(part)
        return part

    def identify(self, values: list[Any]) -> None:
        """Note the identities of the values."""
        self.ids = list(map(id, values))
        self.distinct = dict(zip(self.ids, values, strict=True))

    def locate(self, index: int) -> tuple[int, int]:
        """Of an item: the index of its list in the outer column, and its own in that list."""
        assert self.outer is not None
        if self.slots is not None:
            index = self.slots[index]
        starts = self.outer.starts
        at = bisect_right(starts, index) - 1
        return at, index - starts[at]

    @property
    def starts(self) -> list[int]:
        """Where the items of each list begin in the inner column."""
        if self._starts is None:
            self._starts = list(accumulate((length or 0 for length in self.lengths[:-1]), initial=0))
        return self._starts

    def items_of(self, index: int) -> range:
        """Where the items of one list are in the inner column."""
        start = self.starts[index]
        return range(start, start + (self.lengths[index] or 0))

    def parent_index(self, index: int) -> int:
        """The index in the run's sources of the parent that a value belongs to."""
        column = self
        while column.outer is not None:
            index, _ = column.locate(index)
            column = column.outer
        return index if column.slots is None else column.slots[index]

    def path(self, index: int) -> Path:
        """The response path of a value, with list indices; the first one where its object is at several."""
        if self.outer is None:
            return Path(self.run.path(self.parent_index(index)), self.field.response_name, self.field.parent_type.name)
        at, item = self.locate(index)
        return Path(self.outer.path(at), item, None)

    def field_path(self, index: int) -> Path:
        """The response path of the field that a value belongs to, without list indices below it."""
        return Path(self.run.path(self.parent_index(index)), self.field.response_name, self.field.parent_type.name)

    def folded(self) -> list[Any]:
        """The output values."""
        if self.parts:
            out = list(self.values)
            for part in self.parts:
                assert part.slots is not None
                for slot, value in zip(part.slots, part.folded(), strict=True):
                    out[slot] = value
            return out
        if self.written is not None:
            return self.written
        if self.inner is not None:
            return self._folded_lists(self.inner.folded())
        below = self.below
        if below is None:
            return self.values
        if len(below) == 1 and below[0].slots is None:
            return below[0].placed()
        out = [None] * len(self.values)
        for run in below:
            for slot, row in zip(run.slots or range(len(out)), run.placed(), strict=True):
                out[slot] = row
        return out

    def _folded_lists(self, items: list[Any]) -> list[Any]:
        if len(self.lengths) == 1 and self.lengths[0] is not None:
            out: list[Any] = [items]
        else:
            out = _cut(items, self.lengths)
        for index in self.nulled:
            out[index] = None
        return out


def release(runs: list[Run]) -> None:
    """Cut what leads downwards, so that nothing waits for the cyclic collector; paths lead upwards and stay."""
    for run in runs:
        columns = run.columns
        while columns:
            column = columns.pop()
            columns.extend(column.parts)
            if column.inner is not None:
                columns.append(column.inner)
            column.below = None
            column.distinct = {}
            column.inner = None
            column.parts = []
            column.written = None
        run.rows = []


def _cut(items: list[Any], lengths: Sequence[int | None]) -> list[Any]:
    if None in lengths:
        ends = accumulate(length or 0 for length in lengths)
        return [
            None if length is None else items[end - length : end] for end, length in zip(ends, lengths, strict=True)
        ]
    starts = list(accumulate(lengths, initial=0))
    return [items[start:end] for start, end in pairwise(starts)]


def fold(runs: list[Run], fragments: bool = False) -> None:
    """Make the rows of all runs, children first; with `fragments`, long lists of them as JSON: see `Write`."""
    for run in reversed(runs):
        columns = [column.folded() for column in run.columns]
        lists = run.lists() if fragments else None
        if lists is not None:
            lists.written = run.scope.texts(columns, lists.lengths)
            if lists.written is not None:
                continue
        rows: list[Any] = run.scope.rows(len(run.sources), columns)
        for index in run.nulled:
            rows[index] = None
        run.rows = rows
