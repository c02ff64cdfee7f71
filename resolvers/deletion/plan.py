"""What goes with a deletion of each kind, in its order, and what of a workspace stays.

A deletion goes through the steps once, and ends only where one transaction has found nothing in any: what was still
being written below something when that was deleted is taken too. A new collection is entered here; a test walks all of
them.
"""

from typing import Any

from models import (
    Activity,
    ApiToken,
    Attachment,
    AttemptCount,
    Avatar,
    BusMessage,
    Card,
    CardFacts,
    CardFactsBlock,
    Column,
    Comment,
    Credential,
    CredentialVersion,
    CustomField,
    Decision,
    Document,
    DocumentLink,
    DocumentVersion,
    Fanout,
    FileChunk,
    FileLeftover,
    IdempotencyKey,
    Inbox,
    Invitation,
    Label,
    Lane,
    Lease,
    LoggedEvent,
    Mail,
    MailLink,
    Migration,
    Mission,
    MissionActivity,
    Objective,
    Organization,
    OrganizationMember,
    PilotageDocument,
    PilotagePriority,
    Pipeline,
    Probe,
    Project,
    ProjectDraft,
    ProjectMember,
    ReadMark,
    Relation,
    Scope,
    Session,
    Skill,
    StandingOrder,
    StorageAccount,
    StoredFile,
    StreamHead,
    Template,
    Todo,
    TransferJob,
    User,
    Workspace,
    WorkspaceMember,
)
from models.base import Recorded
from models.ids import Kind
from realtime.events.column import ColumnDeleted
from realtime.events.custom_field import CustomFieldDeleted
from realtime.events.label import LabelDeleted
from realtime.events.scope import ScopeDeleted
from resolvers.deletion import cascade_events as tell
from resolvers.deletion.cascade import Step, cards, on_card, release_files, rows
from resolvers.deletion.cascade_documents import documents, listed_documents
from resolvers.deletion.cascade_parts import (
    agents,
    cards_of_project,
    cards_of_workspace,
    fanouts_of_project,
    label_on_cards,
    leave_inputs,
    letting_go,
    missions_of_agent,
    notifications,
    of_membership,
    other_deletions,
    values_on_cards,
)

PLANS: dict[Kind, tuple[Step, ...]] = {
    Kind.ORGANIZATION: (
        rows(CredentialVersion, "organization_id"),
        rows(Credential, "organization_id"),
        rows(OrganizationMember, "organization_id"),
    ),
    # Nobody can read its history any more, so what goes with it is not told one by one.
    Kind.WORKSPACE: (
        rows(WorkspaceMember, "workspace_id"),
        rows(Fanout, "workspace_id"),
        notifications("workspace_id"),
        cards_of_workspace,
        rows(Comment, "workspace_id"),
        rows(Attachment, "workspace_id", also=release_files),
        rows(DocumentLink, "workspace_id"),
        rows(DocumentVersion, "workspace_id"),
        rows(Document, "workspace_id"),
        rows(Relation, "workspace_id"),
        rows(Card, "workspace_id"),
        rows(Lane, "workspace_id"),
        rows(CardFacts, "workspace_id"),
        rows(CardFactsBlock, "workspace_id"),
        rows(Column, "workspace_id"),
        rows(Scope, "workspace_id"),
        rows(Label, "workspace_id"),
        rows(CustomField, "workspace_id"),
        rows(ProjectMember, "workspace_id"),
        rows(Activity, "workspace_id"),
        rows(Project, "workspace_id"),
        rows(Template, "workspace_id"),
        rows(TransferJob, "workspace_id", also=leave_inputs),
        rows(MissionActivity, "workspace_id"),
        rows(Mission, "workspace_id"),
        rows(Todo, "workspace_id"),
        rows(Objective, "workspace_id"),
        rows(PilotagePriority, "workspace_id"),
        rows(Decision, "workspace_id"),
        rows(PilotageDocument, "workspace_id"),
        rows(StandingOrder, "workspace_id"),
        rows(ApiToken, "workspace_id"),
        rows(Invitation, "workspace_id"),
        rows(Mail, "workspace_id"),
        rows(ProjectDraft, "workspace_id"),
        rows(Pipeline, "workspace_id"),
        rows(Skill, "workspace_id"),
        agents,
        other_deletions,
        rows(StorageAccount, "_id"),
    ),
    Kind.PROJECT: (
        fanouts_of_project,
        notifications("project_id"),
        cards_of_project,
        rows(Relation, "project_ids", tell.relation_deleted),
        rows(Attachment, "project_id", tell.attachment_deleted, release_files),
        rows(DocumentLink, "project_id", tell.unlinked),
        rows(Comment, "project_id", tell.comment_deleted),
        documents("project_id"),
        rows(Card, "project_id", tell.card_deleted),
        rows(Lane, "project_id"),
        rows(CardFacts, "_id"),
        rows(CardFactsBlock, "project_id"),
        rows(Column, "project_id", tell.deleted(ColumnDeleted)),
        rows(Scope, "project_id", tell.deleted(ScopeDeleted)),
        rows(Label, "project_id", tell.deleted(LabelDeleted)),
        rows(CustomField, "project_id", tell.deleted(CustomFieldDeleted)),
        rows(ProjectMember, "project_id", tell.member_removed),
        rows(Activity, "project_id"),
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
    Kind.AGENT: (missions_of_agent,),
    Kind.OBJECTIVE: (letting_go("objective_id"),),
    Kind.PILOTAGE_PRIORITY: (letting_go("priority_id"),),
    Kind.WORKSPACE_MEMBER: (of_membership,),
}
"""`resolvers.account.delete` adds what goes with an account, which leaves where it was."""

LASTING = frozenset({Kind.ORGANIZATION, Kind.WORKSPACE, Kind.PROJECT, Kind.WORKSPACE_MEMBER, Kind.USER})
"""What something may still be written of in another history (a notification, say), and is looked at once more later."""

HISTORIES = frozenset({Kind.ORGANIZATION, Kind.WORKSPACE, Kind.USER})
"""What has a history of its own, which nobody can read any more and which goes last."""

GOES_OTHERWISE: dict[type[Recorded[Any]], str] = {
    Organization: "goes in the change that deletes it",
    Workspace: "goes in the change that deletes it, or its organization",
    User: "an agent's goes with its workspace; a person's stays without a name, for what others rely on",
    Credential: "is its organization's",
    CredentialVersion: "is its organization's",
    LoggedEvent: "the history goes last (HISTORIES)",
    StreamHead: "the history goes last (HISTORIES)",
    StoredFile: "goes as a leftover, which an attachment or an import leaves",
    FileChunk: "goes as a leftover",
    FileLeftover: "goes with the bytes, within a minute",
    IdempotencyKey: "is a person's, and is kept for a day",
    Session: "is a person's",
    Inbox: "is a person's; what its notifications come to is kept when those go",
    ReadMark: "is a person's",
    MailLink: "is a person's",
    Avatar: "is a person's",
    AttemptCount: "names nobody, and is kept for its window",
    Lease: "belongs to the gateway",
    Migration: "belongs to the gateway",
    Probe: "belongs to the gateway",
    BusMessage: "is a hint between gateways",
}
"""Collections that a workspace's plan does not name, each with the reason."""
