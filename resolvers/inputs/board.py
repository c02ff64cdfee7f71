"""Inputs of the operations on scopes, columns and labels."""

from typing import Annotated

from pydantic import Field

from models.enums import ViewType
from resolvers.kit.input import Color, Date, Description, Input, Name, NotNull, Order, ProjectId, ScopeId

MAX_PROJECT_LABELS = 500


class ScopeCreate(Input):
    """A new scope."""

    project_id: ProjectId = Field(description="The project that it is part of.")
    name: Name = Field(description="The name, 1 to 100 characters.")
    description: Description | None = Field(None, description="What it is about, at most 5,000 characters.")
    start_date: Date | None = Field(None, description="When it starts.")
    end_date: Date | None = Field(None, description="When it ends; not before it starts.")


class ScopeUpdate(Input):
    """What changes of a scope.

    Only what is given changes; null clears `description` and the dates.
    """

    name: Annotated[Name | None, NotNull] = Field(None, description="The name, 1 to 100 characters.")
    description: Description | None = Field(None, description="What it is about; null clears it.")
    start_date: Date | None = Field(None, description="When it starts; null clears it.")
    end_date: Date | None = Field(None, description="When it ends; null clears it.")
    active_view: Annotated[ViewType | None, NotNull] = Field(None, description="The view that it opens with.")


class ScopeViewSet(Input):
    """The view that a scope opens with.

    The view to show from now on.
    """

    active_view: ViewType = Field(description="The view.")


class ColumnCreate(Input):
    """A new column at the end of a board.

    `scope_id` puts the column on a scope's board rather than the project's own.
    """

    project_id: ProjectId = Field(description="The project that it is part of.")
    scope_id: ScopeId | None = Field(
        None, description="The scope whose board it is on; without one, the project's own."
    )
    name: Name = Field(description="The name, 1 to 100 characters.")


class ColumnUpdate(Input):
    """What changes of a column.

    `order` is the new place among the board's columns, from 0; past the end is the end.
    """

    name: Annotated[Name | None, NotNull] = Field(None, description="The name, 1 to 100 characters.")
    order: Annotated[Order | None, NotNull] = Field(
        None, description="The new place on the board, from 0; past the end is the end."
    )


class LabelCreate(Input):
    """A new label."""

    project_id: ProjectId = Field(description="The project that it belongs to.")
    name: Name = Field(description="The name, unique in the project.")
    color: Color = Field("#6b7280", description="The colour as #rrggbb; grey without one.")


class LabelUpdate(Input):
    """What changes of a label."""

    name: Annotated[Name | None, NotNull] = Field(None, description="The name, unique in the project.")
    color: Annotated[Color | None, NotNull] = Field(None, description="The colour as #rrggbb.")
