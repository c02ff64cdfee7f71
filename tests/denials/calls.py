"""How each operation of the catalogue is called on the world's objects, with input that would be accepted."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from models.card_enums import CardStage
from models.enums import (
    ActorType,
    AutomationTrigger,
    DocumentStatus,
    FieldType,
    PilotageRole,
    RelationType,
    Role,
    ServerRole,
    StatsInterval,
    ViewType,
)
from resolvers.inputs.account import (
    AuthRegister,
    InvitationRegister,
)
from resolvers.inputs.activity import ActivityCreate, NoticeCreate
from resolvers.inputs.agent import AgentCreate, AgentUpdate
from resolvers.inputs.api_key import ApiKeyCreate, ApiKeyRotate, ApiKeyUpdate, KeyUseList
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
from resolvers.inputs.conversation import AssistantSay, PreSessionCreate, PreSessionSay
from resolvers.inputs.credential import (
    CredentialAssign,
    CredentialAuthorizationFinish,
    CredentialAuthorize,
    CredentialCreate,
    CredentialRotate,
    CredentialUpdate,
    CredentialUpsert,
)
from resolvers.inputs.custom_field import (
    CardCustomFieldsSet,
    CustomFieldCreate,
    CustomFieldUpdate,
    CustomFieldValueInput,
)
from resolvers.inputs.document import DocumentBatch, DocumentCreate, DocumentMove, DocumentReview, DocumentUpdate
from resolvers.inputs.filing import CardNext, CardSearch, CardSubmit
from resolvers.inputs.installation import (
    LogExportUpdate,
    LogList,
    OidcComplete,
    OidcSet,
    PeopleList,
    PersonCreate,
    PersonUpdate,
)
from resolvers.inputs.job import (
    CompletedJob,
    FactoryUpdate,
    JobBatchComplete,
    JobClaim,
    JobComplete,
    JobCreate,
    JobFail,
    JobHold,
    JobSubmit,
    QueueCreate,
    QueueUpdate,
    ScheduleCreate,
    ScheduleSubmit,
    ScheduleUpdate,
)
from resolvers.inputs.label import LabelCreate, LabelUpdate
from resolvers.inputs.log_line import LogFileSearch
from resolvers.inputs.mission import (
    AgentRun,
    CardMessages,
    CardMissionPrompt,
    CardMissionStart,
    MissionAnswer,
    MissionComplete,
    MissionCreate,
    MissionFail,
    MissionPrompt,
    MissionReport,
    MissionReview,
)
from resolvers.inputs.organization import (
    OrganizationCreate,
    OrganizationMemberAdd,
    OrganizationMemberInvite,
    OrganizationMemberUpdate,
    OrganizationUpdate,
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
from resolvers.inputs.script import ScriptCreate, ScriptReorder, ScriptStart, ScriptUpdate
from resolvers.inputs.team import TeamCreate, TeamMemberAdd, TeamMemberInvite, TeamMemberUpdate, TeamUpdate
from resolvers.inputs.template import (
    ScopeCreateFromTemplate,
    TemplateColumnInput,
    TemplateCreate,
    TemplateCreateFromProject,
    TemplateUpdate,
)
from resolvers.inputs.transfer import ImportedProject, ProjectImport, ProjectImportStart
from resolvers.inputs.wallet import (
    CreditTopUpCreate,
    CreditTopUpUpdate,
    TokenTopUpCreate,
    TokenTopUpUpdate,
    WalletConsume,
    WalletGrant,
)
from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceMemberInvite, WorkspaceMemberUpdate, WorkspaceUpdate
from resolvers.kit.page import Window
from resolvers.kit.periods import Periods
from resolvers.template.builtin import KANBAN_BOARD
from tests.denials.account_calls import ACCOUNT
from tests.denials.extending_calls import EXTENDING
from tests.denials.world import Ids
from tests.resolvers.attaching import upload
from tests.resolvers.lab import PASSWORD

Arguments = Callable[[Ids], tuple[Any, ...]]


def link_of(ids: Ids) -> dict[str, str]:
    """The query of the link to the world's attachment."""
    return dict(parse_qsl(ids["link"]))


PROVIDER = OidcSet(issuer_url="https://login.example", client_id="orrery", client_secret="sk-of-orrery")

