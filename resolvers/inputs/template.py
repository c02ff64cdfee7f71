"""Inputs of the operations on templates."""

from resolvers.inputs.base import Description, Flag, Input, Name, ProjectId


class TemplateCreateFromProject(Input):
    """`include_cards` takes the open cards along: their texts, steps, labels, dates and custom fields."""

    project_id: ProjectId
    name: Name
    description: Description | None = None
    include_cards: Flag = False
