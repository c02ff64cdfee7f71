"""Inputs of the operations on what people set for themselves."""

from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from models.enums import ActivityType
from models.errors import BadUserInput
from models.ids import Kind, parse_id
from models.json import check_json
from models.limits import Text
from resolvers.kit.input import Input, OrganizationId, ProjectId

MAX_SETTINGS = 200
MAX_SHORTCUTS = 200
MAX_SETTINGS_BYTES = 16_384
MAX_STATE_BYTES = 4_096
MAX_STATES = 100
MAX_PROJECTS = 1_000


def size_of(value: Any) -> int:
    """How many bytes a value takes as JSON."""
    return len(orjson.dumps(value))


def _plain(value: Any) -> Any:
    try:
        return check_json(value, field="")
    except BadUserInput as error:
        raise PydanticCustomError("json", "{reason}", {"reason": error.message}) from error


def _states(value: dict[str, Any]) -> dict[str, Any]:
    for card_id, state in _plain(value).items():
        try:
            parse_id(card_id, Kind.CARD)
        except BadUserInput as error:
            raise PydanticCustomError("card", "has a key that is not the id of a card") from error
        if size_of(state) > MAX_STATE_BYTES:
            raise PydanticCustomError("size", "has a state of more than 4,096 bytes")
    return value


Key = Annotated[str, Text(1, 100)]
Settings = Annotated[dict[str, Any], Field(max_length=MAX_SETTINGS), AfterValidator(_plain)]
Shortcuts = Annotated[dict[Key, Any], Field(max_length=MAX_SHORTCUTS), AfterValidator(_plain)]
Activities = Annotated[list[ActivityType], Field(max_length=len(ActivityType))]
States = Annotated[dict[str, Any], Field(max_length=MAX_STATES), AfterValidator(_states)]


class PreferencesUpdate(Input):
    """What a person sets.

    Only what is given changes. `settings` and `shortcuts` are put over what is there, key by key: null takes a key
    away, and null in place of all of them takes all away.
    """

    settings: Settings | None = Field(
        None, description="What clients keep of how the person wants to see things; 16 KB and 200 keys in all."
    )
    shortcuts: Shortcuts | None = Field(
        None, description="The keys of what is done by the keyboard, by its name; 16 KB and 200 in all."
    )
    muted_activities: Activities | None = Field(
        None, description="What the person is not notified of, in place of what was; null for nothing."
    )
    mute: Activities | None = Field(None, description="What the person is not notified of any more.")
    unmute: Activities | None = Field(None, description="What the person is notified of again.")


class ProjectReorder(Input):
    """The projects of the caller in the order that they are to be listed in for them."""

    organization_id: OrganizationId | None = Field(
        None, description="The organization whose projects they are; without one all that the caller is a member of."
    )
    ids: Annotated[list[ProjectId], Field(max_length=MAX_PROJECTS)] = Field(
        description="All of the projects, each once."
    )


class PanelStatesUpdate(Input):
    """How the panels of cards are left."""

    project_id: ProjectId = Field(description="The project of the cards.")
    states: States = Field(
        description="What to keep, by the id of the card; null takes one away. At most 100, of 4,096 bytes each."
    )
