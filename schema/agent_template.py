"""Templates of agents."""

import models
from resolvers.agent.agent_template import agent_templates_of
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import WorkspaceRef


@shows(models.AgentTemplate, "What new agents of a workspace can begin with.")
class AgentTemplate(Node):
    pass


@extends(WorkspaceRef, after="agent_queues")
class OfWorkspace:
    agent_templates: list[AgentTemplate] = edge(
        agent_templates_of, description="What its agents can begin with, archived templates too, in their order."
    )
