"""Skills: instructions for a kind of work."""

import models
from schema.fields import shows
from schema.node import Node


@shows(models.Skill, "Instructions for a kind of work, which agents load when they need them.")
class Skill(Node):
    pass
