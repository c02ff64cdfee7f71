"""What people have set for themselves."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, kind, utc_now
from models.enums import ActivityType
from models.facts import GRAPH, Facts
from models.ids import Kind
from models.records import PanelStateRecord, PreferencesRecord

KEPT = timedelta(days=400)
"""How long the state of panels is kept that nobody changes."""


@kind(0xD4)
class Preferences(Stored[PreferencesRecord]):
    """What a person has set. Its `id` follows from the person, who has set nothing as long as it is not there.

    `settings` and `shortcuts` are the clients': the gateway keeps them, and reads nothing in them.
    """

    id: PydanticObjectId
    user_id: PydanticObjectId
    settings: Annotated[dict[str, Any], Facts("What clients keep of how the person wants to see things.", GRAPH)] = (
        Field(default_factory=dict)
    )
    shortcuts: Annotated[dict[str, Any], Facts("The keys of what is done by the keyboard, by its name.", GRAPH)] = (
        Field(default_factory=dict)
    )
    muted_activities: Annotated[list[ActivityType], Facts("What the person is not notified of.", GRAPH)] = Field(
        default_factory=list
    )
    project_order: list[PydanticObjectId] = Field(default_factory=list)
    last_project_id: Annotated[
        PydanticObjectId | None, Facts("The project that they opened last.", GRAPH, refers=Kind.PROJECT)
    ] = None

    class Settings:
        name = "preferences"
        indexes = [IndexModel([("user_id", ASCENDING)])]


@kind(0xD7)
class PanelState(Stored[PanelStateRecord]):
    """How a person has left the panels of a card. Its `id` follows from the person and the card."""

    id: PydanticObjectId
    user_id: PydanticObjectId
    project_id: PydanticObjectId
    card_id: Annotated[PydanticObjectId, Facts("The card.", GRAPH, refers=Kind.CARD)]
    state: Annotated[Any, Facts("What the client keeps of its panels.", GRAPH)] = None
    updated_at: datetime = Field(default_factory=utc_now)

    class Settings:
        name = "panel_states"
        indexes = [
            IndexModel([("user_id", ASCENDING), ("project_id", ASCENDING)]),
            IndexModel([("updated_at", ASCENDING)], expireAfterSeconds=int(KEPT.total_seconds())),
        ]
