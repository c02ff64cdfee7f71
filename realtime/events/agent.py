"""Events of agents."""

from typing import Annotated

from models.enums import TokenScope
from models.records import AgentRecord
from realtime.events.base import Event, Id, Shown, Topic


class AgentEvent(Event, topics=(Topic.WORKSPACE,), token_scope=TokenScope.PILOTAGE_READ, abstract=True):
    """An event about an agent."""


class AgentCreated(AgentEvent):
    """An agent was created."""

    agent: Annotated[AgentRecord, Shown("The agent as it was then.")]


class AgentUpdated(AgentEvent):
    """An agent changed."""

    agent: Annotated[AgentRecord, Shown("The agent as it was then.")]


class AgentDeleted(AgentEvent):
    """An agent was deleted."""

    deleted_id: Annotated[Id, Shown("The id of the agent.", name="agent_id")]
