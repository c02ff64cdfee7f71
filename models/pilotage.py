"""What a workspace steers by: objectives, priorities, todos, decisions, the documents that count, standing orders."""

from datetime import datetime
from typing import Annotated

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel

from models.base import Stored, UpdatedAt, id_factory, kind, utc_now
from models.facts import FILTER, GRAPH, SHOWN, WRITTEN, Facts
from models.ids import Kind
from models.limits import MARKDOWN, NAME, TITLE, Text
from models.number import Number, number_index
from models.pilotage_enums import ObjectiveStatus, PilotageSource, TodoStatus
from models.records import (
    DecisionRecord,
    ObjectiveRecord,
    PilotageDocumentRecord,
    PilotagePriorityRecord,
    StandingOrderRecord,
    TodoRecord,
)

REASON = Text(0, 200)
ORDER = Text(1, 1000)

Creator = Annotated[PydanticObjectId, Facts("Who made it.", GRAPH, refers=Kind.USER)]
Module = Annotated[str | None, Facts("The part of the product that it is about.", SHOWN | WRITTEN, text=NAME)]
DoneAt = Annotated[datetime | None, Facts("When it was done; null for what is not.")]
DoneCycle = Annotated[int | None, Facts("The cycle in which it was done.", GRAPH)]

IN_WORKSPACE = IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)])
OPEN_AND_DONE = IndexModel([("workspace_id", ASCENDING), ("done_at", DESCENDING), ("_id", DESCENDING)])
"""What is open has no moment; what is done is looked for from the end."""


@kind(0xA1)
class Objective(Stored[ObjectiveRecord]):
    """Something that a workspace wants to reach. `done_at` and `done_cycle` are set as long as its status is DONE."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.OBJECTIVE))
    workspace_id: PydanticObjectId
    objective: Annotated[str, Facts("What is to be reached.", SHOWN | WRITTEN, text=TITLE)]
    module: Module = None
    status: Annotated[ObjectiveStatus, Facts("Where it stands.", SHOWN | WRITTEN | FILTER)] = ObjectiveStatus.TO_LAUNCH
    blocked_reason: Annotated[
        str | None,
        Facts("Why it cannot go on; another status than BLOCKED clears it.", SHOWN | WRITTEN, text=REASON),
    ] = None
    created_by: Creator
    updated_at: UpdatedAt = Field(default_factory=utc_now)
    done_at: DoneAt = None
    done_cycle: DoneCycle = None

    class Settings:
        name = "objectives"
        indexes = [IN_WORKSPACE, OPEN_AND_DONE]


@kind(0xA2)
class PilotagePriority(Stored[PilotagePriorityRecord]):
    """Something that comes before the rest. Few are active at a time: there is a warning above four."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.PILOTAGE_PRIORITY))
    workspace_id: PydanticObjectId
    label: Annotated[str, Facts("What comes first.", SHOWN | WRITTEN, text=TITLE)]
    module: Module = None
    active: Annotated[bool, Facts("Whether it holds now.", SHOWN | WRITTEN | FILTER)] = True
    created_by: Creator
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "pilotage_priorities"
        indexes = [IN_WORKSPACE]


@kind(0xA3)
class Todo(Stored[TodoRecord]):
    """A step towards an objective or a priority, or by itself. `done_at` and `done_cycle` are those of an objective."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.TODO))
    workspace_id: PydanticObjectId
    label: Annotated[str, Facts("What is to be done.", SHOWN | WRITTEN, text=TITLE)]
    status: Annotated[TodoStatus, Facts("Where it stands.", SHOWN | WRITTEN | FILTER)] = TodoStatus.TODO
    objective_id: Annotated[
        PydanticObjectId | None,
        Facts("The objective that it serves.", GRAPH | FILTER, refers=Kind.OBJECTIVE),
    ] = None
    priority_id: Annotated[
        PydanticObjectId | None,
        Facts("The priority that it belongs to.", SHOWN | FILTER, refers=Kind.PILOTAGE_PRIORITY),
    ] = None
    created_by: Creator
    updated_at: UpdatedAt = Field(default_factory=utc_now)
    done_at: DoneAt = None
    done_cycle: DoneCycle = None

    class Settings:
        name = "todos"
        indexes = [
            IN_WORKSPACE,
            OPEN_AND_DONE,
            IndexModel([("objective_id", ASCENDING)]),
            IndexModel([("priority_id", ASCENDING)]),
        ]


@kind(0xA4)
class Decision(Stored[DecisionRecord]):
    """What was decided. `cycle` is the one in which it was."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.DECISION))
    workspace_id: PydanticObjectId
    title: Annotated[str, Facts("What was decided.", SHOWN | WRITTEN, text=TITLE)]
    impact: Annotated[str | None, Facts("What follows from it, as Markdown.", SHOWN | WRITTEN, text=MARKDOWN)] = None
    cycle: Annotated[int, Facts("The cycle in which it was decided.", GRAPH)]
    created_by: Creator
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "decisions"
        indexes = [IN_WORKSPACE]


@kind(0xA5)
class PilotageDocument(Stored[PilotageDocumentRecord]):
    """A document that counts at present, wherever it is kept: its title, and who looks after it."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.PILOTAGE_DOCUMENT))
    workspace_id: PydanticObjectId
    title: Annotated[str, Facts("The title.", SHOWN | WRITTEN, text=TITLE)]
    owner: Annotated[str | None, Facts("The name of who looks after it.", SHOWN | WRITTEN, text=NAME)] = None
    source_type: Annotated[PilotageSource | None, Facts("Whose concern it is.", SHOWN | WRITTEN)] = None
    created_by: Creator
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "pilotage_documents"
        indexes = [IN_WORKSPACE]


@kind(0xA6)
class StandingOrder(Stored[StandingOrderRecord]):
    """What agents always keep to: it stands in the prompt of every mission, or in those of one agent.

    A `permanent` one cannot be deleted as long as it is that.
    """

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.STANDING_ORDER))
    number: Number = None
    workspace_id: PydanticObjectId
    agent_id: Annotated[
        PydanticObjectId | None, Facts("Whose it is alone; null for all agents.", GRAPH | FILTER, refers=Kind.AGENT)
    ] = None
    text: Annotated[str, Facts("What is to be kept to.", SHOWN | WRITTEN, text=ORDER)]
    category: Annotated[str | None, Facts("What it is about, in a word.", SHOWN | WRITTEN | FILTER, text=NAME)] = None
    active: Annotated[bool, Facts("Whether it holds now.", SHOWN | WRITTEN | FILTER)] = True
    permanent: Annotated[bool, Facts("Whether it is kept from being deleted.", SHOWN | WRITTEN | FILTER)] = False
    created_by: Creator
    updated_at: UpdatedAt = Field(default_factory=utc_now)

    class Settings:
        name = "standing_orders"
        indexes = [IN_WORKSPACE, number_index("workspace_id")]


__all__ = ["Decision", "Objective", "PilotageDocument", "PilotagePriority", "StandingOrder", "Todo"]
