"""Inputs of the operations on templates."""

from typing import Annotated

from pydantic import Field

from models import Column
from models.facts import TEMPLATE
from models.limits import Text
from resolvers.inputs.scope import ScopeCreate
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Description, Flag, Input, Name, NotNull, ProjectId, WorkspaceId

MAX_BOARD_COLUMNS = 50
TemplateKey = Annotated[str, Text(1, 60)]
"""The key of a built-in template, or the id of one of the workspace."""


class TemplateCreateFromProject(Input):
    """A template made of a project: its scopes, columns, labels and custom fields.

    `include_cards` takes the open cards along: their texts, steps, labels, dates and custom fields.
    """

    project_id: ProjectId = Field(description="The project.")
    name: Name = Field(description="The name, unique in the workspace.")
    description: Description | None = Field(None, description="What it is for, at most 5,000 characters.")
    include_cards: Flag = Field(False, description="Whether the open cards are taken along; by default they are not.")


@fields_of(Column, TEMPLATE)
class TemplateColumnInput(Input):
    """A column of a board that begins with a template."""


TemplateColumns = Annotated[list[TemplateColumnInput], Field(min_length=1, max_length=MAX_BOARD_COLUMNS)]


class TemplateCreate(Input):
    """A template of a board."""

    workspace_id: WorkspaceId = Field(description="The workspace that it belongs to.")
    name: Name = Field(description="The name, unique in the workspace.")
    description: Description | None = Field(None, description="What it is for, at most 5,000 characters.")
    columns: TemplateColumns = Field(description="Its columns in order, 1 to 50.")


class TemplateUpdate(Input):
    """What changes of a template. What began with it stays as it is."""

    name: Annotated[Name | None, NotNull] = Field(None, description="The name, unique in the workspace.")
    description: Description | None = Field(None, description="What it is for; null clears it.")
    columns: Annotated[TemplateColumns | None, NotNull] = Field(
        None, description="The columns of a template of a board, all of them."
    )


class ScopeCreateFromTemplate(ScopeCreate):
    """A new scope, whose board begins with a template of the kind BOARD."""

    template: TemplateKey = Field(description="The template: the `id` of one of `workspace.templates`.")
