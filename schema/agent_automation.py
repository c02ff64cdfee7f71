"""Automations of agents."""

from datetime import datetime

import strawberry

import models
from resolvers.agent.agent_automation import file_of
from schema.fields import shows
from schema.loading import edge
from schema.node import Node


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
