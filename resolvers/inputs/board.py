"""Inputs of the operations on scopes, columns and labels."""

from typing import Annotated

from models.enums import ViewType
from resolvers.inputs.base import Color, Date, Description, Input, Name, NotNull, Order, ProjectId, ScopeId

MAX_PROJECT_LABELS = 500


class ScopeCreate(Input):
    project_id: ProjectId
    name: Name
    description: Description | None = None
    start_date: Date | None = None
    end_date: Date | None = None


class ScopeUpdate(Input):
    """Only what is given changes; null clears `description` and the dates."""

    name: Annotated[Name | None, NotNull] = None
    description: Description | None = None
    start_date: Date | None = None
    end_date: Date | None = None
    active_view: Annotated[ViewType | None, NotNull] = None


class ScopeViewSet(Input):
    """The view to show from now on."""

    active_view: ViewType


class ColumnCreate(Input):
    """`scope_id` puts the column on a scope's board rather than the project's own."""

    project_id: ProjectId
    scope_id: ScopeId | None = None
    name: Name


class ColumnUpdate(Input):
    """`order` is the new place among the board's columns, from 0; past the end is the end."""

    name: Annotated[Name | None, NotNull] = None
    order: Annotated[Order | None, NotNull] = None


class LabelCreate(Input):
    project_id: ProjectId
    name: Name
    color: Color = "#6b7280"


class LabelUpdate(Input):
    """Only what is given changes."""

    name: Annotated[Name | None, NotNull] = None
    color: Annotated[Color | None, NotNull] = None
