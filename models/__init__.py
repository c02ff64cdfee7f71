"""Documents, one module a noun, with the id, the enums and the error tree that every room shares.

What is imported and named here is made of the modules, by `orrery records --write`.
"""

from typing import Any

from models.activity import Activity
from models.agent import Agent
from models.agent_automation import AgentAutomation
from models.agent_template import AgentTemplate
from models.api_token import ApiToken
from models.attachment import Attachment, FileChunk, FileLeftover, StoredFile
from models.attempt import AttemptCount
from models.automation import Automation, AutomationProgress, AutomationTrace
from models.avatar import Avatar
from models.backup import Backup
from models.base import Recorded
from models.billing import BillingEvent
from models.budget import Budget
from models.bus import BusMessage
from models.card import Card
from models.card_facts import CardFacts, CardFactsBlock
from models.changelog_entry import ChangelogEntry
from models.column import Column
from models.comment import Comment
from models.conversation import Conversation, Message
from models.credential import Credential, CredentialVersion
from models.custom_field import CustomField
from models.discovery_engine import DiscoveryEngine
from models.document import Document, DocumentLink, DocumentVersion
from models.event import LoggedEvent, StreamHead
from models.fanout import Fanout
from models.idempotency import IdempotencyKey
from models.identity import Identity
from models.installation import Installation
from models.job import Job, Queue, Schedule, Worker
from models.key_use import KeyUse
from models.label import Label
from models.lane import Lane
from models.lease import Lease
from models.log_entry import LogEntry
from models.log_line import LogLine
from models.mail import Mail, MailLink
from models.migration import Migration
from models.mission import Mission, MissionActivity
from models.mission_run import MissionCall, MissionRun, MissionStep
from models.notification import Inbox, Notification, ReadMark
from models.oauth import OAuthClient, OAuthCode, OAuthGrant
from models.organization import Organization, OrganizationMember
from models.pilotage import Decision, Objective, PilotageDocument, PilotagePriority, StandingOrder, Todo
from models.pipeline import Pipeline
from models.pipeline_run import PipelineRun
from models.plugin import Plugin, PluginDelivery
from models.preferences import PanelState, Preferences
from models.probe import Probe
from models.project import Project, ProjectMember
from models.project_draft import ProjectDraft
from models.proposal import Proposal
from models.relation import Relation
from models.remote_call import RemoteCall
from models.scope import Scope
from models.script import Script, ScriptRun
from models.seen_mark import SeenMark
from models.session import Session
from models.skill import Skill
from models.storage_account import StorageAccount
from models.team import Team, TeamMember
from models.template import Template
from models.tombstone import Tombstone
from models.transfer_job import TransferJob
from models.usage_record import UsageRecord, UsageSum
from models.user import User
from models.wallet import LedgerEntry, Wallet
from models.workspace import Invitation, Workspace, WorkspaceMember
from models.workspace_file import WorkspaceFile, WorkspaceFileText
from models.worktree import Worktree

DOCUMENTS: list[type[Recorded[Any]]] = [
    model
    for model in tuple(vars().values())
    if isinstance(model, type) and issubclass(model, Recorded) and model is not Recorded
]
"""Every collection: all that is imported here. The gateway creates their indexes at start."""

__all__ = [
    "DOCUMENTS",
    "Activity",
    "Agent",
    "AgentAutomation",
    "AgentTemplate",
    "ApiToken",
    "Attachment",
    "AttemptCount",
    "Automation",
    "AutomationProgress",
    "AutomationTrace",
    "Avatar",
    "Backup",
    "BillingEvent",
    "Budget",
    "BusMessage",
    "Card",
    "CardFacts",
    "CardFactsBlock",
    "ChangelogEntry",
    "Column",
    "Comment",
    "Conversation",
    "Credential",
    "CredentialVersion",
    "CustomField",
    "Decision",
    "DiscoveryEngine",
    "Document",
    "DocumentLink",
    "DocumentVersion",
    "Fanout",
    "FileChunk",
    "FileLeftover",
    "IdempotencyKey",
    "Identity",
    "Inbox",
    "Installation",
    "Invitation",
    "Job",
    "KeyUse",
    "Label",
    "Lane",
    "Lease",
    "LedgerEntry",
    "LogEntry",
    "LogLine",
    "LoggedEvent",
    "Mail",
    "MailLink",
    "Message",
    "Migration",
    "Mission",
    "MissionActivity",
    "MissionCall",
    "MissionRun",
    "MissionStep",
    "Notification",
    "OAuthClient",
    "OAuthCode",
    "OAuthGrant",
    "Objective",
    "Organization",
    "OrganizationMember",
    "PanelState",
    "PilotageDocument",
    "PilotagePriority",
    "Pipeline",
    "PipelineRun",
    "Plugin",
    "PluginDelivery",
    "Preferences",
    "Probe",
    "Project",
    "ProjectDraft",
    "ProjectMember",
    "Proposal",
    "Queue",
    "ReadMark",
    "Relation",
    "RemoteCall",
    "Schedule",
    "Scope",
    "Script",
    "ScriptRun",
    "SeenMark",
    "Session",
    "Skill",
    "StandingOrder",
    "StorageAccount",
    "StoredFile",
    "StreamHead",
    "Team",
    "TeamMember",
    "Template",
    "Todo",
    "Tombstone",
    "TransferJob",
    "UsageRecord",
    "UsageSum",
    "User",
    "Wallet",
    "Worker",
    "Workspace",
    "WorkspaceFile",
    "WorkspaceFileText",
    "WorkspaceMember",
    "Worktree",
]
