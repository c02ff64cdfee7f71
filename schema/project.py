"""Projects and their members."""

from datetime import datetime

import models
from resolvers.automation import automation as automation_edges
from resolvers.card import graph as card_graph_edges
from resolvers.card import seen as seen_edges
from resolvers.column import column as column_edges
from resolvers.column import scope as scope_edges
from resolvers.conversation.conversation import assistant_of
from resolvers.credential.assigned import credential_of
from resolvers.custom_field import custom_field as custom_field_edges
from resolvers.document import graph as document_graph
from resolvers.figures import portfolio, roadmap, stats
from resolvers.kit.position import cursor_of_project
from resolvers.machine import files as file_edges
from resolvers.machine.reach import FIELDS as FOLDER_FIELDS
from resolvers.mission import mission
from resolvers.preferences.panel_state import panel_states_of
from resolvers.project import project as project_edges
from resolvers.script import script as script_edges
from resolvers.script.slash import slash_commands_of
from schema.connection import Connection, window, window_of
from schema.document import documents_window
from schema.fields import shows
from schema.filters import CardFilter, CardOrder
from schema.loading import derived, edge
from schema.node import Node
from schema.portfolio import ProjectMetrics
from schema.references import (
    AutomationRef,
    CardRef,
    ColumnRef,
    ConversationRef,
    CredentialRef,
    CustomFieldRef,
    DocumentRef,
    LabelRef,
    MissionRef,
    PanelStateRef,
    ScopeRef,
    ScriptRef,
    SlashCommandRef,
)
from schema.roadmap import Roadmap
from schema.scalars import Cursor
from schema.stats import Stats, stats_range

cards_window = window_of(CardFilter, CardOrder)


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
    scopes: list[ScopeRef] = edge(scope_edges.scopes_of, description="Its work packages, in order.")
    columns: list[ColumnRef] = edge(
        column_edges.columns_of_project, description="The columns of the project itself, outside any scope, in order."
    )
    cards: Connection[CardRef] = edge(
        card_graph_edges.cards_of_project,
        arguments=cards_window,
        description="All its cards, those of its scopes included.",
    )
    custom_fields: list[CustomFieldRef] = edge(
        custom_field_edges.custom_fields_of_project, description="Its custom fields, in order."
    )
    labels: list[LabelRef] = edge(card_graph_edges.labels_of_project, description="Its labels, by name.")
    automations: list[AutomationRef] = edge(
        automation_edges.automations_of_project, description="What it does by itself, oldest first."
    )
    active_missions: list[MissionRef] = edge(
        mission.active_missions_of, description="The missions that its cards have at the moment; at most 500."
    )
    documents: Connection[DocumentRef] = edge(
        document_graph.documents_of_project,
        arguments=documents_window,
        description="The documents about it, those about its scopes included.",
    )
    assistant: ConversationRef | None = edge(
        assistant_of, description="The viewer's conversation with its assistant; null before the first message."
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
    panel_states: list[PanelStateRef] = edge(
        panel_states_of, description="How the viewer has left the panels of its cards, at most 500."
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
    slash_commands: list[SlashCommandRef] = edge(
        slash_commands_of,
        needs=FOLDER_FIELDS,
        description="Its scripts, the workspace's skills and its repository's commands, by the words that call them.",
    )
    scripts: list[ScriptRef] = edge(script_edges.scripts_of, description="What its admins may run, in order.")
    card_count: int = edge(project_edges.card_count_of, description="How many cards it has, archived ones left out.")
