"""Inputs of the operations on drafts of projects."""

import binascii
from base64 import b64decode
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from models import ProjectDraft
from models.enums import DraftQuestionKind
from models.errors import BadUserInput
from models.facts import CREATE, UPDATE
from models.json import check_text
from models.limits import MARKDOWN, Text
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Description, Input, Name, NotNull, PriorityWord, Prose, Title, WorkspaceId

MAX_CONTEXT = 1024**2
MAX_DOCUMENTS = 50
MAX_MEMBERS = 100
MAX_ROUNDS = 4
MAX_QUESTIONS = 20
"""Of one round."""
MAX_OPTIONS = 20
MAX_PHASES = 50
MAX_DELIVERABLES = 500
"""Of all phases together."""
MAX_STEPS = 20

_BASE64 = "base64"
_DATA = "data:"


def _text_of(content: str) -> str:
    """The text that a context document has: as it is, or out of base64, as a data URL or a long word of it alone."""
    head, _, tail = content.partition(",")
    is_url = head.startswith(_DATA) and head.endswith(";" + _BASE64)
    encoded = tail if is_url else content.strip()
    if not is_url and (len(encoded) < 64 or any(letter.isspace() for letter in encoded)):
        return content
    try:
        decoded = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        if is_url:
            raise PydanticCustomError(_BASE64, "is no base64") from error
        return content
    try:
        return check_text(decoded.decode(), field="")
    except (UnicodeDecodeError, BadUserInput) as error:
        raise PydanticCustomError(_BASE64, "is base64 of what is no text: send it as text") from error


class DraftDocumentInput(Input):
    """A text that tells of the project: Markdown, say, or base64 of it."""

    name: Name = Field("Document", description="What it is called, 1 to 100 characters.")
    content: Annotated[str, Text(0, 2 * MAX_CONTEXT, strip=False), AfterValidator(_text_of)] = Field(
        description="The text, or base64 of it in UTF-8; 1 MB in all documents together."
    )

    @model_validator(mode="before")
    @classmethod
    def _text_alone(cls, values: Any) -> Any:
        return {"content": values} if isinstance(values, str) else values


class DraftMemberInput(Input):
    """Somebody who is to work on the project."""

    name: Name = Field(description="Who it is, 1 to 100 characters.")
    role: Annotated[str, Text(0, 100)] = Field("", description="What they do in it, at most 100 characters.")


class DraftQuestionInput(Input):
    """A question about the project."""

    kind: DraftQuestionKind = Field(description="Which answers it takes.")
    text: Title = Field(description="What is asked, 1 to 500 characters.")
    options: Annotated[list[Name], Field(max_length=MAX_OPTIONS)] = Field(
        default_factory=list,
        validate_default=True,
        description="What can be chosen, 2 to 20; of SINGLE and MULTIPLE alone.",
    )

    @field_validator("options")
    @classmethod
    def _fits(cls, options: list[str], info: ValidationInfo) -> list[str]:
        kind: DraftQuestionKind | None = info.data.get("kind")
        if kind is not None and kind.has_options and len(set(options)) < 2:
            raise PydanticCustomError("options", "must have at least two different options")
        if kind is not None and not kind.has_options and options:
            raise PydanticCustomError("options", "must have no options: nothing is chosen")
        return options


class DraftDeliverableInput(Input):
    """What a phase brings about, which becomes a card."""

    title: Title = Field(description="What is to be delivered, 1 to 500 characters.")
    description: Description | None = Field(None, description="What it consists of, at most 5,000 characters.")
    priority: PriorityWord | None = Field(None, description="How urgent it is.")
    checklist: Annotated[list[Title], Field(max_length=MAX_STEPS)] = Field(
        default_factory=list, description="The steps to it, at most 20."
    )


class DraftPhaseInput(Input):
    """A phase of a roadmap, which becomes a column."""

    name: Name = Field(description="What it is called, 1 to 100 characters.")
    description: Annotated[str, MARKDOWN, Prose] | None = Field(None, description="What it is about.")
    deliverables: Annotated[list[DraftDeliverableInput], Field(max_length=MAX_DELIVERABLES)] = Field(
        default_factory=list, description="What it brings about, in order; 500 in all phases together."
    )


def _check_size(documents: Sequence[DraftDocumentInput]) -> Sequence[DraftDocumentInput]:
    if sum(len(document.content.encode()) for document in documents) > MAX_CONTEXT:
        raise PydanticCustomError("size", "must have at most 1 MB together")
    return documents


def _check_deliverables(phases: Sequence[DraftPhaseInput]) -> Sequence[DraftPhaseInput]:
    if sum(len(phase.deliverables) for phase in phases) > MAX_DELIVERABLES:
        raise PydanticCustomError("deliverables", "must have at most 500 deliverables together")
    return phases


def _answers(value: Any) -> Any:
    """Answers as a mapping; a list names the question of each: `[{"questionId": "r1q1", "answer": …}]`."""
    if not isinstance(value, list):
        return value
    if not all(isinstance(entry, dict) and entry.keys() == {"questionId", "answer"} for entry in value):
        raise PydanticCustomError("answers", "must be an object, or a list of questionId and answer")
    return {entry["questionId"]: entry["answer"] for entry in value if isinstance(entry["questionId"], str)}


Documents = Annotated[list[DraftDocumentInput], Field(max_length=MAX_DOCUMENTS), AfterValidator(_check_size)]
Members = Annotated[list[DraftMemberInput], Field(max_length=MAX_MEMBERS)]
Phases = Annotated[list[DraftPhaseInput], Field(max_length=MAX_PHASES), AfterValidator(_check_deliverables)]
Answers = Annotated[dict[str, Any], Field(max_length=MAX_ROUNDS * MAX_QUESTIONS), BeforeValidator(_answers)]


@fields_of(ProjectDraft, CREATE)
class ProjectDraftCreate(Input):
    """A new draft of a project."""

    workspace_id: WorkspaceId = Field(description="The workspace that the project comes to.")
    context_documents: Documents = Field(
        default_factory=list, description="Texts that tell of it, at most 50, of 1 MB together."
    )
    team_members: Members = Field(default_factory=list, description="Who is to work on it, at most 100.")


@fields_of(ProjectDraft, UPDATE)
class ProjectDraftUpdate(Input):
    """What changes of a draft. A roadmap that is written by hand takes it to the stage ROADMAP."""

    context_documents: Annotated[Documents | None, NotNull] = Field(
        None, description="All texts that tell of it from now on."
    )
    team_members: Annotated[Members | None, NotNull] = Field(None, description="Who is to work on it from now on.")
    roadmap: Annotated[Phases | None, NotNull] = Field(
        None, description="All phases from now on: at most 50, with 500 deliverables together."
    )


class ProjectDraftAsk(Input):
    """The next round of questions, and how much is known."""

    readiness: Annotated[int, Field(strict=True, ge=0, le=100)] = Field(
        description="How much is known that a roadmap needs, 0 to 100."
    )
    questions: Annotated[list[DraftQuestionInput], Field(max_length=MAX_QUESTIONS)] = Field(
        default_factory=list, description="What is to be known yet, at most 20; none where enough is."
    )


class ProjectDraftRefine(Input):
    """Answers to questions of a draft."""

    answers: Answers = Field(
        default_factory=dict,
        description="By the id of the question: text, one of its options or several, 1 to 5, true or false; null takes "
        "an answer back.",
    )
