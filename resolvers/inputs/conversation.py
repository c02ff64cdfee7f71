"""Inputs of the operations on conversations."""

from typing import Annotated

from pydantic import Field

from models.limits import Text
from resolvers.kit.input import CardId, Input, ProjectId, Prose

CONTENT = Text(1, 20_000, strip=False)
Content = Annotated[str, CONTENT, Prose]


class AssistantSay(Input):
    """What is said to the assistant of a project."""

    project_id: ProjectId = Field(description="The project.")
    content: Content = Field(description="What is said, 1 to 20,000 characters.")


class PreSessionCreate(Input):
    """The card whose prompt is to be worked out."""

    card_id: CardId = Field(description="The card.")


class PreSessionSay(Input):
    """What is said in a pre-session."""

    content: Content = Field(description="What is said, 1 to 20,000 characters.")
