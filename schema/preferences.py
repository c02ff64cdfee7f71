"""What people have set for themselves."""

import strawberry

import models
from resolvers.preferences import preferences as edges
from resolvers.preferences.panel_state import panel_states_of
from schema.extension import extends
from schema.fields import shows
from schema.loading import derived, edge
from schema.references import ProjectRef, UserRef


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


@extends(ProjectRef, after="stats")
class OfProject:
    panel_states: list[PanelState] = edge(
        panel_states_of, description="How the viewer has left the panels of its cards, at most 500."
    )


@extends(UserRef, after="home_workspace")
class OfUser:
    preferences: Preferences = edge(
        edges.preferences_of, description="What is set for how things are shown and told: the viewer's own only."
    )
