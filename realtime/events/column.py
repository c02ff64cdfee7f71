"""Events of columns. `order` is the column's place on its board."""

from typing import Annotated

from models.records import ColumnRecord
from realtime.events.base import IN_PROJECT, Event, Id, Shown


class ColumnCreated(Event, topics=IN_PROJECT):
    """A column was created."""

    column: Annotated[ColumnRecord, Shown("The column as it was then.")]
    order: int


class ColumnUpdated(Event, topics=IN_PROJECT):
    """A column was renamed, or moved on its board."""

    column: Annotated[ColumnRecord, Shown("The column as it was then.")]
    order: int


class ColumnCleaned(Event, topics=IN_PROJECT):
    """All cards of a column were deleted; the column stays."""

    column_id: Annotated[Id, Shown("The id of the column.")]
    project_id: Annotated[Id | None, Shown("The id of its project.")] = None


class ColumnDeleted(Event, topics=IN_PROJECT):
    """A column was deleted with its cards."""

    deleted_id: Annotated[Id, Shown("The id of the column.", name="column_id")]
    project_id: Annotated[Id | None, Shown("The id of its project.")] = None
