"""Agents: service users of a workspace that carry out missions."""

import models
from resolvers.mission import mission
from resolvers.skill.assign import skills_of
from resolvers.usage.sums import usage_of_agent
from schema.connection import Connection, window
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import MissionRef, SkillRef
from schema.usage import Usage, usage_range


@shows(models.Agent, "A service user of a workspace that carries out missions.")
class Agent(Node):
    skills: list[SkillRef] = edge(
        skills_of, needs=("skill_ids",), description="What it can read up on, in the order in which it got them."
    )
    usage: Usage = edge(usage_of_agent, arguments=usage_range, description="What its models have cost.")
    missions: Connection[MissionRef] = edge(
        mission.missions_of_agent, arguments=window, description="Its missions, newest first."
    )
