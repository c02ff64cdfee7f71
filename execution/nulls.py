"""What errors have nulled so far, and what lies below: neither run nor awaited any more.

An error at a place that may not be null takes the nearest enclosing place that may be. As long as nothing waits, what
stands before the error in the document still runs, as it would have depth first: so the errors of a request in which
nothing is awaitable are those that graphql-core gives.
"""

from collections.abc import Iterable

from execution.columns import Column, Order, Run


class UnwantedError(Exception):
    """Stands for the value of a place below one that is null already; no error."""


NULLED = UnwantedError()


class Nulls:
    """The places of one execution that errors have nulled."""

    def __init__(self) -> None:
        self.version = 0
        """Changes whenever something more is null."""
        self.ordered = True
        """Whether what stands before an error in the document still counts as alive."""
        self._dead: dict[Run, tuple[int, set[int]]] = {}

    def add(self, column: Column, index: int, late: bool) -> None:
        """Take note of an error at one value; `late`, after the items of its list."""
        order: Order = ()
        if late:
            column.nulled.setdefault(index, LATE)
            order = LATE
            self.version += 1
        places = [(column, index, order)]
        while places:
            column, index, order = places.pop()
            if column.shape.nullable:
                continue
            if column.outer is not None:
                at, item = column.locate(index)
                if _note(column.outer.nulled, at, (item, *order)):
                    self.version += 1
                    places.append((column.outer, at, (item, *order)))
                continue
            run = column.run
            source = column.parent_index(index)
            order = (column.field.ordinal, *order)
            if _note(run.nulled, source, order):
                self.version += 1
                if run.above is not None:
                    places.extend((run.above, place, order) for place in run.positions(source))

    def alive(self, run: Run, ordinal: int) -> list[int] | None:
        """The sources of a run for which a field is still wanted, by its ordinal; None where all are."""
        if not self.version:
            return None
        dead: Iterable[int] = self.dead_sources(run)
        if dead and self.ordered:
            dead = {source for source in dead if _follows_an_error(run, source, (ordinal,))}
        if not dead:
            return None
        return [source for source in range(len(run.sources)) if source not in dead]

    def dead_sources(self, run: Run) -> set[int]:
        """The sources of a run that no place in the response asks for any more."""
        version, dead = self._dead.get(run, (0, set()))
        if version == self.version:
            return dead
        dead = set(run.nulled)
        if run.above is not None:
            places = self.dead_values(run.above)
            if places:
                dead.update(_at_none_but(run, places))
        self._dead[run] = (self.version, dead)
        return dead

    def dead_values(self, column: Column) -> set[int]:
        """The same for the values of a column."""
        if not self.version:
            return set()
        if column.outer is None:
            dead = self.dead_sources(column.run)
        else:
            lists = self.dead_values(column.outer) | column.outer.nulled.keys()
            dead = {index for at in lists for index in column.outer.items_of(at)}
        if not dead or column.slots is None:
            return dead
        return {index for index, slot in enumerate(column.slots) if slot in dead}


LATE: Order = (1 << 62,)
"""After every item of a list."""


def _note(nulled: dict[int, Order], index: int, order: Order) -> bool:
    """Keep the first of the errors that null a place; whether this is one that was not known."""
    known = nulled.get(index)
    if known is not None and known <= order:
        return False
    nulled[index] = order
    return True


def _at_none_but(run: Run, places: set[int]) -> list[int]:
    """The sources of a run that stand at no other places than these."""
    slots = range(len(run.ids or run.sources)) if run.slots is None else run.slots
    if run.ids is None:
        return [source for source, place in enumerate(slots) if place in places]
    wanted = {key for key, place in zip(run.ids, slots, strict=True) if place not in places}
    return [source for source, value in enumerate(run.sources) if id(value) not in wanted]


def _follows_an_error(run: Run, source: int, order: Order) -> bool:
    """Whether a dead source comes after what nulled it; one at several places is not asked: to run it does no harm."""
    while True:
        known = run.nulled.get(source)
        if known is not None and known < order:
            return True
        column = run.above
        if column is None or run.ids is not None:
            return False
        index = run.place(source)
        while column.outer is not None:
            index, item = column.locate(index)
            order = (item, *order)
            column = column.outer
            known = column.nulled.get(index)
            if known is not None and known < order:
                return True
        run, source = column.run, column.parent_index(index)
        order = (column.field.ordinal, *order)
