"""What people have set for themselves."""

import strawberry

import models
from resolvers.preferences import preferences as edges
from schema.fields import shows
from schema.loading import derived, edge
from schema.references import ProjectRef


@shows(models.Preferences, "What a person has set for themselves.", without=("created_at",))
class Preferences:
    last_project: ProjectRef | None = edge(edges.last_project_of)
    project_order: list[strawberry.ID] = derived(
        lambda preferences: [str(project_id) for project_id in preferences["project_order"]],
        needs=("project_order",),
        description="The ids of projects in the order that they are listed in; those that are not among them follow.",
    )


@shows(models.PanelState, "How a person has left the panels of a card.", without=("created_at",))
class PanelState:
    pass
