"""Projects and their members."""

from datetime import datetime

import models
from resolvers.card import seen as seen_edges
from resolvers.credential.assigned import credential_of
from resolvers.figures import portfolio, roadmap, stats
from resolvers.kit.position import cursor_of_project
from resolvers.machine import files as file_edges
from resolvers.machine.reach import FIELDS as FOLDER_FIELDS
from resolvers.project import project as project_edges
from schema.connection import Connection, window
from schema.extension import extends
from schema.fields import shows
from schema.loading import derived, edge
from schema.node import Node
from schema.portfolio import ProjectMetrics, projects_window
from schema.references import CredentialRef, WorkspaceRef
from schema.roadmap import Roadmap
from schema.scalars import Cursor
from schema.stats import Stats, stats_range


@shows(
    models.ProjectMember,
    "A member of a project: notified of what happens, and assignable to its cards.",
    without=("created_at",),
)
class ProjectMember:
    joined_at: datetime = derived(lambda member: member["created_at"], needs=("created_at",), description="Since when.")


@shows(models.Project, "A project of a workspace: boards of cards.")
class Project(Node):
    cursor: Cursor = edge(
        cursor_of_project,
        needs=("workspace_id",),
        description="Where its stream stood before this request read anything: `projectEvents` after it bring every "
        "later change, perhaps with some that were read already.",
    )
    members: Connection[ProjectMember] = edge(
        project_edges.members_of, arguments=window, description="Who is notified and can be assigned."
    )
    credential: CredentialRef | None = edge(
        credential_of,
        needs=("credential_id",),
        description="What models are asked with for its cards, before the organization's default: for admins of that.",
    )
    metrics: ProjectMetrics = edge(
        portfolio.metrics_of, needs=("workspace_id",), description="What its cards add up to."
    )
    roadmap: Roadmap = edge(
        roadmap.roadmap_of_project, description="Its scopes and cards in time, and what waits for what."
    )
    stats: Stats = edge(
        stats.stats_of_project,
        arguments=stats_range,
        description="Figures of its cards, those of its scopes included: as they are now, and over time.",
    )
    unread_count: int = edge(
        seen_edges.unread_count_of,
        needs=("workspace_id",),
        description="How many of its cards others have done something with since the viewer looked at them: as far as "
        "its 100 newest activities tell.",
    )
    is_git: bool = edge(
        file_edges.is_git_of,
        needs=FOLDER_FIELDS,
        description="Whether its folder is one that the gateway reaches, and holds a repository.",
    )
    files: list[str] | None = edge(
        file_edges.files_of,
        needs=FOLDER_FIELDS,
        description="The files that git tracks there, at most 50,000; null where there is no repository.",
    )
    card_count: int = edge(project_edges.card_count_of, description="How many cards it has, archived ones left out.")


@extends(WorkspaceRef, after="invitations")
class OfWorkspace:
    projects: Connection[Project] = edge(
        project_edges.projects_of,
        arguments=projects_window,
        description="Its projects, oldest first unless an order is given.",
    )
