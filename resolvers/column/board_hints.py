"""The columns of projects' own boards, as this process has seen them last. Hints only: a wrong one costs a query."""

from collections import OrderedDict
from collections.abc import Iterable

from bson import ObjectId

KEPT = 10_000
"""Boards; those that were read the longest ago are forgotten first."""


class Boards:
    """The ids of columns, by project."""

    def __init__(self, kept: int = KEPT) -> None:
        self._columns: OrderedDict[ObjectId, tuple[ObjectId, ...]] = OrderedDict()
        self._kept = kept

    def get(self, project_id: ObjectId) -> tuple[ObjectId, ...]:
        """The columns of a board in order; none where it was not seen."""
        return self._columns.get(project_id, ())

    def see(self, project_id: ObjectId, columns: Iterable[ObjectId]) -> None:
        """Remember the columns of a board."""
        self._columns[project_id] = tuple(columns)
        self._columns.move_to_end(project_id)
        if len(self._columns) > self._kept:
            self._columns.popitem(last=False)


BOARDS = Boards()
