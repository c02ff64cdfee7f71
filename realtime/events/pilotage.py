"""Events of what a workspace steers by."""

from typing import Annotated

from models.enums import TokenScope
from models.records import (
    DecisionRecord,
    ObjectiveRecord,
    PilotageDocumentRecord,
    PilotagePriorityRecord,
    StandingOrderRecord,
    TodoRecord,
    WorkspaceRecord,
)
from realtime.events.base import Event, Id, Shown, Topic


class PilotageEvent(Event, topics=(Topic.WORKSPACE,), token_scope=TokenScope.PILOTAGE_READ, abstract=True):
    """An event about the pilotage of a workspace."""


class PilotageCycleClosed(PilotageEvent):
    """A cycle of the pilotage was closed, and the next one began."""

    workspace: Annotated[WorkspaceRecord, Shown("The workspace as it was then.")]


class ObjectiveCreated(PilotageEvent):
    """An objective was set."""

    objective: Annotated[ObjectiveRecord, Shown("The objective as it was then.")]


class ObjectiveUpdated(PilotageEvent):
    """An objective changed."""

    objective: Annotated[ObjectiveRecord, Shown("The objective as it was then.")]


class ObjectiveDeleted(PilotageEvent):
    """An objective was deleted. Its todos stay, each with an event of its own."""

    deleted_id: Annotated[Id, Shown("The id of the objective.", name="objective_id")]


class PilotagePriorityCreated(PilotageEvent):
    """A priority was set."""

    pilotage_priority: Annotated[PilotagePriorityRecord, Shown("The priority as it was then.")]


class PilotagePriorityUpdated(PilotageEvent):
    """A priority changed."""

    pilotage_priority: Annotated[PilotagePriorityRecord, Shown("The priority as it was then.")]


class PilotagePriorityDeleted(PilotageEvent):
    """A priority was deleted. Its todos stay, each with an event of its own."""

    deleted_id: Annotated[Id, Shown("The id of the priority.", name="pilotage_priority_id")]


class TodoCreated(PilotageEvent):
    """A todo was created."""

    todo: Annotated[TodoRecord, Shown("The todo as it was then.")]


class TodoUpdated(PilotageEvent):
    """A todo changed."""

    todo: Annotated[TodoRecord, Shown("The todo as it was then.")]


class TodoDeleted(PilotageEvent):
    """A todo was deleted."""

    deleted_id: Annotated[Id, Shown("The id of the todo.", name="todo_id")]


class DecisionCreated(PilotageEvent):
    """A decision was recorded."""

    decision: Annotated[DecisionRecord, Shown("The decision as it was then.")]


class DecisionUpdated(PilotageEvent):
    """What is recorded of a decision changed."""

    decision: Annotated[DecisionRecord, Shown("The decision as it was then.")]


class DecisionDeleted(PilotageEvent):
    """A decision was deleted."""

    deleted_id: Annotated[Id, Shown("The id of the decision.", name="decision_id")]


class PilotageDocumentCreated(PilotageEvent):
    """A document was registered as one that counts."""

    pilotage_document: Annotated[PilotageDocumentRecord, Shown("The document as it was then.")]


class PilotageDocumentUpdated(PilotageEvent):
    """What is registered of a document changed."""

    pilotage_document: Annotated[PilotageDocumentRecord, Shown("The document as it was then.")]


class PilotageDocumentDeleted(PilotageEvent):
    """A document is not registered any more."""

    deleted_id: Annotated[Id, Shown("The id of the document.", name="pilotage_document_id")]


class StandingOrderCreated(PilotageEvent):
    """A standing order was given."""

    standing_order: Annotated[StandingOrderRecord, Shown("The standing order as it was then.")]


class StandingOrderUpdated(PilotageEvent):
    """A standing order changed."""

    standing_order: Annotated[StandingOrderRecord, Shown("The standing order as it was then.")]


class StandingOrderDeleted(PilotageEvent):
    """A standing order was deleted."""

    deleted_id: Annotated[Id, Shown("The id of the standing order.", name="standing_order_id")]
