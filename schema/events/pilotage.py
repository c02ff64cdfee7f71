"""Events of agents and missions."""

import strawberry

from schema.agent import Agent
from schema.enums import MissionStatus
from schema.events.base import ActorRef, Event, actor, carried, event
from schema.mission import Mission, MissionActivity


@event("An agent was created.")
class AgentCreated(Event):
    actor: ActorRef = actor()
    agent: Agent = carried("The agent as it was then.")


@event("An agent changed.")
class AgentUpdated(Event):
    actor: ActorRef = actor()
    agent: Agent = carried("The agent as it was then.")


@event("An agent was deleted.")
class AgentDeleted(Event):
    actor: ActorRef = actor()
    agent_id: strawberry.ID = carried("The id of the agent.", key="deleted_id")


@event("A mission was created, or came to another status.")
class MissionStatusChanged(Event):
    actor: ActorRef = actor()
    mission: Mission = carried("The mission as it was then.")
    from_: MissionStatus | None = carried("Where it stood; null for a new one.", key="from_status", name="from")
    to: MissionStatus = carried("Where it stands.", key="to_status")


@event("A mission came further.")
class MissionProgressed(Event):
    actor: ActorRef = actor()
    mission: Mission = carried("The mission as it was then.")


@event("An agent reported something.")
class MissionActivityAdded(Event):
    actor: ActorRef = actor()
    mission: Mission = carried("The mission as it was after the whole report.")
    activity: MissionActivity = carried("What was reported.")


@event("Text that an agent is writing. It is not kept, so it is never replayed.")
class MissionOutputDelta(Event):
    text: str = carried("What follows on the text so far.")
