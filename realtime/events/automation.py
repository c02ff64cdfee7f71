"""Events of automations."""

from typing import Annotated

from models.records import AutomationRecord, AutomationTraceRecord
from realtime.events.base import IN_PROJECT, Event, Id, Shown


class AutomationCreated(Event, topics=IN_PROJECT):
    """An automation was created."""

    automation: Annotated[AutomationRecord, Shown("The automation as it was then.")]


class AutomationUpdated(Event, topics=IN_PROJECT):
    """An automation was changed, enabled or disabled."""

    automation: Annotated[AutomationRecord, Shown("The automation as it was then.")]


class AutomationDeleted(Event, topics=IN_PROJECT):
    """An automation was deleted, with its traces."""

    deleted_id: Annotated[Id, Shown("The id of the automation.", name="automation_id")]
    project_id: Annotated[Id | None, Shown("The id of its project.")] = None


class AutomationRan(Event, topics=IN_PROJECT):
    """An automation was set off."""

    trace: Annotated[AutomationTraceRecord, Shown("What came of it.", of="AutomationTrace")]
