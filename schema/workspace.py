"""Workspaces and their members: the tenant of everything below."""

from datetime import datetime

import models
from models.enums import PilotageRole, Role
from resolvers.files.storage_account import storage_of
from resolvers.kit.position import cursor_of_workspace
from resolvers.organization import organization as organization_edges
from resolvers.overview.agents import agent_efficiency_of, agent_queues_of
from resolvers.overview.counts import counts_of_workspace
from resolvers.overview.health import health_of_workspace
from resolvers.usage.sums import usage_of_workspace
from resolvers.workspace import workspace as edges
from schema.arguments import Slug
from schema.connection import Connection, window
from schema.extension import extends
from schema.fields import shows
from schema.loading import derived, edge
from schema.node import Node
from schema.overview import AgentEfficiency, AgentQueue, WorkspaceCounts, WorkspaceHealth
from schema.pilotage import Pilotage
from schema.portfolio import Portfolio
from schema.references import OrganizationRef
from schema.scalars import Cursor
from schema.storage_account import StorageUsage
from schema.usage import Usage, usage_range


def by_slug(slug: Slug) -> None:
    """The arguments of a field that finds a child by its slug."""


@shows(models.WorkspaceMember, "A member of a workspace.", without=("created_at",))
class WorkspaceMember:
    joined_at: datetime = derived(lambda member: member["created_at"], needs=("created_at",), description="Since when.")


@shows(models.Workspace, "A workspace: projects, agents and missions, shared by its members.")
class Workspace(Node):
    my_role: Role = edge(edges.my_role_of, description="What the viewer may do in it.")
    my_pilotage_role: PilotageRole = edge(
        edges.my_pilotage_role_of, description="What the viewer may do in its cockpit."
    )
    cursor: Cursor = edge(
        cursor_of_workspace,
        description="Where its stream stood before this request read anything: `workspaceEvents` after it bring every "
        "later change, perhaps with some that were read already.",
    )
    members: Connection[WorkspaceMember] = edge(
        edges.members_of, arguments=window, description="Its members, in the order of joining."
    )
    counts: WorkspaceCounts = edge(counts_of_workspace, description="How much there is in it.")
    health: WorkspaceHealth = edge(
        health_of_workspace, description="What of its agents, open cards, projects and files is amiss."
    )
    portfolio: Portfolio = derived(lambda workspace: workspace, description="Its projects, and what they add up to.")
    pilotage: Pilotage = derived(
        lambda workspace: workspace, needs=("pilotage_cycle",), description="What it steers by, and how that stands."
    )
    storage: StorageUsage = edge(storage_of, description="What it has stored, and its quota.")
    usage: Usage = edge(usage_of_workspace, arguments=usage_range, description="What its models have cost.")
    agent_efficiency: list[AgentEfficiency] = edge(
        agent_efficiency_of,
        arguments=usage_range,
        description="What its agents got done for what their models took, the most for the least first.",
    )
    agent_queues: list[AgentQueue] = edge(
        agent_queues_of, description="What waits for its agents, where it waits longest first."
    )


@extends(OrganizationRef, after="invitations")
class OfOrganization:
    workspaces: Connection[Workspace] = edge(
        organization_edges.workspaces_of, arguments=window, description="Its workspaces that the viewer is a member of."
    )
    workspace: Workspace | None = edge(
        organization_edges.workspace_of,
        arguments=by_slug,
        description="The workspace with a slug; null where there is none that the viewer is a member of.",
    )
