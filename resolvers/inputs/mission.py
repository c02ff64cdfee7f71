"""Inputs of the operations on missions."""

from datetime import datetime
from typing import Annotated, Any

import orjson
from bson import ObjectId
from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    PlainValidator,
    TypeAdapter,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from models.enums import MissionActivityKind
from models.errors import BadUserInput
from models.ids import Kind, kind_of, parse_id
from models.json import check_json
from models.limits import Text
from models.mission import MAX_STEPS
from resolvers.kit.input import (
    AgentId,
    CardId,
    Date,
    Flag,
    Input,
    MissionId,
    NotNull,
    ProjectId,
    Prose,
    WorkspaceId,
)

MAX_ACTIVITIES = 50
MAX_DATA_BYTES = 64 * 1024

Steps = Annotated[int, Field(strict=True, ge=1, le=100)]
LongText = Annotated[str, Text(1, 20_000, strip=False), Prose]
Summary = Annotated[str, Text(0, 20_000, strip=False), Prose]
Progress = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]


def _agent_or_user(value: Any) -> ObjectId:
    try:
        found = parse_id(value, field="")
    except BadUserInput as error:
        raise PydanticCustomError("id", "{reason}", {"reason": error.message}) from error
    if kind_of(found) not in (Kind.USER, Kind.AGENT):
        raise PydanticCustomError("id", "is neither the id of a user nor that of an agent")
    return found


AgentOrUserId = Annotated[
    ObjectId, PlainValidator(_agent_or_user), WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{24}$"})
]


def _data(value: Any) -> Any:
    try:
        check_json(value, field="")
    except BadUserInput as error:
        raise PydanticCustomError("json", "{reason}", {"reason": error.message}) from error
    if len(orjson.dumps(value)) > MAX_DATA_BYTES:
        raise PydanticCustomError("json", "must have at most 64 KB as JSON")
    return value


class MissionCreate(Input):
    """A new mission.

    `card_id` names a card of the agent's workspace.
    """

    agent_id: AgentId = Field(description="Whom it is for.")
    card_id: CardId | None = Field(None, description="The card that it is about.")
    project_id: ProjectId | None = Field(None, description="The project that it is about; of a card, that of the card.")
    prompt: LongText = Field(description="What is asked.")
    max_steps: Steps = Field(MAX_STEPS, description="How many turns its model may take, 1 to 100.")
    deadline: Date | None = Field(None, description="When it fails, unless it has ended by then.")
    continues_id: MissionId | None = Field(
        None, description="An earlier mission of the workspace that it goes on from."
    )


class AgentRun(Input):
    """An objective for an agent."""

    workspace_id: WorkspaceId = Field(description="The workspace of the agent.")
    agent_user_id: AgentOrUserId = Field(description="The user that the agent acts as, or the agent itself.")
    objective: LongText = Field(description="What is to be reached.")
    project_id: ProjectId | None = Field(None, description="The project that it is about.")
    max_steps: Steps = Field(MAX_STEPS, description="How many turns its model may take, 1 to 100.")


class CardMissionStart(Input):
    """A mission about a card."""

    card_id: CardId = Field(description="The card.")
    project_id: ProjectId = Field(description="The project of the card.")
    agent_id: AgentId | None = Field(None, description="Who is to work on it, where that is not its assignee.")
    prompt: LongText | None = Field(None, description="What is asked; by default what the card asks for.")


class MissionPrompt(Input):
    """What a person tells the agent of a mission."""

    text: LongText = Field(description="What is to be read.")


class MissionAnswer(Input):
    """The answer to an agent's question."""

    answer: LongText = Field(description="The answer.")


class CardMissionPrompt(Input):
    """What a person tells the agent of a card."""

    text: LongText = Field(description="What is to be read.")


def _message_or_moment(value: Any) -> ObjectId | datetime:
    if isinstance(value, datetime | ObjectId):
        return value
    try:
        return parse_id(value, Kind.MISSION_ACTIVITY, field="")
    except BadUserInput:
        return _MOMENT.validate_python(value)


_MOMENT: TypeAdapter[datetime] = TypeAdapter(Date)
MessageOrMoment = Annotated[ObjectId | datetime, PlainValidator(_message_or_moment), WithJsonSchema({"type": "string"})]


class CardMessages(Input):
    """Which messages about a card."""

    mission_id: MissionId | None = Field(None, description="The mission about it; by default all of them.")
    since: MessageOrMoment | None = Field(None, description="The id of a message, or a moment, that they come after.")
    before: MessageOrMoment | None = Field(None, description="The id of a message, or a moment, that they come before.")
    limit: Annotated[int, Field(strict=True, ge=1, le=500)] = Field(100, description="How many at most, 1 to 500.")


class MissionReview(Input):
    """What a person says to what an agent is about to do."""

    model_config = ConfigDict(validate_default=True)

    approved: Flag = Field(description="Whether it goes on so.")
    feedback: LongText | None = Field(None, description="What is to be different; has to be given without approval.")

    @field_validator("feedback")
    @classmethod
    def _says_what_is_wrong(cls, feedback: str | None, info: ValidationInfo) -> str | None:
        if feedback is None and info.data.get("approved") is False:
            raise PydanticCustomError("feedback", "must say what is to be different")
        return feedback


class MissionActivityInput(Input):
    """One report of an agent.

    One step that an agent reports. `tool` names what an action used, `data` is whatever JSON goes with it.
    """

    kind: MissionActivityKind = Field(description="What is reported.")
    content: LongText = Field(description="The text.")
    tool: Annotated[str, Text(1, 100)] | None = Field(None, description="The tool that an action used.")
    data: Annotated[Any, AfterValidator(_data)] = Field(None, description="Details.")


class MissionReport(Input):
    """What an agent reports about a mission that it runs.

    What an agent reports: at least one of these. `output_delta` is shown live and not kept.
    """

    activities: Annotated[list[MissionActivityInput], Field(max_length=MAX_ACTIVITIES)] = Field(
        default_factory=list, description="What it did, in order."
    )
    progress: Annotated[Progress | None, NotNull] = Field(None, description="How far it is, 0 to 1.")
    output_delta: LongText | None = Field(None, description="Text that is streamed to whoever watches, and not kept.")
    awaiting_approval: Annotated[Flag | None, NotNull] = Field(
        None, description="True waits for a person, false goes on."
    )

    @model_validator(mode="after")
    def _says_something(self) -> "MissionReport":
        if not self.activities and self.progress is None and not self.output_delta and self.awaiting_approval is None:
            raise PydanticCustomError(
                "empty", "must give at least one of activities, progress, outputDelta and awaitingApproval"
            )
        return self


class MissionComplete(Input):
    """How a mission ended well."""

    summary: Summary | None = None


class MissionFail(Input):
    """Why a mission did not end well."""

    error: LongText
