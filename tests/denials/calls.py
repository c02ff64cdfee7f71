"""How each operation of the catalogue is called on the world's objects, with input that would be accepted."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from models.enums import (
    AutomationTrigger,
    ConsentSubject,
    DocumentStatus,
    FieldType,
    PilotageRole,
    RelationType,
    Role,
    StatsInterval,
    ViewType,
)
from resolvers.inputs.account import (
    AccountDelete,
    AuthLogin,
    AuthRegister,
    AuthVerifyTwoFactor,
    ConsentGive,
    EmailVerify,
    InvitationRegister,
    PasswordChange,
    PasswordResetInput,
    PasswordResetRequest,
    TwoFactorBegin,
    TwoFactorConfirm,
    TwoFactorProof,
    UserUpdate,
)
from resolvers.inputs.agent import AgentCreate, AgentUpdate
from resolvers.inputs.api_token import ApiTokenCreate
from resolvers.inputs.attachment import AttachmentCreate
from resolvers.inputs.automation import AutomationCreate, AutomationUpdate
from resolvers.inputs.board import BoardRead, CardList
from resolvers.inputs.budget import BudgetCreate, BudgetUpdate
from resolvers.inputs.card import (
    CardCreate,
    CardMove,
    CardPipelineSet,
    CardRevise,
    CardStepInput,
    CardUpdate,
    ChecklistItemAdd,
    ChecklistItemMove,
    ChecklistItemUpdate,
    CommentCreate,
)
from resolvers.inputs.column import ColumnCreate, ColumnReorder, ColumnUpdate
from resolvers.inputs.credential import CredentialCreate, CredentialRotate, CredentialUpdate
from resolvers.inputs.custom_field import (
    CardCustomFieldsSet,
    CustomFieldCreate,
    CustomFieldUpdate,
    CustomFieldValueInput,
)
from resolvers.inputs.document import DocumentBatch, DocumentCreate, DocumentMove, DocumentReview, DocumentUpdate
from resolvers.inputs.job import (
    JobClaim,
    JobComplete,
    JobCreate,
    JobFail,
    JobHold,
    QueueCreate,
    QueueUpdate,
    ScheduleCreate,
    ScheduleUpdate,
)
from resolvers.inputs.label import LabelCreate, LabelUpdate
from resolvers.inputs.mission import (
    AgentRun,
    CardMissionStart,
    MissionAnswer,
    MissionComplete,
    MissionCreate,
    MissionFail,
    MissionPrompt,
    MissionReport,
)
from resolvers.inputs.organization import (
    OrganizationCreate,
    OrganizationMemberAdd,
    OrganizationMemberUpdate,
    OrganizationUpdate,
)
from resolvers.inputs.pilotage import (
    BriefingCreate,
    DecisionCreate,
    DecisionUpdate,
    ObjectiveCreate,
    ObjectiveUpdate,
    PilotageDocumentCreate,
    PilotageDocumentUpdate,
    PilotagePriorityCreate,
    PilotagePriorityUpdate,
    StandingOrderCreate,
    StandingOrderUpdate,
    TodoCreate,
    TodoUpdate,
)
from resolvers.inputs.preferences import PanelStatesUpdate, PreferencesUpdate, ProjectReorder
from resolvers.inputs.project import ProjectCreate, ProjectMemberAdd, ProjectMemberUpdate, ProjectUpdate
from resolvers.inputs.proposal import (
    ProposalApprove,
    ProposalBatchDecide,
    ProposalCreate,
    ProposalReject,
    ProposalReview,
    ProposalUpdate,
)
from resolvers.inputs.relation import RelationCreate
from resolvers.inputs.scope import ScopeCreate, ScopeReorder, ScopeUpdate, ScopeViewSet
from resolvers.inputs.template import (
    ScopeCreateFromTemplate,
    TemplateColumnInput,
    TemplateCreate,
    TemplateCreateFromProject,
    TemplateUpdate,
)
from resolvers.inputs.transfer import ImportedProject, ProjectImport, ProjectImportStart
from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceMemberInvite, WorkspaceMemberUpdate, WorkspaceUpdate
from resolvers.kit.page import Window
from resolvers.kit.periods import Periods
from resolvers.template.builtin import KANBAN_BOARD
from tests.denials.extending_calls import EXTENDING
from tests.denials.world import Ids
from tests.resolvers.attaching import upload
from tests.resolvers.lab import PASSWORD, PICTURE

Arguments = Callable[[Ids], tuple[Any, ...]]


def link_of(ids: Ids) -> dict[str, str]:
    """The query of the link to the world's attachment."""
    return dict(parse_qsl(ids["link"]))


