"""Templates of agents."""

import models
from schema.fields import shows
from schema.node import Node


@shows(models.AgentTemplate, "What new agents of a workspace can begin with.")
class AgentTemplate(Node):
    pass
