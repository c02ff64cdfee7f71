"""The nouns. Nothing else lists them; the type of a record tells the graph what it is."""

from collections.abc import Mapping
from typing import Any

from auth.policies import (
    api_key,
    board,
    budget,
    credential,
    document,
    job,
    mission,
    organization,
    pilotage,
    proposal,
    team,
    workspace,
)
from models import (
    Activity,
    Agent,
    AgentAutomation,
    AgentTemplate,
    ApiToken,
    Attachment,
    Automation,
    AutomationTrace,
    Backup,
    Budget,
    Card,
    ChangelogEntry,
    Column,
    Comment,
    Conversation,
    Credential,
    CustomField,
    Decision,
    DiscoveryEngine,
    Document,
    DocumentVersion,
    Invitation,
    Job,
    Label,
    LedgerEntry,
    LogLine,
    Message,
    Mission,
    MissionActivity,
    Notification,
    Objective,
    Organization,
    OrganizationMember,
    PanelState,
    PilotageDocument,
    PilotagePriority,
    Pipeline,
    Plugin,
    Preferences,
    Project,
    ProjectDraft,
    ProjectMember,
    Proposal,
    Queue,
    Relation,
    RemoteCall,
    Schedule,
    Scope,
    Script,
    ScriptRun,
    Skill,
    StandingOrder,
    Team,
    TeamMember,
    Template,
    Todo,
    TransferJob,
    User,
    Wallet,
    Worker,
    Workspace,
    WorkspaceFile,
    WorkspaceMember,
    Worktree,
    records,
)
from models.enums import TokenScope
from models.ids import Kind
from resolvers.kit.noun import Noun, noun, tenant

