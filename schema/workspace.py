"""Workspaces and their members: the tenant of everything below."""

from datetime import datetime

import models
from models.enums import PilotageRole, Role
from resolvers.activity import log as activity_log
from resolvers.activity.log_line import log_lines_of
from resolvers.agent.agent import agents_of
from resolvers.agent.agent_automation import agent_automations_of
from resolvers.agent.agent_template import agent_templates_of
from resolvers.budget.budget import budgets_of_workspace
from resolvers.changelog.changelog import changelog_days_of, changelog_of_workspace
from resolvers.discovery.engine import discovery_engines_of
from resolvers.document import graph as document_graph
from resolvers.files.storage_account import storage_of
from resolvers.invitation.invitation import invitations_of
from resolvers.job.queue import queues_of
from resolvers.job.worker import workers_of
from resolvers.kit.position import cursor_of_workspace
from resolvers.mission.mission import missions_of_workspace
from resolvers.overview.agents import agent_efficiency_of, agent_queues_of
from resolvers.overview.counts import counts_of_workspace
from resolvers.overview.health import health_of_workspace
from resolvers.pipeline.pipeline import pipelines_of
from resolvers.plugin.plugin import plugins_of
from resolvers.plugin.remote import remote_calls_of
from resolvers.project.project import projects_of
from resolvers.project_draft.project_draft import project_drafts_of
from resolvers.proposal.graph import proposals_of_workspace
from resolvers.skill.skill import skills_of_workspace
from resolvers.template.template import templates_of
from resolvers.transfer.job import transfer_jobs_of
from resolvers.usage.sums import usage_of_workspace
from resolvers.workspace import workspace as edges
from resolvers.workspace_file.workspace_file import files_of_workspace
from schema.activity import ActivityStats, activities_window
from schema.changelog_entry import ChangelogDay
from schema.connection import Connection, window, window_of
from schema.document import documents_window, tree_arguments
from schema.fields import shows
from schema.filters import (
    AgentAutomationFilter,
    ChangelogEntryFilter,
    MissionFilter,
    ProposalFilter,
    WorkspaceFileFilter,
)
from schema.invitation import Invitation
from schema.loading import derived, edge
from schema.log_line import LogLine, log_lines_range
from schema.node import Node
from schema.overview import AgentEfficiency, AgentQueue, WorkspaceCounts, WorkspaceHealth
from schema.pilotage import Pilotage
from schema.portfolio import Portfolio, projects_window
from schema.references import (
    ActivityRef,
    AgentAutomationRef,
    AgentRef,
    AgentTemplateRef,
    BudgetRef,
    ChangelogEntryRef,
    DiscoveryEngineRef,
    DocumentRef,
    DocumentTreeEntryRef,
    MissionRef,
    PipelineRef,
    PluginRef,
    ProjectDraftRef,
    ProjectRef,
    ProposalRef,
    QueueRef,
    RemoteCallRef,
    SkillRef,
    TransferJobRef,
    WorkerRef,
    WorkspaceFileRef,
)
from schema.scalars import Cursor
from schema.storage_account import StorageUsage
from schema.template import Template
from schema.usage import Usage, usage_range

