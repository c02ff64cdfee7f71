"""Comments on cards."""

import models
from schema.fields import shows
from schema.node import Node


@shows(models.Comment, "A comment on a card.")
class Comment(Node):
    pass
