"""Missions: what an agent is asked to do, and what it reports while it does it."""

from datetime import datetime
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.enums import MissionActivityKind, MissionReason, MissionStatus, MissionWait
from models.facts import FILTER, GRAPH, REST, SHOWN, Facts
from models.ids import Kind
from models.records import MissionActivityRecord, MissionRecord

MAX_STEPS = 20
"""Turns that a model may take, where nothing else is said."""


@kind(0x72)
class Mission(Stored[MissionRecord]):
    """A mission. `progress` is 0 to 1; `started_at` is set when an agent claims it, `finished_at` at a final status.

    What the built-in runtime needs beside it is in its `MissionRun`, for as long as it is not finished. `charged_to`
    are the missions that have led to it, each with who asked for it: what its model costs counts for them as well.
    `cause` is the automation that has, as of a `LoggedEvent`. One that its agent has claimed, to drive it from outside,
    is its agent's until `lease_until` while it runs; `lapses` counts how often nothing was heard of it until then, None
    for one that nobody has claimed, and `claimed_from` is whose it was before, if another's. `chain` counts the
    missions in a row before it that no person has begun, `card_count` the cards that were created in it, where it is a
    run of a discovery engine; one that was `handed_over` goes on in another. One that is `confined` reads and changes
    nothing outside of its project: it was begun by what is bound to that, or follows from such a one. `max_seconds` is
    what its card gave as it was asked, so that it has to end by `ends_by` once somebody works on it, later by as long
    as it waits for others, now `waits_since` (`resolvers.state.mission_time`).
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.MISSION))
    workspace_id: Annotated[PydanticObjectId, Facts("The workspace of its agent.")]
    agent_id: Annotated[PydanticObjectId, Facts("Whom it is for.", SHOWN | FILTER)]
    project_id: Annotated[PydanticObjectId | None, Facts("The project of that card.")] = None
    card_id: Annotated[PydanticObjectId | None, Facts("The card that it is about.", SHOWN | FILTER)] = None
    prompt: Annotated[str, Facts("What is asked.")]
    status: Annotated[MissionStatus, Facts("Where it stands.", SHOWN | FILTER)] = MissionStatus.QUEUED
    waiting_for: Annotated[MissionWait | None, Facts("What it waits for, where it does not go on.")] = None
    progress: Annotated[float, Facts("How far it is, 0 to 1.")] = 0.0
    plan: Annotated[str | None, Facts("What its agent is about to do, as a Markdown list.")] = None
    summary: Annotated[str | None, Facts("What came of it, once it is completed.")] = None
    error: Annotated[str | None, Facts("Why it failed.")] = None
    created_by: Annotated[PydanticObjectId, Facts("Who asked.", refers=Kind.USER)]
    continues_id: Annotated[
        PydanticObjectId | None, Facts("The mission that it goes on from.", refers=Kind.MISSION)
    ] = None
    reason: Annotated[
        MissionReason | None, Facts("What has begun it, where it is a run of its card's board.", GRAPH)
    ] = None
    column_id: Annotated[
        PydanticObjectId | None, Facts("The column that its card stood in then.", GRAPH, refers=Kind.COLUMN)
    ] = None
    engine_id: Annotated[
        PydanticObjectId | None,
        Facts("The discovery engine that it is a run of.", GRAPH, refers=Kind.DISCOVERY_ENGINE),
    ] = None
    card_count: int = 0
    handed_over: bool = False
    chain: int = 0
    confined: bool = False
    charged_to: list[PydanticObjectId] = Field(default_factory=list)
    cause: dict[str, Any] | None = None
    lease_until: datetime | None = None
    lapses: int | None = None
    claimed_from: PydanticObjectId | None = None
    model: Annotated[str | None, Facts("The model that last worked on it.")] = None
    step_count: Annotated[int, Facts("How many turns its model has taken.")] = 0
    max_steps: Annotated[int, Facts("How many turns its model may take.")] = MAX_STEPS
    max_seconds: int | None = None
    ends_by: datetime | None = None
    waits_since: datetime | None = None
    deadline: Annotated[datetime | None, Facts("When it fails, unless it has ended by then.")] = None
    activity_count: Annotated[int, Facts("How many reports there are.", REST)] = 0
    created_at: Annotated[datetime, Facts("When it was asked.", SHOWN | FILTER)] = Field(default_factory=utc_now)
    started_at: Annotated[datetime | None, Facts("When the agent claimed it.")] = None
    finished_at: Annotated[datetime | None, Facts("When it ended.")] = None

    class Settings:
        name = "missions"
        indexes = [
            IndexModel([("workspace_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("status", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("agent_id", ASCENDING), ("status", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("agent_id", ASCENDING), ("status", ASCENDING), ("chain", DESCENDING)]),
            IndexModel([("agent_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("card_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("card_id", ASCENDING), ("status", ASCENDING)]),
            IndexModel([("project_id", ASCENDING)]),
            IndexModel(
                [("status", ASCENDING), ("_id", ASCENDING)], partialFilterExpression={"waiting_for": "credential"}
            ),
            IndexModel([("lease_until", ASCENDING)], partialFilterExpression={"lease_until": {"$type": "date"}}),
        ]


@kind(0x73)
class MissionActivity(Stored[MissionActivityRecord]):
    """One report of an agent, or what a person wrote to it in between (`author_id`). `position` counts from 1 within
    its mission and gives the order. `card_id` is the mission's."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.MISSION_ACTIVITY))
    workspace_id: PydanticObjectId
    mission_id: PydanticObjectId
    card_id: PydanticObjectId | None = None
    position: Annotated[int, Facts("Its place among the reports of the mission, from 1.", REST)]
    kind: Annotated[MissionActivityKind, Facts("What is reported.")]
    content: Annotated[str, Facts("The text.")]
    tool: Annotated[str | None, Facts("The tool that an action used.")] = None
    created_at: Annotated[datetime, Facts("When it was reported.")] = Field(default_factory=utc_now)
    author_id: Annotated[
        PydanticObjectId | None, Facts("The person who wrote it; null for the agent itself.", refers=Kind.USER)
    ] = None
    data: Annotated[Any, Facts("Details, as the agent gave them.")] = None

    class Settings:
        name = "mission_activities"
        indexes = [
            IndexModel([("mission_id", ASCENDING), ("position", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("card_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("created_at", ASCENDING)]),
        ]
