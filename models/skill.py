"""Skills: instructions for a kind of work, which agents read when they need them."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.facts import SHOWN, WRITTEN, Facts
from models.ids import Kind
from models.limits import SLUG
from models.records import SkillRecord


@kind(0xB6)
class Skill(Stored[SkillRecord]):
    """A skill, with what a SKILL.md tells. `slug` is unique in its workspace.

    An agent has the line of each of its skills in its prompt, and loads the instructions of those that it uses.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.SKILL))
    workspace_id: Annotated[PydanticObjectId, Facts("The workspace that it belongs to.")]
    slug: Annotated[str, Facts("What agents call it, unique in the workspace.", SHOWN | WRITTEN, text=SLUG)]
    description: Annotated[str, Facts("What it is for, and when it is to be used.")]
    instructions: Annotated[str, Facts("What to do, as Markdown.")]
    tools: Annotated[list[str], Facts("The tools that its work takes.")] = Field(default_factory=list)
    created_by: Annotated[PydanticObjectId | None, Facts("Who wrote it.", refers=Kind.USER)] = None
    updated_at: Annotated[datetime, Facts("When it last changed.")] = Field(default_factory=utc_now)

    class Settings:
        name = "skills"
        indexes = [IndexModel([("workspace_id", ASCENDING), ("slug", ASCENDING)], unique=True)]
