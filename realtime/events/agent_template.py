"""Events of the templates of agents."""

from typing import Annotated

from models.enums import TokenScope
from models.records import AgentTemplateRecord
from realtime.events.base import Event, Id, Shown, Topic


class AgentTemplateEvent(Event, topics=(Topic.WORKSPACE,), token_scope=TokenScope.PILOTAGE_READ, abstract=True):
    """An event about a template of agents."""


class AgentTemplateCreated(AgentTemplateEvent):
    """A template of agents was created."""

    agent_template: Annotated[AgentTemplateRecord, Shown("The template as it was then.")]


class AgentTemplateUpdated(AgentTemplateEvent):
    """A template of agents changed, was archived or brought back."""

    agent_template: Annotated[AgentTemplateRecord, Shown("The template as it was then.")]


class AgentTemplateDeleted(AgentTemplateEvent):
    """A template of agents was deleted."""

    deleted_id: Annotated[Id, Shown("The id of the template.", name="agent_template_id")]
