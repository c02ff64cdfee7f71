"""What goes with a deletion of each kind, in its order.

A deletion goes through the steps once, and ends only where one transaction has found nothing in any: what was still
being written below something when that was deleted is taken too. What goes with a workspace or a project follows from
the models (`resolvers.deletion.below`): here is what goes otherwise than that, and what goes with anything else. A test
walks all collections.
"""

from models import (
    Activity,
    AgentAutomation,
    ApiToken,
    Attachment,
    AutomationProgress,
    AutomationTrace,
    Budget,
    Card,
    CardFacts,
    ChangelogEntry,
    Column,
    Comment,
    Credential,
    CredentialVersion,
    DiscoveryEngine,
    DocumentLink,
    Fanout,
    Invitation,
    Job,
    Lane,
    LedgerEntry,
    Mail,
    Message,
    Organization,
    OrganizationMember,
    ProjectMember,
    Relation,
    Schedule,
    StorageAccount,
    Team,
    TeamMember,
    TransferJob,
    UsageSum,
    Wallet,
    WorkspaceMember,
    Worktree,
)
from models.ids import Kind
from realtime.events.agent_automation import AgentAutomationDeleted
from realtime.events.changelog_entry import ChangelogEntryRemoved
from realtime.events.column import ColumnDeleted
from realtime.events.discovery_engine import DiscoveryEngineDeleted
from resolvers.deletion import cascade_events as tell
from resolvers.deletion.below import with_all_below
from resolvers.deletion.cascade import Step, cards, on_card, release_files, rows
from resolvers.deletion.cascade_documents import documents, listed_documents
from resolvers.deletion.cascade_parts import (
    agents,
    cards_of_project,
    cards_of_workspace,
    conversations,
    fanouts_of_project,
    homes,
    keys,
    label_on_cards,
    leave_inputs,
    letting_go,
    missions_of_agent,
    notifications,
    notifications_of_organization,
    of_membership,
    other_deletions,
    queues,
    values_on_cards,
    workspaces_kept,
)

PLANS: dict[Kind, tuple[Step, ...]] = {
    # Its workspaces and itself go with the change that deletes it, unless it was kept to be restored.
    Kind.ORGANIZATION: (
        workspaces_kept,
        rows(Invitation, "organization_id"),
        rows(UsageSum, "organization_id"),
        rows(Budget, "organization_id"),
        rows(LedgerEntry, "organization_id"),
        rows(Wallet, "organization_id"),
        rows(CredentialVersion, "organization_id"),
        rows(Credential, "organization_id"),
        rows(TeamMember, "organization_id"),
        rows(Team, "organization_id"),
        rows(OrganizationMember, "organization_id"),
        rows(Organization, "_id"),
    ),
    # Nobody can read its history any more, so what goes with it is not told one by one.
    Kind.WORKSPACE: with_all_below(
        "workspace_id",
        first=(
            rows(WorkspaceMember, "workspace_id"),
            homes,
            rows(Fanout, "workspace_id"),
            notifications("workspace_id"),
            cards_of_workspace,
            rows(Card, "workspace_id"),
            rows(Attachment, "workspace_id", also=release_files),
            rows(AutomationProgress, "_id"),
            rows(TransferJob, "workspace_id", also=leave_inputs),
            queues,
            # What may be in no workspace.
            rows(UsageSum, "workspace_id"),
            rows(Budget, "workspace_id"),
            rows(Mail, "workspace_id"),
            # Keys with the users that they acted as, then the tokens that people have.
            keys,
            rows(ApiToken, "workspace_id"),
        ),
        # The users of agents once nothing is left that they wrote, and what counts bytes once none are given up.
        last=(agents, other_deletions, rows(StorageAccount, "_id")),
    ),
    Kind.PROJECT: with_all_below(
        "project_id",
        first=(
            fanouts_of_project,
            notifications("project_id"),
            cards_of_project,
            rows(Relation, "project_ids", tell.relation_deleted),
            rows(Attachment, "project_id", tell.attachment_deleted, release_files),
            rows(DocumentLink, "project_id", tell.unlinked),
            rows(Comment, "project_id", tell.comment_deleted),
            rows(Worktree, "project_id", tell.worktree_deleted),
            documents("project_id"),
            rows(ChangelogEntry, "project_id", tell.deleted(ChangelogEntryRemoved)),
            rows(Card, "project_id", tell.card_deleted),
            rows(CardFacts, "_id"),
        ),
        last=(
            rows(ProjectMember, "project_id", tell.member_removed),
            # Messages before the conversations that they are of.
            rows(Message, "project_id"),
            conversations("project_id"),
            # What may be in no project.
            rows(Activity, "project_id"),
        ),
        is_told=True,
    ),
    # The columns first, so that no card is put into one any more.
    Kind.SCOPE: (
        rows(Column, "scope_id", tell.deleted(ColumnDeleted)),
        cards("scope_id"),
        rows(Lane, "scope_id"),
        documents("scope_id"),
    ),
    Kind.COLUMN: (cards("column_id"), rows(Lane, "column_id")),
    Kind.CARD: on_card,
    Kind.DOCUMENT: (listed_documents,),
    Kind.LABEL: (label_on_cards,),
    Kind.CUSTOM_FIELD: (values_on_cards,),
    Kind.QUEUE: (rows(Schedule, "queue_id"), rows(Job, "queue_id")),
    Kind.AGENT: (
        rows(DiscoveryEngine, "agent_id", tell.deleted(DiscoveryEngineDeleted)),
        missions_of_agent,
        rows(AgentAutomation, "agent_id", tell.deleted(AgentAutomationDeleted)),
    ),
    Kind.TEAM: (rows(Invitation, "team_id"), rows(TeamMember, "team_id")),
    Kind.OBJECTIVE: (letting_go("objective_id"),),
    Kind.PILOTAGE_PRIORITY: (letting_go("priority_id"),),
    Kind.AUTOMATION: (rows(AutomationTrace, "automation_id"),),
    Kind.WORKSPACE_MEMBER: (of_membership,),
}
"""`resolvers.account.delete` adds what goes with an account, which leaves where it was."""

EMPTYING: dict[Kind, tuple[Step, ...]] = {
    Kind.COLUMN: (cards("column_id"),),
    Kind.ORGANIZATION: (notifications_of_organization,),
}
"""What goes of a column that stays, and of an organization that is kept to be restored."""

LASTING = frozenset({Kind.ORGANIZATION, Kind.WORKSPACE, Kind.PROJECT, Kind.WORKSPACE_MEMBER, Kind.USER, Kind.QUEUE})
"""What something may still be written of in another history (a notification, say), and is looked at once more later."""

HISTORIES = frozenset({Kind.ORGANIZATION, Kind.WORKSPACE, Kind.USER, Kind.QUEUE})
"""What has a history of its own, which nobody can read any more and which goes last."""
