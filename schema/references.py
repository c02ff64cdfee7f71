"""Names for the types of the graph, in modules that name each other's: made by `orrery schema --write`."""

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from schema.activity import ActionCount, Activity, ActivityStats
    from schema.agent import Agent, IdleCheck
    from schema.agent_automation import AgentAutomation, AutomationFile
    from schema.agent_template import AgentTemplate
    from schema.api_token import ApiToken, KeyUse, KeyUses
    from schema.attachment import Attachment
    from schema.automation import Automation, AutomationTrace
    from schema.backup import Backup, BackupRemote
    from schema.billing import BillingSummary, Package, PlanCheck, PlanExcess, PlanUse, Pricing
    from schema.billing_overview import BillingOverview, ProductRevenue, Revenue
    from schema.budget import Budget
    from schema.card import Card, CardStep, ChecklistItem
    from schema.changelog_entry import ChangelogArea, ChangelogDay, ChangelogEntry
    from schema.column import Column
    from schema.comment import Comment
    from schema.connection import PageInfo
    from schema.consent import Consent
    from schema.conversation import Conversation, Message
    from schema.credential import Credential, CredentialUsage
    from schema.custom_field import CustomField, CustomFieldChange, CustomFieldOption, CustomFieldValue
    from schema.discovery_engine import DiscoveryEngine
    from schema.document import Document, DocumentTreeEntry, DocumentVersion
    from schema.installation import Health, HealthMachine, HealthPart, Installation, LogExport, Oidc, People, Person
    from schema.invitation import Invitation, InvitationPreview
    from schema.job import Factory, FactoryAlert, Job, JobCounts, Queue, Schedule, Worker
    from schema.label import Label
    from schema.log_entry import LogEntry, LogFile, LogFileLine
    from schema.log_line import LogLine
    from schema.machine import Folder, FolderEntry, TextFile
    from schema.mission import Mission, MissionActivity, MissionOutput
    from schema.notification import Notification
    from schema.oauth_grant import OAuthGrant
    from schema.organization import (
        BillingSubscription,
        DeletedOrganization,
        Organization,
        OrganizationMember,
        Plan,
        PlanLimits,
    )
    from schema.overview import (
        AgentCompletion,
        AgentCount,
        AgentEfficiency,
        AgentQueue,
        HealthCheck,
        HealthSection,
        StageCount,
        WorkspaceCounts,
        WorkspaceHealth,
    )
    from schema.pilotage import (
        Decision,
        MissionCounts,
        Objective,
        ObjectiveCounts,
        Pilotage,
        PilotageCounts,
        PilotageDashboard,
        PilotageDocument,
        PilotageHistory,
        PilotagePriority,
        PilotageRisk,
        PilotageState,
        StandingOrder,
        Todo,
        TodoCounts,
    )
    from schema.pipeline import Pipeline, PipelineCondition, PipelineStep, PipelineStepRun
    from schema.plugin import Plugin, PluginManifest, RemoteCall, RemoteServer, RemoteTool
    from schema.portfolio import Portfolio, PortfolioTotals, PriorityCount, ProjectMetrics
    from schema.preferences import PanelState, Preferences
    from schema.project import Project, ProjectMember
    from schema.project_draft import (
        DraftDeliverable,
        DraftDocument,
        DraftMember,
        DraftPhase,
        DraftQuestion,
        ProjectDraft,
    )
    from schema.proposal import Proposal, ProposalChange
    from schema.relation import CardRelation, Relation
    from schema.roadmap import Roadmap, RoadmapCard, RoadmapDependency, RoadmapMilestone, RoadmapScope, RoadmapStep
    from schema.scope import Scope
    from schema.script import Script, ScriptRun, SlashCommand
    from schema.search import SearchConnection, SearchFragment, SearchHit
    from schema.session import Session
    from schema.skill import Skill
    from schema.stats import (
        AgeBucket,
        Ageing,
        AssigneeShare,
        BurnUpPoint,
        CardCounts,
        ColumnShare,
        DurationStats,
        LabelShare,
        PriorityShare,
        Stats,
        Throughput,
    )
    from schema.storage_account import StorageUsage
    from schema.team import Team, TeamMember
    from schema.template import Template, TemplateCard, TemplateColumn, TemplateField, TemplateLabel, TemplateScope
    from schema.transfer import ImportNote, TransferError, TransferJob
    from schema.usage import Usage, UsageDay, UsageModel, UsageTotal
    from schema.user import User
    from schema.wallet import LedgerEntry, TopUp, Wallet
    from schema.workspace import Workspace, WorkspaceMember
    from schema.workspace_file import WorkspaceFile
    from schema.worktree import Worktree, WorktreeDiff