CALLS: dict[str, Arguments] = {
    **EXTENDING,
    # account
    "authRegister": lambda _: (AuthRegister(email="new@example.com", password=PASSWORD),),
    "health": lambda _: (),
    "installation": lambda _: (),
    "installationSetup": lambda _: (AuthRegister(email="first@example.com", password=PASSWORD),),
    "installationAuthSet": lambda _: (True,),
    "logEntries": lambda _: (LogList(),),
    "logExport": lambda _: (),
    "logFiles": lambda _: (),
    "logFileLines": lambda _: (LogFileSearch(),),
    "logExportUpdate": lambda _: (LogExportUpdate.of(endpoint="https://logs.example", headers={"x-key": "1"}),),
    "logExportTest": lambda _: (),
    "backups": lambda _: (),
    "backupRemote": lambda _: (),
    "backup": lambda ids: (ids["backup_name"],),
    "backupFile": lambda ids: (ids["backup_name"],),
    "backupCreate": lambda _: (),
    "backupDelete": lambda ids: (ids["backup"],),
    "organizationExport": lambda ids: (ids["organization"],),
    "oidc": lambda _: (),
    "oidcSet": lambda _: (PROVIDER,),
    "oidcRemove": lambda _: (),
    "oidcTest": lambda _: (),
    "oidcBegin": lambda _: ("/api/oidc/callback",),
    "oidcComplete": lambda _: (OidcComplete(state="nothing", code="nothing", flow="nothing"),),
    "people": lambda _: (PeopleList(),),
    "personOwnedProjects": lambda ids: (ids["bystander_id"],),
    "personCreate": lambda _: (PersonCreate(email="made@example.com", name="Made", role=ServerRole.USER),),
    "personUpdate": lambda ids: (ids["bystander_id"], PersonUpdate(name="Other")),
    "personPasswordReset": lambda ids: (ids["bystander_id"],),
    "personDelete": lambda ids: (ids["bystander_id"],),
    **ACCOUNT,
    "apiTokenCreate": lambda _: (ApiTokenCreate(name="more"),),
    "apiTokens": lambda _: (),
    "apiTokenRevoke": lambda ids: (ids["token"],),
    "oauthGrants": lambda _: (),
    "oauthGrantRevoke": lambda ids: (ids["oauth_grant"],),
    "user": lambda ids: (ids["user"],),
    "users": lambda _: ("example",),
    "cardDiff": lambda ids: (ids["card"],),
    "worktree": lambda ids: (ids["worktree"],),
    "worktreeCreate": lambda ids: (ids["second_card"],),
    "worktreeDelete": lambda ids: (ids["worktree"],),
    "slashCommands": lambda ids: (ids["project"],),
    "scripts": lambda ids: (ids["project"],),
    "script": lambda ids: (ids["script"],),
    "scriptCreate": lambda ids: (ScriptCreate.of(project_id=ids["project"], name="More", command="true"),),
    "scriptUpdate": lambda ids: (ids["script"], ScriptUpdate.of(name="Other")),
    "scriptReorder": lambda ids: (ScriptReorder(project_id=ids["project"], ids=[ids["script"]]),),
    "scriptRun": lambda ids: (ids["script"], ScriptStart()),
    "scriptCancel": lambda ids: (ids["script"],),
    "scriptDelete": lambda ids: (ids["script"],),
    "folder": lambda ids: (ids["folder"],),
    "textFile": lambda ids: (ids["folder"] + "/README.md",),
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
    "organizationRestore": lambda ids: (ids["organization"],),
    "deletedOrganizations": lambda _: (),
    "organizationMemberInvite": lambda ids: (
        ids["organization"],
        OrganizationMemberInvite(email="another@example.com"),
    ),
    "organizationInvitations": lambda ids: (ids["organization"],),
    "organizationInvitationRevoke": lambda ids: (ids["organization"], ids["organization_invitation_id"]),
    "organizationInvitationAccept": lambda ids: (ids["organization_invitation"],),
    "queue": lambda ids: (ids["queue"],),
    "queueCreate": lambda ids: (QueueCreate.of(workspace_id=ids["workspace"], name="Reports"),),
    "queueUpdate": lambda ids: (ids["queue"], QueueUpdate.of(is_paused=True)),
    "queueDelete": lambda ids: (ids["queue"],),
    "queues": lambda ids: (ids["workspace"],),
    "workers": lambda ids: (ids["workspace"],),
    "factory": lambda ids: (ids["workspace"],),
    "factoryUpdate": lambda ids: (ids["workspace"], FactoryUpdate.of(worker_count=10)),
    "job": lambda ids: (ids["job"],),
    "jobs": lambda ids: (ids["queue"], Window.read()),
    "jobCreate": lambda ids: (JobCreate.of(queue_id=ids["queue"], name="Send", key="one"),),
    "jobSubmit": lambda ids: (JobSubmit.of(workspace_id=ids["workspace"], queue="Mails", name="Send", key="two"),),
    "jobClaim": lambda ids: (ids["queue"], JobClaim(size=10)),
    "jobHold": lambda ids: (ids["job"], JobHold(lease_token=1)),
    "jobBatchComplete": lambda ids: (
        JobBatchComplete(queue_id=ids["queue"], jobs=[CompletedJob(id=ids["job"], lease_token=1, result={"sent": 1})]),
    ),
    "jobComplete": lambda ids: (ids["job"], JobComplete(lease_token=1, result={"sent": 1})),
    "jobFail": lambda ids: (ids["job"], JobFail(lease_token=1, error="Away")),
    "jobDelete": lambda ids: (ids["job"],),
    "schedule": lambda ids: (ids["schedule"],),
    "scheduleCreate": lambda ids: (ScheduleCreate.of(queue_id=ids["queue"], name="Count", every_seconds=86_400),),
    "scheduleSubmit": lambda ids: (
        ScheduleSubmit.of(workspace_id=ids["workspace"], queue="Mails", name="Count", every_seconds=86_400),
    ),
    "scheduleUpdate": lambda ids: (ids["schedule"], ScheduleUpdate.of(is_enabled=False)),
    "scheduleDelete": lambda ids: (ids["schedule"],),
    "budget": lambda ids: (ids["budget"],),
    "budgetCreate": lambda ids: (
        BudgetCreate.of(organization_id=ids["organization"], subject_id=ids["agent"], limit_tokens=1_000),
    ),
    "budgetUpdate": lambda ids: (ids["budget"], BudgetUpdate.of(limit_usd=2_000)),
    "budgetDelete": lambda ids: (ids["budget"],),
    "wallet": lambda ids: (ids["organization"],),
    "ledgerEntries": lambda ids: (ids["organization"], Window.read()),
    "walletConsume": lambda ids: (
        WalletConsume(organization_id=ids["organization"], amount=10, action="Render", reference="one"),
    ),
    "walletGrant": lambda ids: (WalletGrant(owner_id=ids["organization"], amount=100, reference="two"),),
    "billingOverview": lambda ids: (ids["organization"],),
    "tokenTopUp": lambda ids: (ids["organization"],),
    "tokenTopUpCreate": lambda ids: (
        TokenTopUpCreate(organization_id=ids["organization"], threshold=100, package="tokens-100k"),
    ),
    "tokenTopUpUpdate": lambda ids: (TokenTopUpUpdate(organization_id=ids["organization"], threshold=200),),
    "creditWallet": lambda _: (),
    "creditTopUpCreate": lambda _: (CreditTopUpCreate(threshold=100, package="credit-10"),),
    "creditTopUpUpdate": lambda _: (CreditTopUpUpdate(threshold=200),),
    "assistant": lambda ids: (ids["project"],),
    "assistantMessage": lambda ids: (AssistantSay(project_id=ids["project"], content="And then?"),),
    "messages": lambda ids: (ids["conversation"], Window.read()),
    "preSessionCreate": lambda ids: (PreSessionCreate(card_id=ids["second_card"]),),
    "preSessionMessage": lambda ids: (ids["pre_session"], PreSessionSay(content="Shorter")),
    "preSessionAccept": lambda ids: (ids["pre_session"],),
    "preSessionCancel": lambda ids: (ids["pre_session"],),
    "apiKey": lambda ids: (ids["api_token"],),
    "apiKeys": lambda ids: (ids["organization"],),
    "apiKeyCreate": lambda ids: (ApiKeyCreate.of(organization_id=ids["organization"], name="Robot"),),
    "apiKeyUpdate": lambda ids: (
        ids["api_token"],
        ApiKeyUpdate.of(name="Other", scopes=["projects:read"], is_active=False),
    ),
    "apiKeyRotate": lambda ids: (ids["api_token"], ApiKeyRotate()),
    "apiKeyRevoke": lambda ids: (ids["api_token"],),
    "apiKeyDelete": lambda ids: (ids["api_token"],),
    "apiKeyUses": lambda ids: (ids["api_token"], KeyUseList()),
    "credential": lambda ids: (ids["credential"],),
    "credentialCreate": lambda ids: (
        CredentialCreate.of(organization_id=ids["organization"], key="other.example", value="sk-another"),
    ),
    "credentialUpsert": lambda ids: (
        CredentialUpsert.of(organization_id=ids["organization"], key="upserted.example", value="sk-upserted"),
    ),
    "credentialUpdate": lambda ids: (ids["credential"], CredentialUpdate.of(description="Of the models")),
    "credentialRotate": lambda ids: (ids["credential"], CredentialRotate(value="sk-rotated")),
    "credentialReveal": lambda ids: (ids["credential"],),
    "credentials": lambda ids: (ids["organization"],),
    "credentialAuthorize": lambda ids: (CredentialAuthorize(organization_id=ids["organization"], provider="example"),),
    "credentialAuthorizationFinish": lambda _: (
        CredentialAuthorizationFinish(state="69f3c1c10a4b5cc10d000001.x", binding="-", code="x"),
    ),
    "credentialVerify": lambda ids: (ids["credential"],),
    "organizationCredentialSet": lambda ids: (
        ids["organization"],
        CredentialAssign(credential_id=ids["credential"]),
    ),
    "projectCredentialSet": lambda ids: (ids["project"], CredentialAssign(credential_id=ids["credential"])),
    "cardCredentialSet": lambda ids: (ids["card"], CredentialAssign(credential_id=ids["credential"])),
    "credentialDelete": lambda ids: (ids["credential"],),
    "organizationMembers": lambda ids: (ids["organization"],),
    "organizationMember": lambda ids: (ids["organization"], ids["member_id"]),
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
    "team": lambda ids: (ids["team"],),
    "teams": lambda ids: (ids["organization"], Window.read()),
    "teamCreate": lambda ids: (TeamCreate.of(organization_id=ids["organization"], name="More"),),
    "teamUpdate": lambda ids: (ids["team"], TeamUpdate.of(name="Other")),
    "teamDelete": lambda ids: (ids["team"],),
    "teamMembers": lambda ids: (ids["team"],),
    "teamMemberAdd": lambda ids: (ids["team"], TeamMemberAdd(user_id=ids["bystander_id"])),
    "teamMemberInvite": lambda ids: (ids["team"], TeamMemberInvite(email="another@example.com")),
    "teamInvitations": lambda ids: (ids["team"],),
    "teamMemberUpdate": lambda ids: (ids["team"], ids["member_id"], TeamMemberUpdate(role=Role.ADMIN)),
    "teamMemberRemove": lambda ids: (ids["team"], ids["user"]),
    # activities
    "activities": lambda ids: (ids["workspace"], Window.read(), ActorType.USER, ids["user"], "card.moved"),
    "activityStats": lambda ids: (ids["workspace"],),
    "activityCreate": lambda ids: (
        ActivityCreate(workspace_id=ids["workspace"], actor_type=ActorType.USER, action="deploy.finished"),
    ),
    "noticeCreate": lambda ids: (NoticeCreate(workspace_id=ids["workspace"], title="Soon", message="A new dome"),),
    # workspaces
    "workspaces": lambda ids: (ids["organization"],),
    "workspace": lambda ids: (ids["org_slug"], ids["workspace_slug"]),
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
    "projectFiles": lambda ids: (ids["project"],),
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
    "cardSubmit": lambda ids: (
        CardSubmit.of(
            workspace_id=ids["workspace"], title="Filed", project=str(ids["project"]), stage=CardStage.REVIEW
        ),
    ),
    "workspaceCards": lambda ids: (
        CardSearch(workspace_id=ids["workspace"], stages=[CardStage.TODO], project=str(ids["project"]), assignee="me"),
    ),
    "nextCard": lambda ids: (CardNext(workspace_id=ids["workspace"], project=str(ids["project"]), assignee="me"),),
    "cardCreate": lambda ids: (CardCreate.of(project_id=ids["project"], title="More"),),
    "cardUpdate": lambda ids: (ids["card"], CardUpdate.of(title="Other")),
    "cardMove": lambda ids: (ids["card"], CardMove(column_id=None)),
    "cardRevise": lambda ids: (ids["card"], CardRevise.of(title="Other", stage=CardStage.CANCELLED)),
    "cardComplete": lambda ids: (ids["card"],),
    "cardActivate": lambda ids: (ids["card"],),
    "cardAutoApprove": lambda ids: (ids["card"],),
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
    "cardMissionPrompt": lambda ids: (ids["third_card"], CardMissionPrompt(text="Mind the rain")),
    "cardMissions": lambda ids: (ids["card"], Window.read()),
    "cardMissionSummary": lambda ids: (ids["card"],),
    "cardMessages": lambda ids: (ids["card"], CardMessages()),
    "activeMissions": lambda ids: (ids["project"],),
    "missionRetry": lambda ids: (ids["mission"],),
    "missionRelaunch": lambda ids: (ids["mission"],),
    "missionRelay": lambda ids: (ids["mission"],),
    "missionReview": lambda ids: (ids["mission"], MissionReview(approved=True)),
    "missionPrompt": lambda ids: (ids["mission"], MissionPrompt(text="Mind the rain")),
    "missionAnswer": lambda ids: (ids["mission"], MissionAnswer(answer="Blue")),
    "missionCancel": lambda ids: (ids["mission"],),
    "missionClaim": lambda ids: (ids["workspace"],),
    "missionReport": lambda ids: (ids["mission"], MissionReport(progress=0.5)),
    "missionComplete": lambda ids: (ids["mission"], MissionComplete()),
    "missionFail": lambda ids: (ids["mission"], MissionFail(error="Broken")),
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
    "queueEvents": lambda ids: (ids["queue"],),
    "notifications": lambda _: (),
}
