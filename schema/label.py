"""Labels: coloured tags of a project's cards."""

import models
from resolvers.column import scope as scope_edges
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import ProjectRef


@shows(models.Label, "A coloured tag for the cards of a project.", without=("created_at",))
class Label(Node):
    project: ProjectRef = edge(scope_edges.project_of)