ActionCountRef = Annotated["ActionCount", strawberry.lazy("schema.activity")]
ActivityRef = Annotated["Activity", strawberry.lazy("schema.activity")]
ActivityStatsRef = Annotated["ActivityStats", strawberry.lazy("schema.activity")]
AgentRef = Annotated["Agent", strawberry.lazy("schema.agent")]
IdleCheckRef = Annotated["IdleCheck", strawberry.lazy("schema.agent")]
AgentAutomationRef = Annotated["AgentAutomation", strawberry.lazy("schema.agent_automation")]
AutomationFileRef = Annotated["AutomationFile", strawberry.lazy("schema.agent_automation")]
AgentTemplateRef = Annotated["AgentTemplate", strawberry.lazy("schema.agent_template")]
ApiTokenRef = Annotated["ApiToken", strawberry.lazy("schema.api_token")]
KeyUseRef = Annotated["KeyUse", strawberry.lazy("schema.api_token")]
KeyUsesRef = Annotated["KeyUses", strawberry.lazy("schema.api_token")]
AttachmentRef = Annotated["Attachment", strawberry.lazy("schema.attachment")]
AutomationRef = Annotated["Automation", strawberry.lazy("schema.automation")]
AutomationTraceRef = Annotated["AutomationTrace", strawberry.lazy("schema.automation")]
BackupRef = Annotated["Backup", strawberry.lazy("schema.backup")]
BackupRemoteRef = Annotated["BackupRemote", strawberry.lazy("schema.backup")]
BillingSummaryRef = Annotated["BillingSummary", strawberry.lazy("schema.billing")]
PackageRef = Annotated["Package", strawberry.lazy("schema.billing")]
PlanCheckRef = Annotated["PlanCheck", strawberry.lazy("schema.billing")]
PlanExcessRef = Annotated["PlanExcess", strawberry.lazy("schema.billing")]
PlanUseRef = Annotated["PlanUse", strawberry.lazy("schema.billing")]
PricingRef = Annotated["Pricing", strawberry.lazy("schema.billing")]
BillingOverviewRef = Annotated["BillingOverview", strawberry.lazy("schema.billing_overview")]
ProductRevenueRef = Annotated["ProductRevenue", strawberry.lazy("schema.billing_overview")]
RevenueRef = Annotated["Revenue", strawberry.lazy("schema.billing_overview")]
BudgetRef = Annotated["Budget", strawberry.lazy("schema.budget")]
CardRef = Annotated["Card", strawberry.lazy("schema.card")]
CardStepRef = Annotated["CardStep", strawberry.lazy("schema.card")]
ChecklistItemRef = Annotated["ChecklistItem", strawberry.lazy("schema.card")]
ChangelogAreaRef = Annotated["ChangelogArea", strawberry.lazy("schema.changelog_entry")]
ChangelogDayRef = Annotated["ChangelogDay", strawberry.lazy("schema.changelog_entry")]
ChangelogEntryRef = Annotated["ChangelogEntry", strawberry.lazy("schema.changelog_entry")]
ColumnRef = Annotated["Column", strawberry.lazy("schema.column")]
CommentRef = Annotated["Comment", strawberry.lazy("schema.comment")]
PageInfoRef = Annotated["PageInfo", strawberry.lazy("schema.connection")]
ConsentRef = Annotated["Consent", strawberry.lazy("schema.consent")]
ConversationRef = Annotated["Conversation", strawberry.lazy("schema.conversation")]
MessageRef = Annotated["Message", strawberry.lazy("schema.conversation")]
CredentialRef = Annotated["Credential", strawberry.lazy("schema.credential")]
CredentialUsageRef = Annotated["CredentialUsage", strawberry.lazy("schema.credential")]
CustomFieldRef = Annotated["CustomField", strawberry.lazy("schema.custom_field")]
CustomFieldChangeRef = Annotated["CustomFieldChange", strawberry.lazy("schema.custom_field")]
CustomFieldOptionRef = Annotated["CustomFieldOption", strawberry.lazy("schema.custom_field")]
CustomFieldValueRef = Annotated["CustomFieldValue", strawberry.lazy("schema.custom_field")]
DiscoveryEngineRef = Annotated["DiscoveryEngine", strawberry.lazy("schema.discovery_engine")]
DocumentRef = Annotated["Document", strawberry.lazy("schema.document")]
DocumentTreeEntryRef = Annotated["DocumentTreeEntry", strawberry.lazy("schema.document")]
DocumentVersionRef = Annotated["DocumentVersion", strawberry.lazy("schema.document")]
HealthRef = Annotated["Health", strawberry.lazy("schema.installation")]
HealthMachineRef = Annotated["HealthMachine", strawberry.lazy("schema.installation")]
HealthPartRef = Annotated["HealthPart", strawberry.lazy("schema.installation")]
InstallationRef = Annotated["Installation", strawberry.lazy("schema.installation")]
LogExportRef = Annotated["LogExport", strawberry.lazy("schema.installation")]
OidcRef = Annotated["Oidc", strawberry.lazy("schema.installation")]
PeopleRef = Annotated["People", strawberry.lazy("schema.installation")]
PersonRef = Annotated["Person", strawberry.lazy("schema.installation")]
InvitationRef = Annotated["Invitation", strawberry.lazy("schema.invitation")]
InvitationPreviewRef = Annotated["InvitationPreview", strawberry.lazy("schema.invitation")]
FactoryRef = Annotated["Factory", strawberry.lazy("schema.job")]
FactoryAlertRef = Annotated["FactoryAlert", strawberry.lazy("schema.job")]
JobRef = Annotated["Job", strawberry.lazy("schema.job")]
JobCountsRef = Annotated["JobCounts", strawberry.lazy("schema.job")]
QueueRef = Annotated["Queue", strawberry.lazy("schema.job")]
ScheduleRef = Annotated["Schedule", strawberry.lazy("schema.job")]
WorkerRef = Annotated["Worker", strawberry.lazy("schema.job")]
LabelRef = Annotated["Label", strawberry.lazy("schema.label")]
LogEntryRef = Annotated["LogEntry", strawberry.lazy("schema.log_entry")]
LogFileRef = Annotated["LogFile", strawberry.lazy("schema.log_entry")]
LogFileLineRef = Annotated["LogFileLine", strawberry.lazy("schema.log_entry")]
LogLineRef = Annotated["LogLine", strawberry.lazy("schema.log_line")]
FolderRef = Annotated["Folder", strawberry.lazy("schema.machine")]
FolderEntryRef = Annotated["FolderEntry", strawberry.lazy("schema.machine")]
TextFileRef = Annotated["TextFile", strawberry.lazy("schema.machine")]
MissionRef = Annotated["Mission", strawberry.lazy("schema.mission")]
MissionActivityRef = Annotated["MissionActivity", strawberry.lazy("schema.mission")]
MissionOutputRef = Annotated["MissionOutput", strawberry.lazy("schema.mission")]
NotificationRef = Annotated["Notification", strawberry.lazy("schema.notification")]
OAuthGrantRef = Annotated["OAuthGrant", strawberry.lazy("schema.oauth_grant")]
BillingSubscriptionRef = Annotated["BillingSubscription", strawberry.lazy("schema.organization")]
DeletedOrganizationRef = Annotated["DeletedOrganization", strawberry.lazy("schema.organization")]
OrganizationRef = Annotated["Organization", strawberry.lazy("schema.organization")]
OrganizationMemberRef = Annotated["OrganizationMember", strawberry.lazy("schema.organization")]
PlanRef = Annotated["Plan", strawberry.lazy("schema.organization")]
PlanLimitsRef = Annotated["PlanLimits", strawberry.lazy("schema.organization")]
AgentCompletionRef = Annotated["AgentCompletion", strawberry.lazy("schema.overview")]
AgentCountRef = Annotated["AgentCount", strawberry.lazy("schema.overview")]
AgentEfficiencyRef = Annotated["AgentEfficiency", strawberry.lazy("schema.overview")]
AgentQueueRef = Annotated["AgentQueue", strawberry.lazy("schema.overview")]
HealthCheckRef = Annotated["HealthCheck", strawberry.lazy("schema.overview")]
HealthSectionRef = Annotated["HealthSection", strawberry.lazy("schema.overview")]
StageCountRef = Annotated["StageCount", strawberry.lazy("schema.overview")]
WorkspaceCountsRef = Annotated["WorkspaceCounts", strawberry.lazy("schema.overview")]
WorkspaceHealthRef = Annotated["WorkspaceHealth", strawberry.lazy("schema.overview")]
DecisionRef = Annotated["Decision", strawberry.lazy("schema.pilotage")]
MissionCountsRef = Annotated["MissionCounts", strawberry.lazy("schema.pilotage")]
ObjectiveRef = Annotated["Objective", strawberry.lazy("schema.pilotage")]
ObjectiveCountsRef = Annotated["ObjectiveCounts", strawberry.lazy("schema.pilotage")]
PilotageRef = Annotated["Pilotage", strawberry.lazy("schema.pilotage")]
PilotageCountsRef = Annotated["PilotageCounts", strawberry.lazy("schema.pilotage")]
PilotageDashboardRef = Annotated["PilotageDashboard", strawberry.lazy("schema.pilotage")]
PilotageDocumentRef = Annotated["PilotageDocument", strawberry.lazy("schema.pilotage")]
PilotageHistoryRef = Annotated["PilotageHistory", strawberry.lazy("schema.pilotage")]
PilotagePriorityRef = Annotated["PilotagePriority", strawberry.lazy("schema.pilotage")]
PilotageRiskRef = Annotated["PilotageRisk", strawberry.lazy("schema.pilotage")]
PilotageStateRef = Annotated["PilotageState", strawberry.lazy("schema.pilotage")]
StandingOrderRef = Annotated["StandingOrder", strawberry.lazy("schema.pilotage")]
TodoRef = Annotated["Todo", strawberry.lazy("schema.pilotage")]
TodoCountsRef = Annotated["TodoCounts", strawberry.lazy("schema.pilotage")]
PipelineRef = Annotated["Pipeline", strawberry.lazy("schema.pipeline")]
PipelineConditionRef = Annotated["PipelineCondition", strawberry.lazy("schema.pipeline")]
PipelineStepRef = Annotated["PipelineStep", strawberry.lazy("schema.pipeline")]
PipelineStepRunRef = Annotated["PipelineStepRun", strawberry.lazy("schema.pipeline")]
PluginRef = Annotated["Plugin", strawberry.lazy("schema.plugin")]
PluginManifestRef = Annotated["PluginManifest", strawberry.lazy("schema.plugin")]
RemoteCallRef = Annotated["RemoteCall", strawberry.lazy("schema.plugin")]
RemoteServerRef = Annotated["RemoteServer", strawberry.lazy("schema.plugin")]
RemoteToolRef = Annotated["RemoteTool", strawberry.lazy("schema.plugin")]
PortfolioRef = Annotated["Portfolio", strawberry.lazy("schema.portfolio")]
PortfolioTotalsRef = Annotated["PortfolioTotals", strawberry.lazy("schema.portfolio")]
PriorityCountRef = Annotated["PriorityCount", strawberry.lazy("schema.portfolio")]
ProjectMetricsRef = Annotated["ProjectMetrics", strawberry.lazy("schema.portfolio")]
PanelStateRef = Annotated["PanelState", strawberry.lazy("schema.preferences")]
PreferencesRef = Annotated["Preferences", strawberry.lazy("schema.preferences")]
ProjectRef = Annotated["Project", strawberry.lazy("schema.project")]
ProjectMemberRef = Annotated["ProjectMember", strawberry.lazy("schema.project")]
DraftDeliverableRef = Annotated["DraftDeliverable", strawberry.lazy("schema.project_draft")]
DraftDocumentRef = Annotated["DraftDocument", strawberry.lazy("schema.project_draft")]
DraftMemberRef = Annotated["DraftMember", strawberry.lazy("schema.project_draft")]
DraftPhaseRef = Annotated["DraftPhase", strawberry.lazy("schema.project_draft")]
DraftQuestionRef = Annotated["DraftQuestion", strawberry.lazy("schema.project_draft")]
ProjectDraftRef = Annotated["ProjectDraft", strawberry.lazy("schema.project_draft")]
ProposalRef = Annotated["Proposal", strawberry.lazy("schema.proposal")]
ProposalChangeRef = Annotated["ProposalChange", strawberry.lazy("schema.proposal")]
CardRelationRef = Annotated["CardRelation", strawberry.lazy("schema.relation")]
RelationRef = Annotated["Relation", strawberry.lazy("schema.relation")]
RoadmapRef = Annotated["Roadmap", strawberry.lazy("schema.roadmap")]
RoadmapCardRef = Annotated["RoadmapCard", strawberry.lazy("schema.roadmap")]
RoadmapDependencyRef = Annotated["RoadmapDependency", strawberry.lazy("schema.roadmap")]
RoadmapMilestoneRef = Annotated["RoadmapMilestone", strawberry.lazy("schema.roadmap")]
RoadmapScopeRef = Annotated["RoadmapScope", strawberry.lazy("schema.roadmap")]
RoadmapStepRef = Annotated["RoadmapStep", strawberry.lazy("schema.roadmap")]
ScopeRef = Annotated["Scope", strawberry.lazy("schema.scope")]
ScriptRef = Annotated["Script", strawberry.lazy("schema.script")]
ScriptRunRef = Annotated["ScriptRun", strawberry.lazy("schema.script")]
SlashCommandRef = Annotated["SlashCommand", strawberry.lazy("schema.script")]
SearchConnectionRef = Annotated["SearchConnection", strawberry.lazy("schema.search")]
SearchFragmentRef = Annotated["SearchFragment", strawberry.lazy("schema.search")]
SearchHitRef = Annotated["SearchHit", strawberry.lazy("schema.search")]
SessionRef = Annotated["Session", strawberry.lazy("schema.session")]
SkillRef = Annotated["Skill", strawberry.lazy("schema.skill")]
AgeBucketRef = Annotated["AgeBucket", strawberry.lazy("schema.stats")]
AgeingRef = Annotated["Ageing", strawberry.lazy("schema.stats")]
AssigneeShareRef = Annotated["AssigneeShare", strawberry.lazy("schema.stats")]
BurnUpPointRef = Annotated["BurnUpPoint", strawberry.lazy("schema.stats")]
CardCountsRef = Annotated["CardCounts", strawberry.lazy("schema.stats")]
ColumnShareRef = Annotated["ColumnShare", strawberry.lazy("schema.stats")]
DurationStatsRef = Annotated["DurationStats", strawberry.lazy("schema.stats")]
LabelShareRef = Annotated["LabelShare", strawberry.lazy("schema.stats")]
PriorityShareRef = Annotated["PriorityShare", strawberry.lazy("schema.stats")]
StatsRef = Annotated["Stats", strawberry.lazy("schema.stats")]
ThroughputRef = Annotated["Throughput", strawberry.lazy("schema.stats")]
StorageUsageRef = Annotated["StorageUsage", strawberry.lazy("schema.storage_account")]
TeamRef = Annotated["Team", strawberry.lazy("schema.team")]
TeamMemberRef = Annotated["TeamMember", strawberry.lazy("schema.team")]
TemplateRef = Annotated["Template", strawberry.lazy("schema.template")]
TemplateCardRef = Annotated["TemplateCard", strawberry.lazy("schema.template")]
TemplateColumnRef = Annotated["TemplateColumn", strawberry.lazy("schema.template")]
TemplateFieldRef = Annotated["TemplateField", strawberry.lazy("schema.template")]
TemplateLabelRef = Annotated["TemplateLabel", strawberry.lazy("schema.template")]
TemplateScopeRef = Annotated["TemplateScope", strawberry.lazy("schema.template")]
ImportNoteRef = Annotated["ImportNote", strawberry.lazy("schema.transfer")]
TransferErrorRef = Annotated["TransferError", strawberry.lazy("schema.transfer")]
TransferJobRef = Annotated["TransferJob", strawberry.lazy("schema.transfer")]
UsageRef = Annotated["Usage", strawberry.lazy("schema.usage")]
UsageDayRef = Annotated["UsageDay", strawberry.lazy("schema.usage")]
UsageModelRef = Annotated["UsageModel", strawberry.lazy("schema.usage")]
UsageTotalRef = Annotated["UsageTotal", strawberry.lazy("schema.usage")]
UserRef = Annotated["User", strawberry.lazy("schema.user")]
LedgerEntryRef = Annotated["LedgerEntry", strawberry.lazy("schema.wallet")]
TopUpRef = Annotated["TopUp", strawberry.lazy("schema.wallet")]
WalletRef = Annotated["Wallet", strawberry.lazy("schema.wallet")]
WorkspaceRef = Annotated["Workspace", strawberry.lazy("schema.workspace")]
WorkspaceMemberRef = Annotated["WorkspaceMember", strawberry.lazy("schema.workspace")]
WorkspaceFileRef = Annotated["WorkspaceFile", strawberry.lazy("schema.workspace_file")]
WorktreeRef = Annotated["Worktree", strawberry.lazy("schema.worktree")]
WorktreeDiffRef = Annotated["WorktreeDiff", strawberry.lazy("schema.worktree")]
