"""Inputs of the operations on automations."""

from enum import StrEnum
from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from models import Automation
from models.enums import AutomationTrigger
from models.errors import BadUserInput
from models.facts import CREATE, UPDATE
from models.json import check_json
from models.limits import Text
from resolvers.kit.fields import fields_of
from resolvers.kit.input import Input, Name, NotNull, ProjectId, Prose, UserId

MAX_AUTOMATIONS = 100
"""Of one project."""
MAX_BYTES = 32 * 1024
"""Of conditions, and of an action, as JSON."""
MAX_NOTIFIED = 50

_CONDITIONS = "Which cards: a `CardFilter` as JSON, with `from` and `to` for what changed; a bare value is equal to."
_ACTION = "What it does: an object with its `type`, and the arguments of the operation that it runs."


def _object(value: Any) -> Any:
    if not isinstance(value, dict):
        raise PydanticCustomError("object", "must be an object")
    try:
        check_json(value, field="")
    except BadUserInput as error:
        raise PydanticCustomError("json", "{reason}", {"reason": error.message}) from error
    if len(orjson.dumps(value)) > MAX_BYTES:
        raise PydanticCustomError("json", "must have at most 32 KB as JSON")
    return value


Object = Annotated[Any, AfterValidator(_object), WithJsonSchema({"type": "object"})]


class Role(StrEnum):
    """What those are who are told of a card: to its project, to it, or to the automation."""

    MEMBERS = "members"
    ASSIGNEE = "assignee"
    CREATOR = "creator"
    OWNER = "owner"


@fields_of(Automation, CREATE)
class AutomationCreate(Input):
    """A new automation of a project."""

    project_id: ProjectId = Field(description="The project whose cards it is about; it has at most 100.")
    name: Name | None = Field(None, description="The name, 1 to 100 characters; made of what it does without one.")
    trigger: AutomationTrigger = Field(description="What it waits for.")
    conditions: Object = Field(default_factory=dict, description=_CONDITIONS)
    action: Object = Field(description=_ACTION)


@fields_of(Automation, UPDATE)
class AutomationUpdate(Input):
    """What changes of an automation; it acts in the name of whoever changes it from then on."""

    conditions: Annotated[Object | None, NotNull] = Field(None, description=_CONDITIONS)
    action: Annotated[Object | None, NotNull] = Field(None, description=_ACTION)


class Notice(Input):
    """Who is told of the card, and what."""

    to: Annotated[list[Role | UserId], Field(min_length=1, max_length=MAX_NOTIFIED)] = Field(
        [Role.MEMBERS],
        description="Members of the workspace, by their ids or by what they are; the project's members without any.",
    )
    message: Annotated[str, Text(1, 500), Prose] | None = Field(None, description="What they are told beside the card.")
