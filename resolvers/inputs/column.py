"""Inputs of the operations on columns."""

from typing import Annotated

from pydantic import Field

from models import Column
from models.facts import CREATE, UPDATE
from resolvers.kit.fields import fields_of
from resolvers.kit.input import ColumnId, Input, NotNull, Order, ProjectId, ScopeId

MAX_COLUMNS = 200


@fields_of(Column, CREATE)
class ColumnCreate(Input):
    """A new column at the end of a board.

    `scope_id` puts the column on a scope's board rather than the project's own.
    """

    project_id: ProjectId = Field(description="The project that it is part of.")
    scope_id: ScopeId | None = Field(
        None, description="The scope whose board it is on; without one, the project's own."
    )


class ColumnReorder(Input):
    """The columns of a board in another order."""

    project_id: ProjectId = Field(description="The project that they are part of.")
    ids: Annotated[list[ColumnId], Field(min_length=1, max_length=MAX_COLUMNS)] = Field(
        description="All columns of one board, each once, in the order that they are to have."
    )


@fields_of(Column, UPDATE)
class ColumnUpdate(Input):
    """What changes of a column.

    `order` is the new place among the board's columns, from 0; past the end is the end.
    """

    order: Annotated[Order | None, NotNull] = Field(
        None, description="The new place on the board, from 0; past the end is the end."
    )
