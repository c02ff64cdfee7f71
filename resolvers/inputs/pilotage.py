"""Inputs of the operations on what a workspace steers by."""

from typing import Annotated

from bson import ObjectId
from pydantic import Field

from models import Decision, Objective, PilotageDocument, PilotagePriority, StandingOrder, Todo
from models.facts import CREATE, UPDATE
from models.ids import Kind
from models.pilotage_enums import PilotageIntent
from resolvers.kit.fields import fields_of
from resolvers.kit.input import AgentId, IdOf, Input, WorkspaceId

ObjectiveId = Annotated[ObjectId, IdOf(Kind.OBJECTIVE)]
PriorityId = Annotated[ObjectId, IdOf(Kind.PILOTAGE_PRIORITY)]


class Inside(Input):
    """Something new of a workspace."""

    workspace_id: WorkspaceId = Field(description="The workspace that it belongs to.")


@fields_of(Objective, CREATE)
class ObjectiveCreate(Inside):
    """A new objective."""


@fields_of(Objective, UPDATE)
class ObjectiveUpdate(Input):
    """What changes of an objective."""


@fields_of(PilotagePriority, CREATE)
class PilotagePriorityCreate(Inside):
    """A new priority."""


@fields_of(PilotagePriority, UPDATE)
class PilotagePriorityUpdate(Input):
    """What changes of a priority."""


@fields_of(Todo, CREATE)
class TodoCreate(Inside):
    """A new todo."""

    objective_id: ObjectiveId | None = Field(None, description="The objective that it serves.")
    priority_id: PriorityId | None = Field(None, description="The priority that it belongs to.")


@fields_of(Todo, UPDATE)
class TodoUpdate(Input):
    """What changes of a todo."""

    objective_id: ObjectiveId | None = Field(None, description="The objective that it serves; null clears it.")
    priority_id: PriorityId | None = Field(None, description="The priority that it belongs to; null clears it.")


@fields_of(Decision, CREATE)
class DecisionCreate(Inside):
    """A new decision."""


@fields_of(Decision, UPDATE)
class DecisionUpdate(Input):
    """What changes of a decision."""


@fields_of(PilotageDocument, CREATE)
class PilotageDocumentCreate(Inside):
    """A document that counts from now on."""


@fields_of(PilotageDocument, UPDATE)
class PilotageDocumentUpdate(Input):
    """What changes of a document that counts."""


@fields_of(StandingOrder, CREATE)
class StandingOrderCreate(Inside):
    """A new standing order."""

    agent_id: AgentId | None = Field(None, description="Whose it is alone; null for all agents.")


@fields_of(StandingOrder, UPDATE)
class StandingOrderUpdate(Input):
    """What changes of a standing order."""

    agent_id: AgentId | None = Field(None, description="Whose it is alone; null for all agents.")


class BriefingCreate(Input):
    """A new briefing."""

    agent_id: AgentId = Field(description="Who writes it.")
    intent: PilotageIntent = Field(PilotageIntent.WEEKLY_REVIEW, description="What it is read for.")
