"""Agents: service users of a workspace that carry out missions."""

import models
from resolvers.mission import mission
from schema.connection import Connection, window
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import MissionRef


@shows(models.Agent, "A service user of a workspace that carries out missions.")
class Agent(Node):
    missions: Connection[MissionRef] = edge(
        mission.missions_of_agent, arguments=window, description="Its missions, newest first."
    )
