"""The nouns. Nothing else lists them; a record that is annotated with one tells the graph what it is."""

from collections.abc import Mapping
from typing import Annotated

from models import (
    Activity,
    Agent,
    Attachment,
    Card,
    Column,
    Comment,
    CustomField,
    Document,
    DocumentVersion,
    Invitation,
    Label,
    Mission,
    MissionActivity,
    Notification,
    Organization,
    OrganizationMember,
    Project,
    ProjectMember,
    Relation,
    Scope,
    Template,
    TransferJob,
    User,
    Workspace,
    WorkspaceMember,
)
from models.base import Record
from models.enums import TokenScope
from models.ids import Kind
from resolvers.kit.noun import Noun, noun

ORGANIZATION = noun(Organization, Kind.ORGANIZATION)
ORGANIZATION_MEMBER = noun(
    OrganizationMember, Kind.ORGANIZATION_MEMBER, shown_as="member", word="member", has_node=False
)
WORKSPACE = noun(Workspace, Kind.WORKSPACE)
WORKSPACE_MEMBER = noun(WorkspaceMember, Kind.WORKSPACE_MEMBER, shown_as="member", word="member", has_node=False)
INVITATION = noun(Invitation, Kind.INVITATION, scope=TokenScope.ACCOUNT_WRITE, has_node=False)
PROJECT = noun(Project, Kind.PROJECT)
PROJECT_MEMBER = noun(ProjectMember, Kind.PROJECT_MEMBER, shown_as="member", word="member", has_node=False)
SCOPE = noun(Scope, Kind.SCOPE)
COLUMN = noun(Column, Kind.COLUMN)
LABEL = noun(Label, Kind.LABEL)
CUSTOM_FIELD = noun(CustomField, Kind.CUSTOM_FIELD)
TEMPLATE = noun(Template, Kind.TEMPLATE, has_node=False)
TRANSFER_JOB = noun(TransferJob, Kind.TRANSFER_JOB, shown_as="job", word="import")
CARD = noun(Card, Kind.CARD)
COMMENT = noun(Comment, Kind.COMMENT)
RELATION = noun(Relation, Kind.RELATION)
ATTACHMENT = noun(Attachment, Kind.ATTACHMENT)
DOCUMENT = noun(Document, Kind.DOCUMENT)
DOCUMENT_VERSION = noun(DocumentVersion, Kind.DOCUMENT_VERSION, word="version")
ACTIVITY = noun(Activity, Kind.ACTIVITY)
AGENT = noun(Agent, Kind.AGENT, scope=TokenScope.PILOTAGE_READ)
MISSION = noun(Mission, Kind.MISSION, scope=TokenScope.PILOTAGE_READ)
MISSION_ACTIVITY = noun(MissionActivity, Kind.MISSION_ACTIVITY, scope=TokenScope.PILOTAGE_READ)
NOTIFICATION = noun(Notification, Kind.NOTIFICATION, scope=TokenScope.NOTIFICATIONS_READ)
USER = noun(User, Kind.USER)

NOUNS: Mapping[Kind, Noun] = {one.kind: one for one in tuple(vars().values()) if isinstance(one, Noun)}
"""By the kind that an id carries."""

OrganizationRecord = Annotated[Record, ORGANIZATION]
OrganizationMemberRecord = Annotated[Record, ORGANIZATION_MEMBER]
WorkspaceRecord = Annotated[Record, WORKSPACE]
WorkspaceMemberRecord = Annotated[Record, WORKSPACE_MEMBER]
ProjectRecord = Annotated[Record, PROJECT]
ProjectMemberRecord = Annotated[Record, PROJECT_MEMBER]
ScopeRecord = Annotated[Record, SCOPE]
ColumnRecord = Annotated[Record, COLUMN]
LabelRecord = Annotated[Record, LABEL]
CustomFieldRecord = Annotated[Record, CUSTOM_FIELD]
TemplateRecord = Annotated[Record, TEMPLATE]
TransferJobRecord = Annotated[Record, TRANSFER_JOB]
CardRecord = Annotated[Record, CARD]
CommentRecord = Annotated[Record, COMMENT]
RelationRecord = Annotated[Record, RELATION]
AttachmentRecord = Annotated[Record, ATTACHMENT]
DocumentRecord = Annotated[Record, DOCUMENT]
AgentRecord = Annotated[Record, AGENT]
MissionRecord = Annotated[Record, MISSION]
NotificationRecord = Annotated[Record, NOTIFICATION]
UserRecord = Annotated[Record, USER]
