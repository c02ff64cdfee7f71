"""Inputs of the operations on scopes, columns and labels."""

from typing import Annotated

from pydantic import Field

from models.enums import ViewType
from resolvers.inputs.base import Color, Date, Description, Input, Name, ProjectId, ScopeId


class ScopeCreate(Input):
    project_id: ProjectId
    name: Name
    description: Description | None = None
    start_date: Date | None = None
    end_date: Date | None = None


class ScopeUpdate(Input):
    """Only what is given changes; null clears `description` and the dates."""

    name: Name | None = None
    description: Description | None = None
    start_date: Date | None = None
    end_date: Date | None = None
    active_view: ViewType | None = None


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

    name: Name | None = None
    order: Annotated[int, Field(strict=True, ge=0, le=100_000)] | None = None


class LabelCreate(Input):
    project_id: ProjectId
    name: Name
    color: Color = "#6b7280"


class LabelUpdate(Input):
    name: Name | None = None
    color: Color | None = None
