"""Inputs of the operations on automations of agents."""

from typing import Annotated

from pydantic import Field

from models import AgentAutomation
from models.facts import CREATE, UPDATE
from resolvers.kit.fields import fields_of
from resolvers.kit.input import AgentId, Input, NotNull, WorkspaceId

MAX_AGENT_AUTOMATIONS = 2_000
"""Of one workspace: an agent that is set up has two, and there may be 500."""


@fields_of(AgentAutomation, CREATE)
class AgentAutomationCreate(Input):
    """A new automation of an agent."""

    workspace_id: WorkspaceId = Field(description="The workspace that it belongs to.")
    agent_id: AgentId = Field(description="The agent that it starts.")


@fields_of(AgentAutomation, UPDATE)
class AgentAutomationUpdate(Input):
    """What changes of an automation of an agent."""

    agent_id: Annotated[AgentId | None, NotNull] = Field(None, description="The agent that it starts.")
