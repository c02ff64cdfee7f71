"""Automations of agents."""

from datetime import datetime

import strawberry

import models
from resolvers.agent.agent_automation import agent_automations_of, automations_of_agent, file_of
from schema.connection import Connection, window_of
from schema.extension import extends
from schema.fields import shows
from schema.filters import AgentAutomationFilter
from schema.loading import edge
from schema.node import Node
from schema.references import AgentRef, WorkspaceRef


@strawberry.type(description="The file of an automation, on the gateway's machine at the moment.")
class AutomationFile:
    exists: bool = strawberry.field(description="Whether it is there.")
    modified_at: datetime | None = strawberry.field(description="When it was last changed.")


@shows(models.AgentAutomation, "What starts an agent on its machine, as somebody has recorded it.")
class AgentAutomation(Node):
    file: AutomationFile | None = edge(
        file_of,
        needs=("workspace_id", "path"),
        description="Its file as it is at the moment; null where the gateway does not look.",
    )


@extends(AgentRef, after="skills")
class OfAgent:
    automations: list[AgentAutomation] = edge(
        automations_of_agent, description="What starts it on its machine, as somebody has recorded it, oldest first."
    )


@extends(WorkspaceRef, after="agent_templates")
class OfWorkspace:
    agent_automations: Connection[AgentAutomation] = edge(
        agent_automations_of,
        arguments=window_of(AgentAutomationFilter),
        description="What starts its agents, oldest first.",
    )
