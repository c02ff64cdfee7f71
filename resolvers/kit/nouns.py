"""The nouns. Nothing else lists them; a record that is annotated with one tells the graph what it is."""

from collections.abc import Mapping
from typing import Annotated

from auth.policies import delivery, document, mission, organization, workspace
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

ORGANIZATION = noun(Organization, Kind.ORGANIZATION, reads=organization.READ)
ORGANIZATION_MEMBER = noun(
    OrganizationMember, Kind.ORGANIZATION_MEMBER, shown_as="member", word="member", has_node=False
)
WORKSPACE = noun(Workspace, Kind.WORKSPACE, reads=workspace.READ)
WORKSPACE_MEMBER = noun(WorkspaceMember, Kind.WORKSPACE_MEMBER, shown_as="member", word="member", has_node=False)
INVITATION = noun(
    Invitation, Kind.INVITATION, reads=workspace.MANAGE_MEMBERS, scope=TokenScope.ACCOUNT_WRITE, has_node=False
)
PROJECT = noun(Project, Kind.PROJECT, reads=delivery.READ)
PROJECT_MEMBER = noun(ProjectMember, Kind.PROJECT_MEMBER, shown_as="member", word="member", has_node=False)
SCOPE = noun(Scope, Kind.SCOPE, reads=delivery.READ)
COLUMN = noun(Column, Kind.COLUMN, reads=delivery.READ)
LABEL = noun(Label, Kind.LABEL, reads=delivery.READ)
CUSTOM_FIELD = noun(CustomField, Kind.CUSTOM_FIELD, reads=delivery.READ)
TEMPLATE = noun(Template, Kind.TEMPLATE, reads=delivery.READ, has_node=False)
TRANSFER_JOB = noun(TransferJob, Kind.TRANSFER_JOB, reads=delivery.READ, shown_as="job", word="import")
CARD = noun(Card, Kind.CARD, reads=delivery.READ)
COMMENT = noun(Comment, Kind.COMMENT, reads=delivery.READ)
RELATION = noun(Relation, Kind.RELATION, reads=delivery.READ)
ATTACHMENT = noun(Attachment, Kind.ATTACHMENT, reads=delivery.READ)
DOCUMENT = noun(Document, Kind.DOCUMENT, reads=document.READ)
DOCUMENT_VERSION = noun(DocumentVersion, Kind.DOCUMENT_VERSION, reads=document.READ, word="version")
ACTIVITY = noun(Activity, Kind.ACTIVITY, reads=delivery.READ)
AGENT = noun(Agent, Kind.AGENT, reads=mission.READ, scope=TokenScope.PILOTAGE_READ)
MISSION = noun(Mission, Kind.MISSION, reads=mission.READ, scope=TokenScope.PILOTAGE_READ)
MISSION_ACTIVITY = noun(MissionActivity, Kind.MISSION_ACTIVITY, reads=mission.READ, scope=TokenScope.PILOTAGE_READ)
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
