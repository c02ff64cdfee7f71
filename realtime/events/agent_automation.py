"""Events of the automations of agents."""

from typing import Annotated

from models.enums import TokenScope
from models.records import AgentAutomationRecord
from realtime.events.base import Event, Id, Shown, Topic


class AgentAutomationEvent(Event, topics=(Topic.WORKSPACE,), token_scope=TokenScope.PILOTAGE_READ, abstract=True):
    """An event about an automation of an agent."""


class AgentAutomationCreated(AgentAutomationEvent):
    """An automation of an agent was recorded."""

    agent_automation: Annotated[AgentAutomationRecord, Shown("The automation as it was then; its file as it is now.")]


class AgentAutomationUpdated(AgentAutomationEvent):
    """What is recorded of an automation of an agent changed."""

    agent_automation: Annotated[AgentAutomationRecord, Shown("The automation as it was then; its file as it is now.")]


class AgentAutomationDeleted(AgentAutomationEvent):
    """An automation of an agent is not recorded any more."""

    deleted_id: Annotated[Id, Shown("The id of the automation.", name="agent_automation_id")]
