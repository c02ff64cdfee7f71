"""Labels: coloured tags of a project's cards."""

import models
from schema.fields import shows
from schema.node import Node


@shows(models.Label, "A coloured tag for the cards of a project.", without=("created_at",))
class Label(Node):
    pass
