"""Scopes: work packages of a project."""

import models
from models.enums import ViewType
from resolvers.column import scope as scope_edges
from resolvers.figures import roadmap, stats
from schema.extension import extends
from schema.fields import shows
from schema.loading import derived, edge
from schema.node import Node
from schema.references import ProjectRef
from schema.roadmap import Roadmap
from schema.stats import Stats, stats_range


@shows(models.Scope, "A work package or phase of a project, with a board and views of its own.")
class Scope(Node):
    views: list[ViewType] = derived(lambda _: list(ViewType), description="The views that it can be shown in.")
    progress: float = edge(
        scope_edges.progress_of,
        description="Done cards over all cards, 0 to 1; done is what stands in a column that is done.",
    )
    roadmap: Roadmap = edge(roadmap.roadmap_of_scope, description="Its cards in time, and what waits for what.")
    stats: Stats = edge(
        stats.stats_of_scope,
        arguments=stats_range,
        description="Figures of its cards: as they are now, and over time.",
    )


@extends(ProjectRef, after="credential")
class OfProject:
    scopes: list[Scope] = edge(scope_edges.scopes_of, description="Its work packages, in order.")
