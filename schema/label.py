"""Labels: coloured tags of a project's cards."""

import models
from resolvers.card.graph import labels_of_project
from schema.extension import extends
from schema.fields import shows
from schema.loading import edge
from schema.node import Node
from schema.references import ProjectRef


@shows(models.Label, "A coloured tag for the cards of a project.", without=("created_at",))
class Label(Node):
    pass


@extends(ProjectRef, after="custom_fields")
class OfProject:
    labels: list[Label] = edge(labels_of_project, description="Its labels, by name.")
