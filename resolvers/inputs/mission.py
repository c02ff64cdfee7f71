"""Inputs of the operations on missions."""

from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from models.enums import MissionActivityKind
from models.errors import BadUserInput
from models.json import check_json
from models.limits import Text
from resolvers.kit.input import AgentId, CardId, Flag, Input, NotNull, Prose

MAX_ACTIVITIES = 50
MAX_DATA_BYTES = 64 * 1024

LongText = Annotated[str, Text(1, 20_000, strip=False), Prose]
Summary = Annotated[str, Text(0, 20_000, strip=False), Prose]
Progress = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]


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
    prompt: LongText = Field(description="What is asked.")


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
