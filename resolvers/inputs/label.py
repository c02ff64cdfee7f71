"""Inputs of the operations on labels."""

from typing import Annotated

from pydantic import Field

from models import Label
from models.facts import CREATE, UPDATE
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Color, Input, NotNull, ProjectId

MAX_PROJECT_LABELS = 500
COLOR = "#6b7280"
"""That of a label for which nobody says one."""


@fields_of(Label, CREATE)
class LabelCreate(Input):
    """A new label."""

    project_id: ProjectId = Field(description="The project that it belongs to.")
    color: Color = Field(COLOR, description="The colour as #rrggbb; grey without one.")


@fields_of(Label, UPDATE)
class LabelUpdate(Input):
    """What changes of a label."""

    color: Annotated[Color | None, NotNull] = Field(None, description="The colour as #rrggbb.")