missions_window = window_of(MissionFilter)
proposals_window = window_of(ProposalFilter)
changelog_window = window_of(ChangelogEntryFilter)
agent_automations_window = window_of(AgentAutomationFilter)
files_window = window_of(WorkspaceFileFilter)


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
    activities: Connection[ActivityRef] = edge(
        activity_log.activities_of,
        arguments=activities_window,
        description="What happened in it, newest first; what is older than 400 days is gone.",
    )
    activity_stats: ActivityStats = edge(
        activity_log.stats_of, description="How often what happened in it in the last seven days."
    )
    log_lines: list[LogLine] = edge(
        log_lines_of,
        arguments=log_lines_range,
        description="The logs of its agents, newest first, of 30 days; by level or a part of the message, the latest "
        "10,000 lines are searched.",
    )
    counts: WorkspaceCounts = edge(counts_of_workspace, description="How much there is in it.")
    health: WorkspaceHealth = edge(
        health_of_workspace, description="What of its agents, open cards, projects and files is amiss."
    )
    invitations: Connection[Invitation] = edge(
        invitations_of,
        arguments=window,
        description="Invitations that were not accepted, oldest first: for those who may invite.",
    )
    projects: Connection[ProjectRef] = edge(
        projects_of, arguments=projects_window, description="Its projects, oldest first unless an order is given."
    )
    portfolio: Portfolio = derived(lambda workspace: workspace, description="Its projects, and what they add up to.")
    pilotage: Pilotage = derived(
        lambda workspace: workspace, needs=("pilotage_cycle",), description="What it steers by, and how that stands."
    )
    storage: StorageUsage = edge(storage_of, description="What it has stored, and its quota.")
    templates: list[Template] = edge(
        templates_of, description="What its projects can begin with: the built-in templates, then its own by name."
    )
    transfer_jobs: Connection[TransferJobRef] = edge(
        transfer_jobs_of,
        arguments=window,
        description="Imports that run by themselves, and those of the last seven days, newest first.",
    )
    documents: Connection[DocumentRef] = edge(
        document_graph.documents_of_workspace,
        arguments=documents_window,
        description="All its documents, whatever they are about.",
    )
    document_tree: list[DocumentTreeEntryRef] = edge(
        document_graph.tree_of_workspace,
        arguments=tree_arguments,
        description="Its documents as a tree: each right behind its parent and what precedes it there; 5,000 at most.",
    )
    changelog: Connection[ChangelogEntryRef] = edge(
        changelog_of_workspace, arguments=changelog_window, description="What its cards came to, the latest first."
    )
    changelog_summary: list[ChangelogDay] = edge(
        changelog_days_of, description="The same by day, the latest first: of the latest 1,000 cards."
    )
    files: Connection[WorkspaceFileRef] = edge(
        files_of_workspace, arguments=files_window, description="Its files, by path; 1,000 at most."
    )
    queues: Connection[QueueRef] = edge(queues_of, arguments=window, description="Its queues of jobs, oldest first.")
    workers: Connection[WorkerRef] = edge(
        workers_of, arguments=window, description="Who claims jobs of its queues, and was seen within a day."
    )
    usage: Usage = edge(usage_of_workspace, arguments=usage_range, description="What its models have cost.")
    budgets: Connection[BudgetRef] = edge(
        budgets_of_workspace,
        arguments=window,
        description="The budgets of it, its agents and its missions, oldest first.",
    )
    agents: Connection[AgentRef] = edge(agents_of, arguments=window, description="Its agents, oldest first.")
    agent_efficiency: list[AgentEfficiency] = edge(
        agent_efficiency_of,
        arguments=usage_range,
        description="What its agents got done for what their models took, the most for the least first.",
    )
    agent_queues: list[AgentQueue] = edge(
        agent_queues_of, description="What waits for its agents, where it waits longest first."
    )
    agent_templates: list[AgentTemplateRef] = edge(
        agent_templates_of, description="What its agents can begin with, archived templates too, in their order."
    )
    agent_automations: Connection[AgentAutomationRef] = edge(
        agent_automations_of, arguments=agent_automations_window, description="What starts its agents, oldest first."
    )
    discovery_engines: list[DiscoveryEngineRef] = edge(
        discovery_engines_of, description="What has agents look for work in it, by slug; at most 100."
    )
    project_drafts: Connection[ProjectDraftRef] = edge(
        project_drafts_of, arguments=window, description="Its drafts of projects, newest first."
    )
    plugins: list[PluginRef] = edge(plugins_of, description="The plugins that it has, oldest first: for its admins.")
    skills: list[SkillRef] = edge(skills_of_workspace, description="What its agents can be given to read up on.")
    pipelines: Connection[PipelineRef] = edge(
        pipelines_of, arguments=window, description="Its pipelines, oldest first."
    )
    remote_calls: Connection[RemoteCallRef] = edge(
        remote_calls_of, arguments=window, description="The calls of tools of other servers, newest first."
    )
    missions: Connection[MissionRef] = edge(
        missions_of_workspace, arguments=missions_window, description="Its missions, newest first."
    )
    approvals: Connection[ProposalRef] = edge(
        proposals_of_workspace,
        arguments=proposals_window,
        description="What was proposed in it, newest first; with a filter of the status, what waits for a decision.",
    )
