"""Inputs of the operations on skills."""

from typing import Annotated

from pydantic import Field

from models import Skill
from models.facts import CREATE, UPDATE
from models.limits import Text
from resolvers.inputs.agent import Tools
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Input, NotNull, Prose, WorkspaceId

MAX_AGENT_SKILLS = 20
MAX_WORKSPACE_SKILLS = 200

Purpose = Annotated[str, Text(1, 1000)]
Instructions = Annotated[str, Text(1, 20_000, strip=False), Prose]


@fields_of(Skill, CREATE)
class SkillCreate(Input):
    """A new skill."""

    workspace_id: WorkspaceId = Field(description="The workspace that it belongs to.")
    description: Purpose = Field(
        description="What it is for, and when it is to be used, 1 to 1,000 characters: the line of it in prompts."
    )
    instructions: Instructions = Field(description="What to do, as Markdown, 1 to 20,000 characters.")
    tools: Tools = Field(default_factory=list, description="The tools that its work takes.")


@fields_of(Skill, UPDATE)
class SkillUpdate(Input):
    """What changes of a skill."""

    description: Annotated[Purpose | None, NotNull] = Field(
        None, description="What it is for, and when it is to be used, 1 to 1,000 characters."
    )
    instructions: Annotated[Instructions | None, NotNull] = Field(
        None, description="What to do, as Markdown, 1 to 20,000 characters."
    )
    tools: Annotated[Tools | None, NotNull] = Field(None, description="The tools that its work takes.")
