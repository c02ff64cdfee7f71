"""Automations: what a project does by itself when something happens to its cards, and what came of it."""

from datetime import datetime
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Recorded, Stored, UpdatedAt, id_factory, kind, utc_now
from models.enums import AutomationStatus, AutomationStop, AutomationTrigger, TokenScope
from models.facts import REST, SHOWN, UPDATE, WRITTEN, Facts
from models.ids import Kind
from models.limits import NAME
from models.records import AutomationProgressRecord, AutomationRecord, AutomationTraceRecord


@kind(0xB1)
class Automation(Stored[AutomationRecord]):
    """A rule of a project. `conditions` and `action` are as clients wrote them (`resolvers.automation.conditions`,
    `resolvers.automation.action`). What was told in the workspace up to `since` was before it was as it is. It acts
    with the `scopes` that its owner had when they changed it: those of a token, or all.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.AUTOMATION))
    workspace_id: PydanticObjectId
    project_id: Annotated[PydanticObjectId, Facts("The project whose cards it is about.", refers=Kind.PROJECT)]
    name: Annotated[str, Facts("The name.", SHOWN | UPDATE, text=NAME)]
    trigger: Annotated[AutomationTrigger, Facts("What it waits for.", SHOWN | WRITTEN)]
    conditions: Annotated[
        dict[str, Any],
        Facts("Which cards: a `CardFilter` as JSON, with `from` and `to` for what changed; a bare value is equal to."),
    ] = Field(default_factory=dict)
    action: Annotated[dict[str, Any], Facts("What it does: its `type`, with the arguments of the operation.")]
    enabled: Annotated[bool, Facts("Whether it is at work.", SHOWN | WRITTEN)] = True
    disabled_reason: Annotated[
        AutomationStop | None, Facts("Why it was disabled by itself; null where nobody but people did it.")
    ] = None
    owner_id: Annotated[
        PydanticObjectId, Facts("Who changed it last: it acts in their name, with their rights.", refers=Kind.USER)
    ]
    scopes: list[TokenScope]
    since: int
    created_at: Annotated[datetime, Facts("When it was created.")] = Field(default_factory=utc_now)
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "automations"
        indexes = [
            IndexModel([("project_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("enabled", ASCENDING), ("trigger", ASCENDING)]),
        ]


@kind(0xB2)
class AutomationTrace(Stored[AutomationTraceRecord]):
    """What came of one event for one automation. Its id follows from the two, so that there is one at most,
    and those of an automation sort by the time of the event.

    `event_id` is the event in the log or, of a due date, an id that follows from the card and the date.
    """

    id: PydanticObjectId
    workspace_id: PydanticObjectId
    project_id: PydanticObjectId
    automation_id: PydanticObjectId
    event_id: Annotated[PydanticObjectId, Facts("What has set it off.", REST)]
    card_id: Annotated[PydanticObjectId, Facts("The card that it was about.", REST)]
    actor_id: Annotated[PydanticObjectId, Facts("In whose name it acted.", refers=Kind.USER)]
    status: Annotated[AutomationStatus, Facts("What came of it.")]
    error: Annotated[str | None, Facts("Why it failed.")] = None
    created_at: Annotated[datetime, Facts("When it was.")] = Field(default_factory=utc_now)

    class Settings:
        name = "automation_traces"
        indexes = [
            IndexModel([("automation_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("automation_id", ASCENDING), ("created_at", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("project_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("created_at", ASCENDING)]),
        ]


class AutomationProgress(Recorded[AutomationProgressRecord]):
    """How far the automations of a workspace have come in its history; `_id` is the workspace.

    All up to `seq` was seen, and dates up to `due_through`, null where no automation waits for one. `version` counts
    the changes of automations, and `is_followed` tells whether one is enabled.
    """

    id: PydanticObjectId
    seq: int
    version: int = 1
    is_followed: bool = True
    due_through: datetime | None = None

    class Settings:
        name = "automation_progress"
        indexes = [IndexModel([("is_followed", ASCENDING), ("_id", ASCENDING)])]
