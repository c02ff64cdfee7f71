"""Inputs of the operations on templates."""

from pydantic import Field

from resolvers.kit.input import Description, Flag, Input, Name, ProjectId


class TemplateCreateFromProject(Input):
    """A template made of a project: its scopes, columns, labels and custom fields.

    `include_cards` takes the open cards along: their texts, steps, labels, dates and custom fields.
    """

    project_id: ProjectId = Field(description="The project.")
    name: Name = Field(description="The name, unique in the workspace.")
    description: Description | None = Field(None, description="What it is for, at most 5,000 characters.")
    include_cards: Flag = Field(False, description="Whether the open cards are taken along; by default they are not.")
