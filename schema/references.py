"""Names for types that refer to each other across modules, or are named by what is made of declarations."""

import re
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

if TYPE_CHECKING:
    from schema.activity import Activity
    from schema.agent import Agent
    from schema.agent_automation import AgentAutomation
    from schema.agent_template import AgentTemplate
    from schema.automation import Automation, AutomationTrace
    from schema.budget import Budget
    from schema.card import Card, ChecklistItem
    from schema.changelog_entry import ChangelogEntry
    from schema.column import Column
    from schema.conversation import Conversation, Message
    from schema.credential import Credential
    from schema.custom_field import CustomField
    from schema.discovery_engine import DiscoveryEngine
    from schema.document import Document, DocumentTreeEntry, DocumentVersion
    from schema.events.by_hand import CustomFieldChange
    from schema.job import Job, Queue, Schedule, Worker
    from schema.label import Label
    from schema.mission import Mission, MissionActivity
    from schema.notification import Notification
    from schema.organization import Organization, OrganizationMember
    from schema.pilotage import Decision, Objective, PilotageDocument, PilotagePriority, StandingOrder, Todo
    from schema.pipeline import Pipeline
    from schema.plugin import Plugin, RemoteCall
    from schema.preferences import PanelState, Preferences
    from schema.project import Project, ProjectMember
    from schema.project_draft import ProjectDraft
    from schema.proposal import Proposal
    from schema.scope import Scope
    from schema.script import Script, ScriptRun, SlashCommand
    from schema.skill import Skill
    from schema.team import Team, TeamMember
    from schema.transfer import TransferJob
    from schema.user import User
    from schema.wallet import LedgerEntry, Wallet
    from schema.workspace import Workspace, WorkspaceMember
    from schema.workspace_file import WorkspaceFile
    from schema.worktree import Worktree

ActivityRef = Annotated["Activity", strawberry.lazy("schema.activity")]
AgentRef = Annotated["Agent", strawberry.lazy("schema.agent")]
AgentAutomationRef = Annotated["AgentAutomation", strawberry.lazy("schema.agent_automation")]
AgentTemplateRef = Annotated["AgentTemplate", strawberry.lazy("schema.agent_template")]
AutomationRef = Annotated["Automation", strawberry.lazy("schema.automation")]
AutomationTraceRef = Annotated["AutomationTrace", strawberry.lazy("schema.automation")]
BudgetRef = Annotated["Budget", strawberry.lazy("schema.budget")]
CardRef = Annotated["Card", strawberry.lazy("schema.card")]
ChecklistItemRef = Annotated["ChecklistItem", strawberry.lazy("schema.card")]
ChangelogEntryRef = Annotated["ChangelogEntry", strawberry.lazy("schema.changelog_entry")]
ColumnRef = Annotated["Column", strawberry.lazy("schema.column")]
DiscoveryEngineRef = Annotated["DiscoveryEngine", strawberry.lazy("schema.discovery_engine")]
DocumentRef = Annotated["Document", strawberry.lazy("schema.document")]
DocumentTreeEntryRef = Annotated["DocumentTreeEntry", strawberry.lazy("schema.document")]
DocumentVersionRef = Annotated["DocumentVersion", strawberry.lazy("schema.document")]
ConversationRef = Annotated["Conversation", strawberry.lazy("schema.conversation")]
MessageRef = Annotated["Message", strawberry.lazy("schema.conversation")]
CredentialRef = Annotated["Credential", strawberry.lazy("schema.credential")]
CustomFieldRef = Annotated["CustomField", strawberry.lazy("schema.custom_field")]
CustomFieldChangeRef = Annotated["CustomFieldChange", strawberry.lazy("schema.events.by_hand")]
JobRef = Annotated["Job", strawberry.lazy("schema.job")]
WorkerRef = Annotated["Worker", strawberry.lazy("schema.job")]
QueueRef = Annotated["Queue", strawberry.lazy("schema.job")]
ScheduleRef = Annotated["Schedule", strawberry.lazy("schema.job")]
LabelRef = Annotated["Label", strawberry.lazy("schema.label")]
MissionRef = Annotated["Mission", strawberry.lazy("schema.mission")]
MissionActivityRef = Annotated["MissionActivity", strawberry.lazy("schema.mission")]
NotificationRef = Annotated["Notification", strawberry.lazy("schema.notification")]
OrganizationRef = Annotated["Organization", strawberry.lazy("schema.organization")]
OrganizationMemberRef = Annotated["OrganizationMember", strawberry.lazy("schema.organization")]
DecisionRef = Annotated["Decision", strawberry.lazy("schema.pilotage")]
ObjectiveRef = Annotated["Objective", strawberry.lazy("schema.pilotage")]
PilotageDocumentRef = Annotated["PilotageDocument", strawberry.lazy("schema.pilotage")]
PilotagePriorityRef = Annotated["PilotagePriority", strawberry.lazy("schema.pilotage")]
StandingOrderRef = Annotated["StandingOrder", strawberry.lazy("schema.pilotage")]
TodoRef = Annotated["Todo", strawberry.lazy("schema.pilotage")]
PanelStateRef = Annotated["PanelState", strawberry.lazy("schema.preferences")]
PreferencesRef = Annotated["Preferences", strawberry.lazy("schema.preferences")]
PipelineRef = Annotated["Pipeline", strawberry.lazy("schema.pipeline")]
PluginRef = Annotated["Plugin", strawberry.lazy("schema.plugin")]
RemoteCallRef = Annotated["RemoteCall", strawberry.lazy("schema.plugin")]
ProjectRef = Annotated["Project", strawberry.lazy("schema.project")]
ProjectMemberRef = Annotated["ProjectMember", strawberry.lazy("schema.project")]
ProjectDraftRef = Annotated["ProjectDraft", strawberry.lazy("schema.project_draft")]
ProposalRef = Annotated["Proposal", strawberry.lazy("schema.proposal")]
ScopeRef = Annotated["Scope", strawberry.lazy("schema.scope")]
ScriptRef = Annotated["Script", strawberry.lazy("schema.script")]
ScriptRunRef = Annotated["ScriptRun", strawberry.lazy("schema.script")]
SlashCommandRef = Annotated["SlashCommand", strawberry.lazy("schema.script")]
SkillRef = Annotated["Skill", strawberry.lazy("schema.skill")]
TeamRef = Annotated["Team", strawberry.lazy("schema.team")]
TeamMemberRef = Annotated["TeamMember", strawberry.lazy("schema.team")]
TransferJobRef = Annotated["TransferJob", strawberry.lazy("schema.transfer")]
LedgerEntryRef = Annotated["LedgerEntry", strawberry.lazy("schema.wallet")]
WalletRef = Annotated["Wallet", strawberry.lazy("schema.wallet")]
UserRef = Annotated["User", strawberry.lazy("schema.user")]
WorkspaceRef = Annotated["Workspace", strawberry.lazy("schema.workspace")]
WorkspaceFileRef = Annotated["WorkspaceFile", strawberry.lazy("schema.workspace_file")]
WorkspaceMemberRef = Annotated["WorkspaceMember", strawberry.lazy("schema.workspace")]
WorktreeRef = Annotated["Worktree", strawberry.lazy("schema.worktree")]


def reference(name: str) -> Any:
    """The reference to a type of the graph. One that is not here stands in the module of its name."""
    module = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    return globals().get(f"{name}Ref") or Annotated[name, strawberry.lazy(f"schema.{module}")]
