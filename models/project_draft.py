"""Drafts of projects: from a brief over questions to a roadmap, and then to a project."""

from datetime import datetime
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import BaseModel, ConfigDict, Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.enums import DraftQuestionKind, DraftStage, Priority
from models.facts import SHOWN, WRITTEN, Facts
from models.ids import Kind
from models.limits import MARKDOWN, NAME
from models.records import ProjectDraftRecord


class DraftDocument(BaseModel):
    """A text that tells of the project. `size` is what it has as UTF-8."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Facts("What it is called.")]
    content: Annotated[str, Facts("The text.")]
    size: Annotated[int, Facts("How many bytes it has.")]


class DraftMember(BaseModel):
    """Somebody who is to work on the project, not by account but by name."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Facts("Who it is.")]
    role: Annotated[str, Facts("What they do in it.")] = ""


class DraftQuestion(BaseModel):
    """A question about the project. `id` says its round and its place, such as `r1q2`."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Facts("What an answer names it by.")]
    round: Annotated[int, Facts("The round that it was asked in, from 1.")]
    kind: Annotated[DraftQuestionKind, Facts("Which answers it takes.")]
    text: Annotated[str, Facts("What is asked.")]
    options: Annotated[list[str], Facts("What can be chosen.")] = Field(default_factory=list)
    answer: Annotated[Any, Facts("What was answered; null for nothing yet.")] = None


class DraftDeliverable(BaseModel):
    """What a phase brings about, which becomes a card."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, Facts("What is to be delivered.")]
    description: Annotated[str | None, Facts("What it consists of, as Markdown.")] = None
    priority: Annotated[Priority | None, Facts("How urgent it is.")] = None
    checklist: Annotated[list[str], Facts("The steps to it.")] = Field(default_factory=list)


class DraftPhase(BaseModel):
    """A phase of a roadmap, which becomes a column."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Facts("What it is called.")]
    description: Annotated[str | None, Facts("What it is about.")] = None
    deliverables: Annotated[list[DraftDeliverable], Facts("What it brings about, in order.")] = Field(
        default_factory=list
    )


@kind(0xB3)
class ProjectDraft(Stored[ProjectDraftRecord]):
    """A draft. `stage` only ever goes on; `project_id` is set with the last one, and `job_id` while a job works on it.

    `mission_id` is the last mission of the planner, `round` how often questions were asked. Its long parts
    (`context_documents`, `questions`, `roadmap`) are not in events.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.PROJECT_DRAFT))
    workspace_id: Annotated[PydanticObjectId, Facts("The workspace that the project comes to.")]
    name: Annotated[str, Facts("The name of the project.", SHOWN | WRITTEN, text=NAME)]
    description: Annotated[str | None, Facts("The brief.", SHOWN | WRITTEN, text=MARKDOWN)] = None
    stage: Annotated[DraftStage, Facts("How far it is.")] = DraftStage.FRAMING
    readiness: Annotated[int, Facts("How much is known that a roadmap needs, 0 to 100.")] = 0
    round: Annotated[int, Facts("How many rounds of questions there were.")] = 0
    team_members: Annotated[list[DraftMember], Facts("Who is to work on it.")] = Field(default_factory=list)
    context_documents: Annotated[list[DraftDocument], Facts("Texts that tell of it.")] = Field(default_factory=list)
    questions: Annotated[list[DraftQuestion], Facts("All questions so far, with their answers.")] = Field(
        default_factory=list
    )
    roadmap: Annotated[list[DraftPhase], Facts("The phases of the project, in order.")] = Field(default_factory=list)
    mission_id: Annotated[PydanticObjectId | None, Facts("The last mission that was about it.")] = None
    job_id: Annotated[PydanticObjectId | None, Facts("What makes its project; null where nothing does.")] = None
    project_id: Annotated[PydanticObjectId | None, Facts("What it became.")] = None
    created_by: Annotated[PydanticObjectId | None, Facts("Who began it.", refers=Kind.USER)] = None
    updated_at: Annotated[datetime, Facts("When it last changed.")] = Field(default_factory=utc_now)

    class Settings:
        name = "project_drafts"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)]),
        ]
