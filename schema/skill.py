"""Skills: instructions for a kind of work."""

import models
from resolvers.skill.skill import skills_of_workspace
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import WorkspaceRef


@shows(models.Skill, "Instructions for a kind of work, which agents load when they need them.")
class Skill(Node):
    pass


@extends(WorkspaceRef, after="plugins")
class OfWorkspace:
    skills: list[Skill] = edge(skills_of_workspace, description="What its agents can be given to read up on.")