CALLS: dict[str, Arguments] = {
    **EXTENDING,
    # account
    "authRegister": lambda _: (AuthRegister(email="new@example.com", password=PASSWORD),),
    "installation": lambda _: (),
    "installationSetup": lambda _: (AuthRegister(email="first@example.com", password=PASSWORD),),
    "authLogin": lambda _: (AuthLogin(email="nobody@example.com", password=PASSWORD),),
    "authLogout": lambda _: (),
    "viewer": lambda _: (),
    "me": lambda _: (),
    "whoami": lambda _: (),
    "userUpdate": lambda _: (UserUpdate(name="Other"),),
    "passwordChange": lambda _: (PasswordChange(current_password=PASSWORD, new_password="another password"),),
    "accountDelete": lambda _: (AccountDelete(password=PASSWORD),),
    "accountExport": lambda _: (),
    "consentGive": lambda _: (ConsentGive(subject=ConsentSubject.TERMS, version="1"),),
    "consents": lambda _: (),
    "userAvatar": lambda ids: (ids["user"],),
    "userAvatarSet": lambda _: (PICTURE,),
    "userAvatarRemove": lambda _: (),
    "sessions": lambda _: (),
    "sessionRevoke": lambda ids: (ids["session"],),
    "sessionRevokeOthers": lambda _: (),
    "emailVerificationSend": lambda _: (),
    "emailVerify": lambda _: (EmailVerify(token="nothing"),),
    "passwordResetRequest": lambda _: (PasswordResetRequest(email="nobody@example.com"),),
    "passwordReset": lambda _: (PasswordResetInput(token="nothing", new_password="another password"),),
    "twoFactorBegin": lambda _: (TwoFactorBegin(password=PASSWORD),),
    "twoFactorConfirm": lambda _: (TwoFactorConfirm(code="123456"),),
    "twoFactorRecoveryCodesRenew": lambda _: (TwoFactorProof(password=PASSWORD, code="123456"),),
    "twoFactorDisable": lambda _: (TwoFactorProof(password=PASSWORD, code="123456"),),
    "authVerifyTwoFactor": lambda _: (AuthVerifyTwoFactor(temporary_token="nothing", code="123456"),),
    "apiTokenCreate": lambda _: (ApiTokenCreate(name="more"),),
    "apiTokens": lambda _: (),
    "apiTokenRevoke": lambda ids: (ids["token"],),
    "oauthGrants": lambda _: (),
    "oauthGrantRevoke": lambda ids: (ids["oauth_grant"],),
    "user": lambda ids: (ids["user"],),
    "users": lambda _: ("example",),
    "viewerProjects": lambda _: (),
    "node": lambda ids: (ids["card"],),
    "nodes": lambda ids: ([ids["card"]],),
    # organizations
    "organizations": lambda _: (),
    "organization": lambda ids: (ids["org_slug"],),
    "organizationById": lambda ids: (ids["organization"],),
    "organizationCreate": lambda _: (OrganizationCreate(name="Mine", slug="mine-too"),),
    "organizationUpdate": lambda ids: (ids["organization"], OrganizationUpdate(name="Other")),
    "organizationDelete": lambda ids: (ids["organization"],),
    "queue": lambda ids: (ids["queue"],),
    "queueCreate": lambda ids: (QueueCreate.of(workspace_id=ids["workspace"], name="Reports"),),
    "queueUpdate": lambda ids: (ids["queue"], QueueUpdate.of(is_paused=True)),
    "queueDelete": lambda ids: (ids["queue"],),
    "job": lambda ids: (ids["job"],),
    "jobCreate": lambda ids: (JobCreate.of(queue_id=ids["queue"], name="Send", key="one"),),
    "jobClaim": lambda ids: (ids["queue"], JobClaim(size=10)),
    "jobHold": lambda ids: (ids["job"], JobHold(lease_token=1)),
    "jobComplete": lambda ids: (ids["job"], JobComplete(lease_token=1, result={"sent": 1})),
    "jobFail": lambda ids: (ids["job"], JobFail(lease_token=1, error="Away")),
    "jobDelete": lambda ids: (ids["job"],),
    "schedule": lambda ids: (ids["schedule"],),
    "scheduleCreate": lambda ids: (ScheduleCreate.of(queue_id=ids["queue"], name="Count", every_seconds=86_400),),
    "scheduleUpdate": lambda ids: (ids["schedule"], ScheduleUpdate.of(is_enabled=False)),
    "scheduleDelete": lambda ids: (ids["schedule"],),
    "budget": lambda ids: (ids["budget"],),
    "budgetCreate": lambda ids: (
        BudgetCreate.of(organization_id=ids["organization"], subject_id=ids["agent"], limit_tokens=1_000),
    ),
    "budgetUpdate": lambda ids: (ids["budget"], BudgetUpdate.of(limit_usd=2_000)),
    "budgetDelete": lambda ids: (ids["budget"],),
    "credential": lambda ids: (ids["credential"],),
    "credentialCreate": lambda ids: (
        CredentialCreate.of(organization_id=ids["organization"], key="other.example", value="sk-another"),
    ),
    "credentialUpdate": lambda ids: (ids["credential"], CredentialUpdate.of(description="Of the models")),
    "credentialRotate": lambda ids: (ids["credential"], CredentialRotate(value="sk-rotated")),
    "credentialReveal": lambda ids: (ids["credential"],),
    "credentialDelete": lambda ids: (ids["credential"],),
    "organizationMembers": lambda ids: (ids["organization"],),
    "organizationMemberAdd": lambda ids: (
        ids["organization"],
        OrganizationMemberAdd(email=ids["outsider_email"], role=Role.MEMBER),
    ),
    "organizationMemberUpdate": lambda ids: (
        ids["organization"],
        ids["bystander_id"],
        OrganizationMemberUpdate(role=Role.ADMIN),
    ),
    "organizationMemberRemove": lambda ids: (ids["organization"], ids["user"]),
    # workspaces
    "workspaces": lambda ids: (ids["organization"],),
    "workspace": lambda ids: (ids["org_slug"], "eng"),
    "workspaceById": lambda ids: (ids["workspace"],),
    "workspaceCreate": lambda ids: (WorkspaceCreate(organization_id=ids["organization"], name="More", slug="more"),),
    "workspaceUpdate": lambda ids: (ids["workspace"], WorkspaceUpdate(name="Other")),
    "workspaceDelete": lambda ids: (ids["workspace"],),
    "workspaceMembers": lambda ids: (ids["workspace"],),
    "workspaceMemberInvite": lambda ids: (ids["workspace"], WorkspaceMemberInvite(email="some@example.com")),
    "workspaceMemberUpdate": lambda ids: (
        ids["workspace"],
        ids["user"],
        WorkspaceMemberUpdate(pilotage_role=PilotageRole.VIEWER),
    ),
    "workspaceMemberRemove": lambda ids: (ids["workspace"], ids["user"]),
    "invitations": lambda ids: (ids["workspace"],),
    "invitationResend": lambda ids: (ids["invitation_id"],),
    "invitationRevoke": lambda ids: (ids["invitation_id"],),
    "invitation": lambda ids: (ids["invitation"],),
    "invitationRegister": lambda ids: (InvitationRegister(token=ids["invitation"], password=PASSWORD),),
    "invitationAccept": lambda ids: (ids["invitation"],),
    # projects
    "project": lambda ids: (ids["project"],),
    "projects": lambda ids: (ids["workspace"],),
    "portfolio": lambda ids: (ids["workspace"],),
    "projectCreate": lambda ids: (ProjectCreate.of(workspace_id=ids["workspace"], name="More"),),
    "projectRoadmap": lambda ids: (ids["project"],),
    "projectStats": lambda ids: (ids["project"], Periods.between(None, None, StatsInterval.DAY)),
    "templates": lambda ids: (ids["workspace"],),
    "templateCreateFromProject": lambda ids: (TemplateCreateFromProject(project_id=ids["project"], name="More"),),
    "templateCreate": lambda ids: (
        TemplateCreate(workspace_id=ids["workspace"], name="Board", columns=[TemplateColumnInput.of(name="To do")]),
    ),
    "templateUpdate": lambda ids: (ids["template"], TemplateUpdate(name="Other pattern")),
    "scopeCreateFromTemplate": lambda ids: (
        ScopeCreateFromTemplate.of(project_id=ids["project"], name="Board", template=KANBAN_BOARD),
    ),
    "templateDelete": lambda ids: (ids["template"],),
    "projectUpdate": lambda ids: (ids["project"], ProjectUpdate.of(name="Other")),
    "projectDelete": lambda ids: (ids["project"],),
    "projectImport": lambda ids: (ids["workspace"], ProjectImport(project=ImportedProject.of(name="Imported"))),
    "projectImportStart": lambda ids: (
        ProjectImportStart(workspace_id=ids["workspace"], file=upload(b'{"project": {"name": "Large"}}')),
    ),
    "transferJob": lambda ids: (ids["transfer_job"],),
    "transferJobs": lambda ids: (ids["workspace"], Window.read()),
    "projectExport": lambda ids: (ids["project"],),
    "projectMembers": lambda ids: (ids["project"],),
    "projectMemberAdd": lambda ids: (ids["project"], ProjectMemberAdd(user_id=ids["admin_id"])),
    "projectMemberUpdate": lambda ids: (
        ids["project"],
        ids["member_id"],
        ProjectMemberUpdate(role=Role.ADMIN),
    ),
    "projectMemberRemove": lambda ids: (ids["project"], ids["member_id"]),
    # boards
    "scope": lambda ids: (ids["scope"],),
    "scopes": lambda ids: (ids["project"],),
    "scopeStats": lambda ids: (ids["scope"], Periods.between(None, None, StatsInterval.DAY)),
    "scopeCreate": lambda ids: (ScopeCreate.of(project_id=ids["project"], name="More"),),
    "scopeUpdate": lambda ids: (ids["scope"], ScopeUpdate.of(name="Other")),
    "scopeReorder": lambda ids: (ScopeReorder(project_id=ids["project"], ids=[ids["scope"]]),),
    "scopeSetView": lambda ids: (ids["scope"], ScopeViewSet(active_view=ViewType.LIST)),
    "scopeDelete": lambda ids: (ids["scope"],),
    "column": lambda ids: (ids["column"],),
    "columns": lambda ids: (ids["project"],),
    "columnCreate": lambda ids: (ColumnCreate.of(project_id=ids["project"], name="More"),),
    "columnUpdate": lambda ids: (ids["column"], ColumnUpdate.of(name="Other")),
    "columnReorder": lambda ids: (ColumnReorder(project_id=ids["project"], ids=[ids["column"]]),),
    "columnClean": lambda ids: (ids["column"],),
    "columnDelete": lambda ids: (ids["column"],),
    "label": lambda ids: (ids["label"],),
    "labels": lambda ids: (ids["project"],),
    "labelCreate": lambda ids: (LabelCreate.of(project_id=ids["project"], name="more"),),
    "labelUpdate": lambda ids: (ids["label"], LabelUpdate.of(name="other")),
    "labelDelete": lambda ids: (ids["label"],),
    "customFields": lambda ids: (ids["project"],),
    "customFieldCreate": lambda ids: (
        CustomFieldCreate.of(project_id=ids["project"], name="more", type=FieldType.NUMBER),
    ),
    "customFieldUpdate": lambda ids: (ids["custom_field"], CustomFieldUpdate.of(name="other")),
    "customFieldDelete": lambda ids: (ids["custom_field"],),
    # cards
    "cardCustomFieldsSet": lambda ids: (
        ids["card"],
        CardCustomFieldsSet(values=[CustomFieldValueInput(field_id=ids["custom_field"])]),
    ),
    "relations": lambda ids: (ids["card"],),
    "relationCreate": lambda ids: (
        RelationCreate(card_id=ids["card"], target_card_id=ids["third_card"], type=RelationType.RELATED_TO),
    ),
    "relationDelete": lambda ids: (ids["relation"],),
    "card": lambda ids: (ids["card"],),
    "cards": lambda ids: (ids["project"],),
    "board": lambda ids: (BoardRead(project_id=ids["project"]),),
    "cardList": lambda ids: (CardList(project_id=ids["project"]),),
    "cardCreate": lambda ids: (CardCreate.of(project_id=ids["project"], title="More"),),
    "cardUpdate": lambda ids: (ids["card"], CardUpdate.of(title="Other")),
    "cardMove": lambda ids: (ids["card"], CardMove(column_id=None)),
    "cardRevise": lambda ids: (ids["card"], CardRevise(title="Other")),
    "cardComplete": lambda ids: (ids["card"],),
    "cardPipelineSet": lambda ids: (
        ids["card"],
        CardPipelineSet(steps=[CardStepInput(column_id=ids["column"], prompt="Test it")]),
    ),
    "preferences": lambda _: (),
    "preferencesUpdate": lambda _: (PreferencesUpdate(settings={"theme": "dark"}),),
    "projectReorder": lambda ids: (ProjectReorder(organization_id=ids["organization"], ids=[ids["project"]]),),
    "projectOpen": lambda ids: (ids["project"],),
    "panelStates": lambda ids: (ids["project"],),
    "panelStatesUpdate": lambda ids: (
        PanelStatesUpdate(project_id=ids["project"], states={str(ids["card"]): {"open": True}}),
    ),
    "panelStateDelete": lambda ids: (ids["card"],),
    "cardView": lambda ids: (ids["card"],),
    "projectMarkAllRead": lambda ids: (ids["project"],),
    "cardArchive": lambda ids: (ids["card"],),
    "cardDelete": lambda ids: (ids["card"],),
    "cardBatchUpdate": lambda ids: ([ids["card"]], CardUpdate.of(title="Other")),
    "cardLabelAdd": lambda ids: (ids["card"], ids["label"]),
    "cardLabelRemove": lambda ids: (ids["card"], ids["label"]),
    "checklistItemAdd": lambda ids: (ids["card"], ChecklistItemAdd(title="More")),
    "checklistItemUpdate": lambda ids: (ids["card"], ids["item"], ChecklistItemUpdate(done=True)),
    "checklistItemMove": lambda ids: (ids["card"], ids["item"], ChecklistItemMove(order=0)),
    "checklistItemConvert": lambda ids: (ids["card"], ids["item"]),
    "checklistItemRemove": lambda ids: (ids["card"], ids["item"]),
    "search": lambda ids: (ids["workspace"], "first"),
    "automation": lambda ids: (ids["automation"],),
    "automations": lambda ids: (ids["project"],),
    "automationTraces": lambda ids: (ids["automation"], Window.read(10)),
    "automationCreate": lambda ids: (
        AutomationCreate.of(
            project_id=ids["project"], trigger=AutomationTrigger.TASK_MOVED, action={"type": "notify"}, name="More"
        ),
    ),
    "automationUpdate": lambda ids: (ids["automation"], AutomationUpdate.of(name="Other")),
    "automationToggle": lambda ids: (ids["automation"], False),
    "automationDelete": lambda ids: (ids["automation"],),
    "comment": lambda ids: (ids["comment"],),
    "comments": lambda ids: (ids["card"],),
    "commentCreate": lambda ids: (CommentCreate(card_id=ids["card"], content="More"),),
    "commentDelete": lambda ids: (ids["comment"],),
    # attachments
    "attachment": lambda ids: (ids["attachment"],),
    "attachments": lambda ids: (ids["card"],),
    "attachmentLinked": lambda ids: (ids["attachment"], *link_of(ids).values()),
    "attachmentCreate": lambda ids: (AttachmentCreate(card_id=ids["card"], file=upload(b"More")),),
    "attachmentDelete": lambda ids: (ids["attachment"],),
    # documents
    "document": lambda ids: (ids["document"],),
    "documentText": lambda ids: (ids["document"],),
    "documents": lambda ids: (ids["workspace"],),
    "documentCount": lambda ids: (ids["workspace"],),
    "documentTree": lambda ids: (ids["workspace"],),
    "documentVersion": lambda ids: (ids["version"],),
    "documentCreate": lambda ids: (DocumentCreate.of(workspace_id=ids["workspace"], title="More"),),
    "documentUpdate": lambda ids: (ids["document"], DocumentUpdate.of(title="Other")),
    "documentMove": lambda ids: (ids["document"], DocumentMove(order=0)),
    "documentDelete": lambda ids: (ids["document"],),
    "documentBatchUpdate": lambda ids: ([ids["document"]], DocumentBatch(add_tags=["more"])),
    "documentRestoreVersion": lambda ids: (ids["document"], ids["version"]),
    "documentSubmitReview": lambda ids: (ids["document"],),
    "documentReview": lambda ids: (ids["document"], DocumentReview(status=DocumentStatus.APPROVED)),
    "documentLink": lambda ids: (ids["document"], ids["card"]),
    "documentUnlink": lambda ids: (ids["document"], ids["card"]),
    "cardDocuments": lambda ids: (ids["card"],),
    "documentCards": lambda ids: (ids["document"],),
    # agents and missions
    "agent": lambda ids: (ids["agent"],),
    "agents": lambda ids: (ids["workspace"],),
    "agentCreate": lambda ids: (AgentCreate.of(workspace_id=ids["workspace"], name="More", slug="more"),),
    "agentUpdate": lambda ids: (ids["agent"], AgentUpdate.of(name="Other")),
    "agentDelete": lambda ids: (ids["agent"],),
    "mission": lambda ids: (ids["mission"],),
    "missions": lambda ids: (ids["workspace"], Window.read()),
    "agentMissions": lambda ids: (ids["agent"], Window.read()),
    "missionActivity": lambda ids: (ids["mission_activity"],),
    "missionCreate": lambda ids: (MissionCreate(agent_id=ids["agent"], prompt="More"),),
    "agentRun": lambda ids: (
        AgentRun(workspace_id=ids["workspace"], agent_user_id=ids["agent"], objective="Look around"),
    ),
    "cardMissionStart": lambda ids: (
        CardMissionStart(card_id=ids["second_card"], project_id=ids["project"], agent_id=ids["agent"]),
    ),
    "missionPrompt": lambda ids: (ids["mission"], MissionPrompt(text="Mind the rain")),
    "missionAnswer": lambda ids: (ids["mission"], MissionAnswer(answer="Blue")),
    "missionCancel": lambda ids: (ids["mission"],),
    "missionClaim": lambda ids: (ids["workspace"],),
    "missionReport": lambda ids: (ids["mission"], MissionReport(progress=0.5)),
    "missionComplete": lambda ids: (ids["mission"], MissionComplete()),
    "missionFail": lambda ids: (ids["mission"], MissionFail(error="Broken")),
    # pilotage
    "objectiveCreate": lambda ids: (ObjectiveCreate.of(workspace_id=ids["workspace"], objective="More"),),
    "objectiveUpdate": lambda ids: (ids["objective"], ObjectiveUpdate.of(status="done")),
    "objectiveDelete": lambda ids: (ids["objective"],),
    "pilotagePriorityCreate": lambda ids: (PilotagePriorityCreate.of(workspace_id=ids["workspace"], label="More"),),
    "pilotagePriorityUpdate": lambda ids: (ids["pilotage_priority"], PilotagePriorityUpdate.of(active=False)),
    "pilotagePriorityDelete": lambda ids: (ids["pilotage_priority"],),
    "todoCreate": lambda ids: (
        TodoCreate.of(workspace_id=ids["workspace"], label="More", objective_id=ids["objective"]),
    ),
    "todoUpdate": lambda ids: (ids["todo"], TodoUpdate.of(status="done")),
    "todoDelete": lambda ids: (ids["todo"],),
    "decisionCreate": lambda ids: (DecisionCreate.of(workspace_id=ids["workspace"], title="More"),),
    "decisionUpdate": lambda ids: (ids["decision"], DecisionUpdate.of(impact="Less work")),
    "decisionDelete": lambda ids: (ids["decision"],),
    "pilotageDocumentCreate": lambda ids: (PilotageDocumentCreate.of(workspace_id=ids["workspace"], title="More"),),
    "pilotageDocumentUpdate": lambda ids: (ids["pilotage_document"], PilotageDocumentUpdate.of(owner="Ann")),
    "pilotageDocumentDelete": lambda ids: (ids["pilotage_document"],),
    "standingOrderCreate": lambda ids: (
        StandingOrderCreate.of(workspace_id=ids["workspace"], text="More", agent_id=ids["agent"]),
    ),
    "standingOrderUpdate": lambda ids: (ids["standing_order"], StandingOrderUpdate.of(category="tests")),
    "standingOrderDelete": lambda ids: (ids["standing_order"],),
    "pilotageCycleClose": lambda ids: (ids["workspace"], 1),
    "briefingCreate": lambda ids: (BriefingCreate(agent_id=ids["agent"]),),
    "pilotageState": lambda ids: (ids["workspace"],),
    "pilotageDashboard": lambda ids: (ids["workspace"],),
    "pilotagePortfolio": lambda ids: (ids["workspace"],),
    # proposals
    "proposal": lambda ids: (ids["proposal"],),
    "proposals": lambda ids: (ids["workspace"], Window.read()),
    "missionProposals": lambda ids: (ids["mission"], Window.read()),
    "proposalCreate": lambda ids: (ProposalCreate(workspace_id=ids["workspace"], action="Wash the dome"),),
    "proposalUpdate": lambda ids: (ids["proposal"], ProposalUpdate(arguments={"color": "white"})),
    "proposalApprove": lambda ids: (ids["proposal"], ProposalApprove()),
    "proposalReject": lambda ids: (ids["proposal"], ProposalReject()),
    "proposalReview": lambda ids: (ids["proposal"], ProposalReview(approved=True)),
    "proposalApply": lambda ids: (ids["proposal"],),
    "proposalBatchDecide": lambda ids: ([ids["proposal"]], ProposalBatchDecide(approved=True)),
    # notifications
    "notification": lambda ids: (ids["notification"],),
    "notificationList": lambda _: (Window.read(),),
    "notificationUnreadCount": lambda _: (),
    "notificationMarkRead": lambda ids: (ids["notification"],),
    "notificationMarkAllRead": lambda _: (),
    # streams
    "boardEvents": lambda ids: (ids["project"], frozenset({"CardCreated"})),
    "projectEvents": lambda ids: (ids["project"],),
    "workspaceEvents": lambda ids: (ids["workspace"],),
    "missionEvents": lambda ids: (ids["mission"],),
    "notifications": lambda _: (),
}