ORGANIZATION = tenant(Organization, Kind.ORGANIZATION, OrganizationMember, reads=organization.READ)
ORGANIZATION_MEMBER = noun(
    OrganizationMember, Kind.ORGANIZATION_MEMBER, shown_as="member", word="member", has_node=False
)
TEAM = noun(Team, Kind.TEAM, reads=team.READ, has_node=False)
TEAM_MEMBER = noun(TeamMember, Kind.TEAM_MEMBER, shown_as="member", word="member", has_node=False)
CREDENTIAL = noun(Credential, Kind.CREDENTIAL, reads=credential.READ, scope=TokenScope.CREDENTIALS_READ, has_node=False)
API_TOKEN = noun(
    ApiToken, Kind.API_TOKEN, reads=api_key.READ, scope=TokenScope.ACCOUNT_WRITE, word="API key", has_node=False
)
BUDGET = noun(Budget, Kind.BUDGET, reads=budget.READ, scope=TokenScope.PILOTAGE_READ, has_node=False)
WALLET = noun(Wallet, Kind.WALLET, scope=TokenScope.BILLING_READ, has_node=False)
LEDGER_ENTRY = noun(
    LedgerEntry, Kind.LEDGER_ENTRY, scope=TokenScope.BILLING_READ, shown_as="entry", word="ledger entry", has_node=False
)
WORKSPACE = tenant(Workspace, Kind.WORKSPACE, WorkspaceMember, reads=workspace.READ)
WORKSPACE_MEMBER = noun(WorkspaceMember, Kind.WORKSPACE_MEMBER, shown_as="member", word="member", has_node=False)
INVITATION = noun(
    Invitation, Kind.INVITATION, reads=workspace.MANAGE_MEMBERS, scope=TokenScope.ACCOUNT_WRITE, has_node=False
)
PROJECT = noun(Project, Kind.PROJECT, reads=board.READ)
PROJECT_MEMBER = noun(ProjectMember, Kind.PROJECT_MEMBER, shown_as="member", word="member", has_node=False)
SCOPE = noun(Scope, Kind.SCOPE, reads=board.READ)
COLUMN = noun(Column, Kind.COLUMN, reads=board.READ)
LABEL = noun(Label, Kind.LABEL, reads=board.READ)
AUTOMATION = noun(Automation, Kind.AUTOMATION, reads=board.READ)
AUTOMATION_TRACE = noun(
    AutomationTrace, Kind.AUTOMATION_TRACE, reads=board.READ, shown_as="trace", word="trace", has_node=False
)
CUSTOM_FIELD = noun(CustomField, Kind.CUSTOM_FIELD, reads=board.READ)
TEMPLATE = noun(Template, Kind.TEMPLATE, reads=board.READ, has_node=False)
TRANSFER_JOB = noun(TransferJob, Kind.TRANSFER_JOB, reads=board.READ, shown_as="job", word="import")
CARD = noun(Card, Kind.CARD, reads=board.READ)
CHANGELOG_ENTRY = noun(ChangelogEntry, Kind.CHANGELOG_ENTRY, reads=board.READ, word="changelog entry")
SCRIPT = noun(Script, Kind.SCRIPT, reads=board.READ)
SCRIPT_RUN = noun(ScriptRun, Kind.SCRIPT_RUN, reads=board.READ)
WORKTREE = noun(Worktree, Kind.WORKTREE, reads=board.READ)
COMMENT = noun(Comment, Kind.COMMENT, reads=board.READ)
RELATION = noun(Relation, Kind.RELATION, reads=board.READ)
ATTACHMENT = noun(Attachment, Kind.ATTACHMENT, reads=board.READ)
DOCUMENT = noun(Document, Kind.DOCUMENT, reads=document.READ)
DOCUMENT_VERSION = noun(DocumentVersion, Kind.DOCUMENT_VERSION, reads=document.READ, word="version")
ACTIVITY = noun(Activity, Kind.ACTIVITY, reads=board.READ)
LOG_LINE = noun(LogLine, Kind.LOG_LINE, reads=mission.READ, scope=TokenScope.OPERATIONS_READ)
WORKSPACE_FILE = noun(WorkspaceFile, Kind.WORKSPACE_FILE, reads=board.READ)
AGENT = noun(Agent, Kind.AGENT, reads=mission.READ, scope=TokenScope.PILOTAGE_READ)
AGENT_TEMPLATE = noun(
    AgentTemplate, Kind.AGENT_TEMPLATE, reads=mission.READ, scope=TokenScope.PILOTAGE_READ, word="template"
)
AGENT_AUTOMATION = noun(AgentAutomation, Kind.AGENT_AUTOMATION, reads=mission.READ, scope=TokenScope.PILOTAGE_READ)
DISCOVERY_ENGINE = noun(
    DiscoveryEngine, Kind.DISCOVERY_ENGINE, reads=mission.READ, scope=TokenScope.PILOTAGE_READ, word="discovery engine"
)
PROJECT_DRAFT = noun(ProjectDraft, Kind.PROJECT_DRAFT, reads=board.READ, word="draft")
PIPELINE = noun(Pipeline, Kind.PIPELINE, reads=board.READ)
PLUGIN = noun(Plugin, Kind.PLUGIN, reads=workspace.MANAGE_PLUGINS, scope=TokenScope.PILOTAGE_READ)
REMOTE_CALL = noun(RemoteCall, Kind.REMOTE_CALL, reads=mission.READ, scope=TokenScope.PILOTAGE_READ)
SKILL = noun(Skill, Kind.SKILL, reads=mission.READ, scope=TokenScope.PILOTAGE_READ)
MISSION = noun(Mission, Kind.MISSION, reads=mission.READ, scope=TokenScope.PILOTAGE_READ)
MISSION_ACTIVITY = noun(MissionActivity, Kind.MISSION_ACTIVITY, reads=mission.READ, scope=TokenScope.PILOTAGE_READ)
OBJECTIVE = noun(Objective, Kind.OBJECTIVE, reads=pilotage.READ, scope=TokenScope.PILOTAGE_READ)
PILOTAGE_PRIORITY = noun(
    PilotagePriority, Kind.PILOTAGE_PRIORITY, reads=pilotage.READ, scope=TokenScope.PILOTAGE_READ, word="priority"
)
TODO = noun(Todo, Kind.TODO, reads=pilotage.READ, scope=TokenScope.PILOTAGE_READ)
DECISION = noun(Decision, Kind.DECISION, reads=pilotage.READ, scope=TokenScope.PILOTAGE_READ)
PILOTAGE_DOCUMENT = noun(
    PilotageDocument, Kind.PILOTAGE_DOCUMENT, reads=pilotage.READ, scope=TokenScope.PILOTAGE_READ, word="document"
)
STANDING_ORDER = noun(StandingOrder, Kind.STANDING_ORDER, reads=pilotage.READ, scope=TokenScope.PILOTAGE_READ)
PROPOSAL = noun(Proposal, Kind.PROPOSAL, reads=proposal.READ, scope=TokenScope.PILOTAGE_READ)
NOTIFICATION = noun(Notification, Kind.NOTIFICATION, scope=TokenScope.NOTIFICATIONS_READ)
QUEUE = noun(Queue, Kind.QUEUE, reads=job.READ, scope=TokenScope.PILOTAGE_READ, has_node=False)
JOB = noun(Job, Kind.JOB, reads=job.READ, scope=TokenScope.PILOTAGE_READ, has_node=False)
SCHEDULE = noun(Schedule, Kind.SCHEDULE, reads=job.READ, scope=TokenScope.PILOTAGE_READ, has_node=False)
WORKER = noun(Worker, Kind.WORKER, reads=job.READ, scope=TokenScope.PILOTAGE_READ, has_node=False)
CONVERSATION = noun(Conversation, Kind.CONVERSATION, reads=board.READ, scope=TokenScope.PILOTAGE_READ, has_node=False)
MESSAGE = noun(Message, Kind.MESSAGE, reads=board.READ, scope=TokenScope.PILOTAGE_READ, has_node=False)
PREFERENCES = noun(Preferences, Kind.PREFERENCES, scope=TokenScope.ACCOUNT_READ, has_node=False)
PANEL_STATE = noun(PanelState, Kind.PANEL_STATE, has_node=False)
BACKUP = noun(Backup, Kind.BACKUP, scope=TokenScope.ACCOUNT_READ, has_node=False)
USER = noun(User, Kind.USER)

NOUNS: Mapping[Kind, Noun[Any]] = {var.kind: var for var in tuple(vars().values()) if isinstance(var, Noun)}
"""By the kind that an id carries."""

_BY_RECORD: Mapping[Any, Noun[Any]] = {getattr(records, f"{noun.name}Record"): noun for noun in NOUNS.values()}


def noun_of(annotation: Any) -> Noun[Any] | None:
    """The noun whose record an annotation names (`LabelRecord`, say)."""
    return _BY_RECORD.get(annotation)
