"""Inputs of the operations on scopes, columns and labels."""

from typing import Annotated

from pydantic import Field

from models import Column, Label, Scope
from models.enums import ViewType
from models.facts import CREATE, UPDATE
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Color, Date, Input, NotNull, Order, ProjectId, ScopeId

MAX_PROJECT_LABELS = 500


@fields_of(Scope, CREATE)
class ScopeCreate(Input):
    """A new scope."""

    project_id: ProjectId = Field(description="The project that it is part of.")
    start_date: Date | None = Field(None, description="When it starts.")
    end_date: Date | None = Field(None, description="When it ends; not before it starts.")


@fields_of(Scope, UPDATE)
class ScopeUpdate(Input):
    """What changes of a scope.

    Only what is given changes; null clears `description` and the dates.
    """


class ScopeViewSet(Input):
    """The view that a scope opens with.

    The view to show from now on.
    """

    active_view: ViewType = Field(description="The view.")


@fields_of(Column, CREATE)
class ColumnCreate(Input):
    """A new column at the end of a board.

    `scope_id` puts the column on a scope's board rather than the project's own.
    """

    project_id: ProjectId = Field(description="The project that it is part of.")
    scope_id: ScopeId | None = Field(
        None, description="The scope whose board it is on; without one, the project's own."
    )


@fields_of(Column, UPDATE)
class ColumnUpdate(Input):
    """What changes of a column.

    `order` is the new place among the board's columns, from 0; past the end is the end.
    """

    order: Annotated[Order | None, NotNull] = Field(
        None, description="The new place on the board, from 0; past the end is the end."
    )


@fields_of(Label, CREATE)
class LabelCreate(Input):
    """A new label."""

    project_id: ProjectId = Field(description="The project that it belongs to.")
    color: Color = Field("#6b7280", description="The colour as #rrggbb; grey without one.")


@fields_of(Label, UPDATE)
class LabelUpdate(Input):
    """What changes of a label."""

    color: Annotated[Color | None, NotNull] = Field(None, description="The colour as #rrggbb.")
