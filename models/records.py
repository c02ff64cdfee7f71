"""What is kept of every document, as MongoDB returns it: made of the models by `orrery records --write`."""

from datetime import datetime
from typing import Any, NotRequired

from bson import ObjectId
from typing_extensions import TypedDict


class ActivityRecord(TypedDict):
    """A `models.activity.Activity`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId | None
    card_id: ObjectId | None
    document_id: ObjectId | None
    type: str
    actor_id: ObjectId | None
    approved_by: ObjectId | None
    actor_type: str | None
    action: str | None
    recorded_by: ObjectId | None
    meta: dict[str, Any]


class AgentRecord(TypedDict):
    """A `models.agent.Agent`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    user_id: ObjectId
    created_by: ObjectId | None
    name: str
    slug: str
    number: int | None
    description: str | None
    autonomy_mode: str
    skill_ids: list[ObjectId]
    tools: list[str]
    policy: dict[str, str]
    mcp_only: bool
    model: str | None
    rate_limit: int | None
    emoji: str | None
    color: str | None
    role: str | None
    interval_seconds: int | None
    workspace_path: str | None
    current_task: str | None
    reported_status: str | None
    paused_at: datetime | None
    note: str | None
    heartbeat_at: datetime | None
    updated_at: datetime
    deleted_at: datetime | None


class AgentAutomationRecord(TypedDict):
    """A `models.agent_automation.AgentAutomation`."""

    _id: ObjectId
    created_at: datetime
    number: int | None
    workspace_id: ObjectId
    agent_id: ObjectId
    name: str
    type: str
    path: str
    label: str | None
    status: str
    created_by: ObjectId | None
    updated_at: datetime


class AgentTemplateRecord(TypedDict):
    """A `models.agent_template.AgentTemplate`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    number: int | None
    name: str
    slug: str
    description: str | None
    icon: str | None
    category: str | None
    model: str | None
    interval_seconds: int | None
    identity: str | None
    tools: list[str]
    capabilities: list[str]
    config: dict[str, Any]
    is_featured: bool
    sort_order: int
    archived: bool
    created_by: ObjectId | None
    updated_at: datetime


class ApiTokenRecord(TypedDict):
    """A `models.api_token.ApiToken`."""

    _id: ObjectId
    created_at: datetime
    user_id: ObjectId
    name: str
    prefix: str
    secret_hash: str
    scopes: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None
    agent_id: ObjectId | None
    workspace_id: ObjectId | None
    organization_id: ObjectId | None
    description: str | None
    is_active: bool
    previous_hash: str | None
    previous_until: datetime | None
    rotations: int
    revoked_at: datetime | None
    deleted_at: datetime | None


class AttachmentRecord(TypedDict):
    """A `models.attachment.Attachment`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId
    card_id: ObjectId
    uploaded_by: ObjectId
    name: str
    mime_type: str
    declared_mime_type: str | None
    detected_mime_type: str | None
    size: int
    sha256: str


class FileChunkRecord(TypedDict):
    """A `models.attachment.FileChunk`."""

    _id: ObjectId
    files_id: ObjectId
    n: int
    data: bytes


class FileLeftoverRecord(TypedDict):
    """A `models.attachment.FileLeftover`."""

    _id: ObjectId
    due_at: datetime


class StoredFileRecord(TypedDict):
    """A `models.attachment.StoredFile`."""

    _id: ObjectId
    filename: str
    length: int
    chunkSize: int
    uploadDate: datetime
    metadata: dict[str, Any]


class AttemptCountRecord(TypedDict):
    """A `models.attempt.AttemptCount`."""

    _id: str
    made: int
    expires_at: datetime
    opens_at: NotRequired[datetime | None]


class AutomationRecord(TypedDict):
    """A `models.automation.Automation`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId
    name: str
    trigger: str
    conditions: dict[str, Any]
    action: dict[str, Any]
    enabled: bool
    disabled_reason: str | None
    owner_id: ObjectId
    scopes: list[str]
    since: int
    updated_at: datetime


class AutomationProgressRecord(TypedDict):
    """A `models.automation.AutomationProgress`."""

    _id: ObjectId
    seq: int
    version: NotRequired[int]
    is_followed: NotRequired[bool]
    due_through: NotRequired[datetime | None]


class AutomationTraceRecord(TypedDict):
    """A `models.automation.AutomationTrace`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId
    automation_id: ObjectId
    event_id: ObjectId
    card_id: ObjectId
    actor_id: ObjectId
    status: str
    error: str | None


class AvatarRecord(TypedDict):
    """A `models.avatar.Avatar`."""

    _id: ObjectId
    created_at: datetime
    user_id: ObjectId
    content: bytes
    content_type: str
    digest: str


class BackupRecord(TypedDict):
    """A `models.backup.Backup`."""

    _id: ObjectId
    created_at: datetime
    filename: str
    status: str
    size: int
    documents: int
    sha256: str | None
    error: str | None
    ended_at: datetime | None
    git_id: str | None
    created_by: ObjectId
    holder: str | None
    lease_until: datetime | None
    attempts: int


class BillingEventRecord(TypedDict):
    """A `models.billing.BillingEvent`."""

    _id: str
    at: NotRequired[datetime]


class BudgetRecord(TypedDict):
    """A `models.budget.Budget`."""

    _id: ObjectId
    created_at: datetime
    organization_id: ObjectId
    workspace_id: ObjectId | None
    subject_id: ObjectId
    period: str
    cost_limit: int | None
    token_limit: int | None
    current: str
    cost_spent: int
    tokens_spent: int
    cost_reserved: int
    tokens_reserved: int
    is_noticed: bool
    created_by: ObjectId
    updated_at: datetime


class BusMessageRecord(TypedDict):
    """A `models.bus.BusMessage`."""

    _id: str
    message: str
    number: int
    at: datetime


class ChecklistItemRecord(TypedDict):
    """A `models.card.ChecklistItem`."""

    id: ObjectId
    title: str
    done: bool


class CardStepRecord(TypedDict):
    """A `models.card.CardStep`."""

    column_id: ObjectId
    enabled: bool
    prompt: str | None


class CardRecord(TypedDict):
    """A `models.card.Card`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    number: int | None
    project_id: ObjectId
    scope_id: ObjectId | None
    column_id: ObjectId | None
    rank: str
    title: str
    title_key: str
    description: str | None
    priority: int | None
    type: str | None
    resolution: str | None
    estimate_minutes: int | None
    max_duration_seconds: int | None
    archived: bool
    start_date: datetime | None
    due_date: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    assignee_id: ObjectId | None
    created_by: ObjectId | None
    label_ids: list[ObjectId]
    checklist: list[ChecklistItemRecord]
    custom_values: dict[str, Any]
    text_keys: dict[str, str]
    auto_mode: bool
    pipeline: list[CardStepRecord] | None
    pending_column_id: ObjectId | None
    active_mission_id: ObjectId | None
    origin_mission_id: ObjectId | None
    credential_id: ObjectId | None
    next_confined: bool
    due_confined: bool
    comment_count: int
    attachment_count: int
    version: int
    field_versions: dict[str, int]
    updated_at: datetime
    order: NotRequired[int]


class CardFactsRecord(TypedDict):
    """A `models.card_facts.CardFacts`."""

    _id: ObjectId
    workspace_id: ObjectId
    blocks: NotRequired[list[ObjectId]]
    firsts: NotRequired[list[ObjectId]]


class CardFactsBlockRecord(TypedDict):
    """A `models.card_facts.CardFactsBlock`."""

    _id: ObjectId
    workspace_id: ObjectId
    project_id: ObjectId
    rows: dict[str, bytes]


class ChangelogEntryRecord(TypedDict):
    """A `models.changelog_entry.ChangelogEntry`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId
    card_id: ObjectId
    agent_id: ObjectId | None
    title: str
    resolution: str | None
    type: str | None
    completed_at: datetime


class ColumnRecord(TypedDict):
    """A `models.column.Column`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId
    scope_id: ObjectId | None
    name: str
    kind: str | None
    prompt: str | None
    requires_approval: bool
    rank: str
    emptying: bool
    led_confined: bool
    order: NotRequired[int]


class CommentRecord(TypedDict):
    """A `models.comment.Comment`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId
    card_id: ObjectId
    author_id: ObjectId
    content: str
    original_author: str | None
    original_at: datetime | None
    author: NotRequired[Any]


class ConversationRecord(TypedDict):
    """A `models.conversation.Conversation`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId
    card_id: ObjectId | None
    agent_id: ObjectId
    created_by: ObjectId
    kind: str
    status: str
    state: str
    waiting_for: str | None
    problem: str | None
    draft: str | None
    base_digest: str | None
    scopes: list[str]
    came_with: str | None
    came_with_id: ObjectId | None
    came_with_until: datetime | None
    model: str | None
    step_count: int
    max_steps: int
    began_at_step: int
    activity_count: int
    updated_at: datetime


class MessageRecord(TypedDict):
    """A `models.conversation.Message`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId
    conversation_id: ObjectId
    created_by: ObjectId
    position: int
    role: str
    content: str


class CredentialRecord(TypedDict):
    """A `models.credential.Credential`."""

    _id: ObjectId
    created_at: datetime
    organization_id: ObjectId
    key: str
    name: str | None
    provider: str | None
    description: str | None
    mask: str | None
    hint: str | None
    version: int
    authorization: str | None
    authorization_expires_at: datetime | None
    refreshed_until: datetime | None
    verified_at: datetime | None
    problem: str | None
    created_by: ObjectId
    rotated_at: datetime
    updated_at: datetime


class CredentialVersionRecord(TypedDict):
    """A `models.credential.CredentialVersion`."""

    _id: ObjectId
    created_at: datetime
    organization_id: ObjectId
    credential_id: ObjectId
    version: int
    kid: str
    wrapped_key: bytes
    sealed: bytes


class FieldOptionRecord(TypedDict):
    """A `models.custom_field.FieldOption`."""

    id: ObjectId
    label: str
    color: str


class CustomFieldRecord(TypedDict):
    """A `models.custom_field.CustomField`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId
    name: str
    type: str
    options: list[FieldOptionRecord]
    rank: str
    order: NotRequired[int]


class DiscoveryEngineRecord(TypedDict):
    """A `models.discovery_engine.DiscoveryEngine`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    agent_id: ObjectId
    name: str
    slug: str
    description: str | None
    layer: str
    every_seconds: int
    is_enabled: bool
    next_at: datetime | None
    last_run_id: ObjectId | None
    run_count: int
    failed_count: int
    wasted_count: int
    card_count: int
    run_seconds: float
    cost: int
    created_by: ObjectId
    updated_at: datetime


class DocumentRecord(TypedDict):
    """A `models.document.Document`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    context_type: str
    context_id: ObjectId
    project_id: ObjectId | None
    scope_id: ObjectId | None
    parent_id: ObjectId | None
    rank: str
    title: str
    title_key: str
    doc_type: str
    tags: list[str]
    status: str
    review_notes: str | None
    submitted_by: ObjectId | None
    submitted_at: datetime | None
    reviewed_by: ObjectId | None
    reviewed_at: datetime | None
    approved_at: datetime | None
    content_id: ObjectId
    content_format: str
    excerpt: str
    size: int
    author_id: ObjectId | None
    updated_by: ObjectId | None
    version: int
    field_versions: dict[str, int]
    updated_at: datetime
    order: NotRequired[int]
    depth: NotRequired[int]
    text: NotRequired[str]


class DocumentLinkRecord(TypedDict):
    """A `models.document.DocumentLink`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId
    document_id: ObjectId
    card_id: ObjectId
    created_by: ObjectId | None


class DocumentVersionRecord(TypedDict):
    """A `models.document.DocumentVersion`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    document_id: ObjectId
    number: int
    author_id: ObjectId | None
    title: str
    content_format: str
    markdown: str
    tiptap: str
    size: int
    kept_from: int | None
    kept_bytes: int | None
    updated_at: datetime


class LoggedEventRecord(TypedDict):
    """A `models.event.LoggedEvent`."""

    _id: ObjectId
    stream_id: ObjectId
    seq: int
    type: str
    workspace_id: NotRequired[ObjectId | None]
    project_id: NotRequired[ObjectId | None]
    card_id: NotRequired[ObjectId | None]
    mission_id: NotRequired[ObjectId | None]
    actor_id: NotRequired[ObjectId | None]
    approved_by: NotRequired[ObjectId | None]
    at: datetime
    data: dict[str, Any]
    cause: NotRequired[dict[str, Any] | None]
    confined: NotRequired[bool]


class StreamHeadRecord(TypedDict):
    """A `models.event.StreamHead`."""

    _id: ObjectId
    epoch: str
    seq: int
    floor: NotRequired[int]
    oldest_at: NotRequired[datetime | None]
    size: NotRequired[int]
    turns: NotRequired[int]
    numbers: NotRequired[dict[str, int]]


class FanoutRecord(TypedDict):
    """A `models.fanout.Fanout`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId | None
    audience: str
    named: list[ObjectId]
    actor_id: ObjectId | None
    activity_ids: list[ObjectId]
    reached: ObjectId | None


class IdempotencyKeyRecord(TypedDict):
    """A `models.idempotency.IdempotencyKey`."""

    _id: str
    fingerprint: str
    state: str
    holder: str
    lease_until: datetime
    user_id: ObjectId | None
    status: NotRequired[int | None]
    media_type: NotRequired[str | None]
    body: NotRequired[bytes | None]
    expires_at: datetime


class IdentityRecord(TypedDict):
    """A `models.identity.Identity`."""

    _id: ObjectId
    created_at: datetime
    issuer: str
    subject: str
    user_id: ObjectId


class LogExportSettingRecord(TypedDict):
    """A `models.installation.LogExportSetting`."""

    enabled: bool
    endpoint: str | None
    level: str
    header_names: list[str]


class OidcSettingRecord(TypedDict):
    """A `models.installation.OidcSetting`."""

    issuer_url: str
    client_id: str


class InstallationRecord(TypedDict):
    """A `models.installation.Installation`."""

    _id: ObjectId
    set_up_by: ObjectId
    changes: NotRequired[int]
    open_session_id: NotRequired[ObjectId | None]
    log_export: NotRequired[LogExportSettingRecord | None]
    oidc: NotRequired[OidcSettingRecord | None]
    created_at: NotRequired[datetime]


class JobRecord(TypedDict):
    """A `models.job.Job`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    queue_id: ObjectId
    schedule_id: ObjectId | None
    name: str
    key: str | None
    data: Any
    bytes: int
    state: str
    priority: int
    max_attempts: int
    backoff: str
    backoff_ms: int
    lease_seconds: int
    attempts: int
    run_at: datetime
    lease_token: int
    worker: str | None
    lease_until: datetime | None
    result: Any
    error: str | None
    created_by: ObjectId | None
    finished_at: datetime | None
    expires_at: datetime | None


class QueueRecord(TypedDict):
    """A `models.job.Queue`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    name: str
    is_paused: bool
    open: int
    open_bytes: int
    completed: int
    failed: int
    lately: dict[str, dict[str, int]]
    created_by: ObjectId
    updated_at: datetime


class ScheduleRecord(TypedDict):
    """A `models.job.Schedule`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    queue_id: ObjectId
    name: str
    cron: str | None
    every_seconds: int | None
    data: Any
    is_enabled: bool
    next_at: datetime | None
    last_job_id: ObjectId | None
    created_by: ObjectId
    updated_at: datetime


class WorkerRecord(TypedDict):
    """A `models.job.Worker`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    name: str
    claimed: int
    completed: int
    failed: int
    lost: int
    seen_at: datetime
    expires_at: datetime


class KeyUseRecord(TypedDict):
    """A `models.key_use.KeyUse`."""

    _id: ObjectId
    created_at: datetime
    api_token_id: ObjectId
    method: str
    route: str
    status: int
    ms: int


class LabelRecord(TypedDict):
    """A `models.label.Label`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId
    name: str
    color: str


class LaneRecord(TypedDict):
    """A `models.lane.Lane`."""

    _id: ObjectId
    lane_id: NotRequired[ObjectId | None]
    workspace_id: ObjectId
    project_id: ObjectId
    scope_id: NotRequired[ObjectId | None]
    column_id: NotRequired[ObjectId | None]
    entries: NotRequired[list[str]]
    open: NotRequired[int]
    archived: NotRequired[int]
    blocks: NotRequired[list[ObjectId]]
    firsts: NotRequired[list[str]]
    sizes: NotRequired[list[int]]
    opens: NotRequired[list[int]]


class LeaseRecord(TypedDict):
    """A `models.lease.Lease`."""

    _id: str
    holder: str
    until: datetime
    sessions: NotRequired[list[bytes]]


class LogEntryRecord(TypedDict):
    """A `models.log_entry.LogEntry`."""

    _id: ObjectId
    created_at: datetime
    level: str
    message: str
    target: str
    fields: dict[str, Any]


class LogLineRecord(TypedDict):
    """A `models.log_line.LogLine`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    agent_name: str
    agent_id: ObjectId | None
    level: str
    message: str
    meta: dict[str, Any] | None
    recorded_by: ObjectId


class MailRecord(TypedDict):
    """A `models.mail.Mail`."""

    _id: ObjectId
    created_at: datetime
    to: str
    template: str
    about_id: ObjectId | None
    workspace_id: ObjectId | None
    state: str
    due_at: datetime
    attempts: int
    error: str | None
    ended_at: datetime | None


class MailLinkRecord(TypedDict):
    """A `models.mail.MailLink`."""

    _id: ObjectId
    created_at: datetime
    user_id: ObjectId
    email: str
    purpose: str
    secret_hash: str
    expires_at: datetime


class MigrationRecord(TypedDict):
    """A `models.migration.Migration`."""

    _id: str
    place: NotRequired[Any]
    done_at: NotRequired[datetime | None]


class MissionRecord(TypedDict):
    """A `models.mission.Mission`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    agent_id: ObjectId
    project_id: ObjectId | None
    card_id: ObjectId | None
    prompt: str
    status: str
    waiting_for: str | None
    progress: float
    plan: str | None
    summary: str | None
    error: str | None
    created_by: ObjectId
    continues_id: ObjectId | None
    reason: str | None
    column_id: ObjectId | None
    engine_id: ObjectId | None
    card_count: int
    handed_over: bool
    chain: int
    confined: bool
    charged_to: list[ObjectId]
    cause: dict[str, Any] | None
    lease_until: datetime | None
    lapses: int | None
    claimed_from: ObjectId | None
    model: str | None
    step_count: int
    max_steps: int
    max_seconds: int | None
    ends_by: datetime | None
    waits_since: datetime | None
    deadline: datetime | None
    activity_count: int
    started_at: datetime | None
    finished_at: datetime | None


class MissionActivityRecord(TypedDict):
    """A `models.mission.MissionActivity`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    mission_id: ObjectId
    card_id: ObjectId | None
    position: int
    kind: str
    content: str
    tool: str | None
    author_id: ObjectId | None
    data: Any


class MissionCallRecord(TypedDict):
    """A `models.mission_run.MissionCall`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    mission_id: ObjectId
    n: int
    index: int
    tool: str
    arguments: str
    state: str
    result: str | None
    proposal_id: ObjectId | None
    late: bool
    finished_at: datetime | None


class MissionRunRecord(TypedDict):
    """A `models.mission_run.MissionRun`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    agent_id: ObjectId
    due_at: datetime | None
    holder: str | None
    fence: int
    losses: int
    failures: int
    attempt: int
    output: str
    read_until: int
    bad_turns: int
    elided_before: int
    told: str | None
    waits: int
    waits_on: list[str]
    news_at: datetime | None


class MissionStepRecord(TypedDict):
    """A `models.mission_run.MissionStep`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    mission_id: ObjectId
    n: int
    attempt: int
    model: str
    format: str
    messages: str
    input_tokens: int
    output_tokens: int
    cost: int | None


class InboxRecord(TypedDict):
    """A `models.notification.Inbox`."""

    _id: ObjectId
    last: NotRequired[int]
    unread: NotRequired[int]
    read_through: NotRequired[int | None]
    trimmed: NotRequired[int]
    is_long: NotRequired[bool]


class NotificationRecord(TypedDict):
    """A `models.notification.Notification`."""

    _id: ObjectId
    created_at: datetime
    user_id: ObjectId
    workspace_id: ObjectId
    project_id: ObjectId | None
    activity_id: ObjectId
    level: str
    number: int | None
    read_at: datetime | None


class ReadMarkRecord(TypedDict):
    """A `models.notification.ReadMark`."""

    _id: ObjectId
    created_at: datetime
    user_id: ObjectId
    through: int


class OAuthClientRecord(TypedDict):
    """A `models.oauth.OAuthClient`."""

    _id: ObjectId
    created_at: datetime
    url: str | None
    name: str
    redirect_uris: list[str]
    expires_at: datetime


class OAuthCodeRecord(TypedDict):
    """A `models.oauth.OAuthCode`."""

    _id: ObjectId
    created_at: datetime
    code_hash: str
    user_id: ObjectId
    client_id: str
    client_name: str
    client_host: str | None
    scopes: list[str]
    redirect_uri: str
    redirect_uri_given: bool
    challenge: str
    valid_until: datetime
    goes_at: datetime
    grant_id: ObjectId | None


class OAuthGrantRecord(TypedDict):
    """A `models.oauth.OAuthGrant`."""

    _id: ObjectId
    created_at: datetime
    user_id: ObjectId
    client_id: str
    client_name: str
    client_host: str | None
    redirect_host: str
    scopes: list[str]
    expires_at: datetime
    last_used_at: datetime | None
    generation: int


class PlanLimitsRecord(TypedDict):
    """A `models.billing.PlanLimits`."""

    members: int | None
    agents: int | None
    projects: int | None
    storage: int | None


class BillingSubscriptionRecord(TypedDict):
    """A `models.billing.BillingSubscription`."""

    subscription_id: str
    customer_id: str
    status: str
    renews_at: datetime | None
    is_ending: bool
    revision: int


class OrganizationRecord(TypedDict):
    """A `models.organization.Organization`."""

    _id: ObjectId
    created_at: datetime
    name: str
    slug: str
    number: int | None
    owner_id: ObjectId
    plan: str | None
    limits: PlanLimitsRecord
    subscription: BillingSubscriptionRecord | None
    default_credential_id: ObjectId | None
    relay_mode: str
    relay_threshold: float
    avatar_url: str | None
    default_workspace_id: ObjectId | None
    made: int
    deleted_at: datetime | None
    kept_members: list[Any]
    kept_workspace_members: list[Any]
    updated_at: datetime
    my_role: NotRequired[str]


class OrganizationMemberRecord(TypedDict):
    """A `models.organization.OrganizationMember`."""

    _id: ObjectId
    created_at: datetime
    organization_id: ObjectId
    user_id: ObjectId
    role: str
    persona: str | None
    user: NotRequired[Any]


class DecisionRecord(TypedDict):
    """A `models.pilotage.Decision`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    title: str
    impact: str | None
    cycle: int
    created_by: ObjectId
    updated_at: datetime


class ObjectiveRecord(TypedDict):
    """A `models.pilotage.Objective`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    objective: str
    module: str | None
    status: str
    blocked_reason: str | None
    created_by: ObjectId
    updated_at: datetime
    done_at: datetime | None
    done_cycle: int | None


class PilotageDocumentRecord(TypedDict):
    """A `models.pilotage.PilotageDocument`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    title: str
    owner: str | None
    source_type: str | None
    created_by: ObjectId
    updated_at: datetime


class PilotagePriorityRecord(TypedDict):
    """A `models.pilotage.PilotagePriority`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    label: str
    module: str | None
    active: bool
    created_by: ObjectId
    updated_at: datetime


class StandingOrderRecord(TypedDict):
    """A `models.pilotage.StandingOrder`."""

    _id: ObjectId
    created_at: datetime
    number: int | None
    workspace_id: ObjectId
    agent_id: ObjectId | None
    text: str
    category: str | None
    active: bool
    permanent: bool
    created_by: ObjectId
    updated_at: datetime


class TodoRecord(TypedDict):
    """A `models.pilotage.Todo`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    label: str
    status: str
    objective_id: ObjectId | None
    priority_id: ObjectId | None
    created_by: ObjectId
    updated_at: datetime
    done_at: datetime | None
    done_cycle: int | None


class PipelineConditionRecord(TypedDict):
    """A `models.pipeline.PipelineCondition`."""

    step: str
    path: str
    equals: Any
    negated: bool


class PipelineStepRecord(TypedDict):
    """A `models.pipeline.PipelineStep`."""

    id: str
    type: str
    after: list[str]
    agent_id: ObjectId | None
    text: str | None
    tool: str | None
    arguments: dict[str, Any]
    condition: PipelineConditionRecord | None


class PipelineRecord(TypedDict):
    """A `models.pipeline.Pipeline`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    name: str
    description: str | None
    steps: list[PipelineStepRecord]
    enabled: bool
    created_by: ObjectId | None
    updated_by: ObjectId | None
    updated_at: datetime


class PipelineStepRunRecord(TypedDict):
    """A `models.pipeline_run.PipelineStepRun`."""

    step: str
    state: str
    result: Any
    error: str | None
    mission_id: ObjectId | None
    proposal_id: ObjectId | None


class PipelineRunRecord(TypedDict):
    """A `models.pipeline_run.PipelineRun`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    pipeline_id: ObjectId
    created_by: ObjectId
    scopes: list[str]
    steps: list[PipelineStepRecord]
    runs: list[PipelineStepRunRecord]
    due_at: datetime | None


class PluginRecord(TypedDict):
    """A `models.plugin.Plugin`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    plugin: str
    name: str
    settings: dict[str, Any]
    enabled: bool
    disabled_reason: str | None
    created_by: ObjectId | None
    updated_at: datetime


class PluginDeliveryRecord(TypedDict):
    """A `models.plugin.PluginDelivery`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    seq: int
    due_at: datetime | None
    failures: int
    failing_since: datetime | None


class PanelStateRecord(TypedDict):
    """A `models.preferences.PanelState`."""

    _id: ObjectId
    created_at: datetime
    user_id: ObjectId
    project_id: ObjectId
    card_id: ObjectId
    state: Any
    updated_at: datetime


class PreferencesRecord(TypedDict):
    """A `models.preferences.Preferences`."""

    _id: ObjectId
    created_at: datetime
    user_id: ObjectId
    settings: dict[str, Any]
    shortcuts: dict[str, Any]
    muted_activities: list[str]
    project_order: list[ObjectId]
    last_project_id: ObjectId | None


class ProbeRecord(TypedDict):
    """A `models.probe.Probe`."""

    _id: ObjectId
    value: int
    at: datetime


class ProjectRecord(TypedDict):
    """A `models.project.Project`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    name: str
    name_key: str
    number: int | None
    slug: str | None
    status: str
    tagline: str | None
    domain: str | None
    brand_color: str | None
    accent_color: str | None
    description: str | None
    deadline: datetime | None
    path: str | None
    bound: bool
    credential_id: ObjectId | None
    created_by: ObjectId | None
    updated_at: datetime
    warnings: NotRequired[list[str]]
    notes: NotRequired[Any]
    notes_omitted: NotRequired[int]


class ProjectMemberRecord(TypedDict):
    """A `models.project.ProjectMember`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId
    user_id: ObjectId
    role: str
    user: NotRequired[Any]


class DraftMemberRecord(TypedDict):
    """A `models.project_draft.DraftMember`."""

    name: str
    role: str


class DraftDocumentRecord(TypedDict):
    """A `models.project_draft.DraftDocument`."""

    name: str
    content: str
    size: int


class DraftQuestionRecord(TypedDict):
    """A `models.project_draft.DraftQuestion`."""

    id: str
    round: int
    kind: str
    text: str
    options: list[str]
    answer: Any


class DraftDeliverableRecord(TypedDict):
    """A `models.project_draft.DraftDeliverable`."""

    title: str
    description: str | None
    priority: int | None
    checklist: list[str]


class DraftPhaseRecord(TypedDict):
    """A `models.project_draft.DraftPhase`."""

    name: str
    description: str | None
    deliverables: list[DraftDeliverableRecord]


class ProjectDraftRecord(TypedDict):
    """A `models.project_draft.ProjectDraft`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    name: str
    description: str | None
    stage: str
    readiness: int
    round: int
    team_members: list[DraftMemberRecord]
    context_documents: list[DraftDocumentRecord]
    questions: list[DraftQuestionRecord]
    roadmap: list[DraftPhaseRecord]
    mission_id: ObjectId | None
    job_id: ObjectId | None
    project_id: ObjectId | None
    created_by: ObjectId | None
    updated_at: datetime


class ProposalRecord(TypedDict):
    """A `models.proposal.Proposal`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    agent_id: ObjectId | None
    mission_id: ObjectId | None
    created_by: ObjectId
    tool: str
    operation: str | None
    arguments: dict[str, Any]
    edited_arguments: dict[str, Any] | None
    digest: str
    asked: str
    said: dict[str, Any] | None
    revision: int
    explanation: str | None
    changes: list[dict[str, Any]]
    creates: ObjectId | None
    depends_on: list[ObjectId]
    status: str
    decided_by: ObjectId | None
    decided_at: datetime | None
    via: str | None
    reason: str | None
    applied_at: datetime | None
    result: Any
    error: str | None
    expires_at: datetime | None


class RelationRecord(TypedDict):
    """A `models.relation.Relation`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    type: str
    source_id: ObjectId
    target_id: ObjectId
    card_ids: list[ObjectId]
    project_ids: list[ObjectId]
    created_by: ObjectId | None


class RemoteCallRecord(TypedDict):
    """A `models.remote_call.RemoteCall`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    plugin_id: ObjectId
    server: str
    tool: str
    arguments: dict[str, Any]
    state: str
    result: str | None
    error: str | None
    mission_id: ObjectId | None
    created_by: ObjectId
    settled_by: ObjectId | None
    told_id: ObjectId
    due_at: datetime | None
    sent_at: datetime | None
    finished_at: datetime | None


class ScopeRecord(TypedDict):
    """A `models.scope.Scope`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId
    name: str
    description: str | None
    start_date: datetime | None
    end_date: datetime | None
    active_view: str
    rank: str
    updated_at: datetime


class ScriptRecord(TypedDict):
    """A `models.script.Script`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId
    name: str
    command: str
    rank: str
    created_by: ObjectId | None
    updated_at: datetime


class ScriptRunRecord(TypedDict):
    """A `models.script.ScriptRun`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId
    script_id: ObjectId
    card_id: ObjectId | None
    command: str
    status: str
    exit_code: int | None
    tail: str
    output: list[str]
    holder: str | None
    lease_until: datetime | None
    is_cancelled: bool
    started_by: ObjectId | None
    started_at: datetime
    finished_at: datetime | None


class SeenMarkRecord(TypedDict):
    """A `models.seen_mark.SeenMark`."""

    _id: ObjectId
    user_id: ObjectId
    project_id: ObjectId
    card_id: NotRequired[ObjectId | None]
    at: datetime


class SessionRecord(TypedDict):
    """A `models.session.Session`."""

    _id: ObjectId
    created_at: datetime
    user_id: ObjectId
    secret_hash: str
    csrf_token: str
    expires_at: datetime
    user_agent: str | None
    last_used_at: datetime | None
    restricted: bool
    refresh_turn: int


class SkillRecord(TypedDict):
    """A `models.skill.Skill`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    slug: str
    description: str
    instructions: str
    tools: list[str]
    created_by: ObjectId | None
    updated_at: datetime


class StorageAccountRecord(TypedDict):
    """A `models.storage_account.StorageAccount`."""

    _id: ObjectId
    bytes: int
    kinds: NotRequired[dict[str, int]]


class TeamRecord(TypedDict):
    """A `models.team.Team`."""

    _id: ObjectId
    created_at: datetime
    organization_id: ObjectId
    number: int | None
    name: str
    description: str | None
    created_by: ObjectId
    updated_at: datetime


class TeamMemberRecord(TypedDict):
    """A `models.team.TeamMember`."""

    _id: ObjectId
    created_at: datetime
    organization_id: ObjectId
    team_id: ObjectId
    user_id: ObjectId
    role: str
    user: NotRequired[Any]


class TemplateScopeRecord(TypedDict):
    """A `models.template.TemplateScope`."""

    name: str
    description: str | None
    start_day: int | None
    end_day: int | None
    active_view: str


class TemplateColumnRecord(TypedDict):
    """A `models.template.TemplateColumn`."""

    scope: int | None
    name: str
    kind: str | None
    prompt: str | None
    requires_approval: bool


class TemplateLabelRecord(TypedDict):
    """A `models.template.TemplateLabel`."""

    name: str
    color: str


class TemplateFieldRecord(TypedDict):
    """A `models.template.TemplateField`."""

    options: list[TemplateLabelRecord]
    name: str
    type: str


class TemplateValueRecord(TypedDict):
    """A `models.template.TemplateValue`."""

    field: int
    value: Any


class TemplateCardRecord(TypedDict):
    """A `models.template.TemplateCard`."""

    column: int | None
    labels: list[int]
    checklist: list[str]
    values: list[TemplateValueRecord]
    title: str
    description: str | None
    priority: int | None
    start_day: int | None
    due_day: int | None


class TemplateContentRecord(TypedDict):
    """A `models.template.TemplateContent`."""

    scopes: list[TemplateScopeRecord]
    columns: list[TemplateColumnRecord]
    labels: list[TemplateLabelRecord]
    custom_fields: list[TemplateFieldRecord]
    cards: list[TemplateCardRecord]


class TemplateRecord(TypedDict):
    """A `models.template.Template`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    name: str
    description: str | None
    kind: str
    created_by: ObjectId | None
    content: TemplateContentRecord


class TombstoneRecord(TypedDict):
    """A `models.tombstone.Tombstone`."""

    _id: ObjectId
    stream_id: ObjectId
    project_id: NotRequired[ObjectId | None]
    user_id: NotRequired[ObjectId | None]
    document_ids: NotRequired[list[ObjectId]]
    keeps: NotRequired[bool]
    actor_id: NotRequired[ObjectId | None]
    deleted_at: NotRequired[datetime]
    emptied_at: NotRequired[datetime | None]
    holder: NotRequired[str | None]
    due_at: NotRequired[datetime]
    chosen: NotRequired[list[ObjectId]]
    looked: NotRequired[bool]


class TransferJobRecord(TypedDict):
    """A `models.transfer_job.TransferJob`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    created_by: ObjectId
    draft_id: ObjectId | None
    file_name: str
    file_size: int
    state: str
    project_id: ObjectId | None
    done: int
    total: int | None
    on_odd_item: str
    warnings: list[str]
    notes: list[dict[str, Any]]
    notes_omitted: int
    error: dict[str, Any] | None
    next_part: int
    parts: int | None
    holder: str | None
    lease_until: datetime
    turn: datetime
    attempts: int
    ids_secret: str
    started_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime | None


class UsageRecordRecord(TypedDict):
    """A `models.usage_record.UsageRecord`."""

    _id: ObjectId
    created_at: datetime
    organization_id: ObjectId
    workspace_id: ObjectId
    project_id: ObjectId | None
    card_id: ObjectId | None
    agent_id: ObjectId
    mission_id: ObjectId
    user_id: ObjectId
    charged_to: list[ObjectId]
    credential_id: ObjectId | None
    model: str
    state: str
    reserved_cost: int
    reserved_tokens: int
    reserved_in: list[ObjectId]
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost: int
    settled_at: datetime | None


class UsageSumRecord(TypedDict):
    """A `models.usage_record.UsageSum`."""

    _id: ObjectId
    organization_id: ObjectId
    workspace_id: NotRequired[ObjectId | None]
    subject_id: ObjectId
    day: str
    model: str
    calls: NotRequired[int]
    input_tokens: NotRequired[int]
    cached_tokens: NotRequired[int]
    output_tokens: NotRequired[int]
    cost: NotRequired[int]


class TwoFactorRecord(TypedDict):
    """A `models.user.TwoFactor`."""

    secret: bytes
    enabled_at: datetime
    last_step: int
    recovery_hashes: list[str]


class TwoFactorSetupRecord(TypedDict):
    """A `models.user.TwoFactorSetup`."""

    secret: bytes
    begun_at: datetime


class ConsentRecord(TypedDict):
    """A `models.user.Consent`."""

    subject: str
    version: str
    at: datetime


class UserRecord(TypedDict):
    """A `models.user.User`."""

    _id: ObjectId
    created_at: datetime
    email: str
    name: str | None
    username: str | None
    job_title: str | None
    number: int | None
    is_agent: bool
    password_hash: str | None
    email_verified_at: datetime | None
    two_factor: TwoFactorRecord | None
    two_factor_setup: TwoFactorSetupRecord | None
    consents: list[ConsentRecord]
    avatar: str | None
    made: int
    deleted_at: datetime | None
    server_role: str
    auth_provider: str
    must_change_password: bool
    home_workspace_id: ObjectId | None
    pilotage_role: NotRequired[str]
    two_factor_enabled: NotRequired[bool]


class LedgerEntryRecord(TypedDict):
    """A `models.wallet.LedgerEntry`."""

    _id: ObjectId
    created_at: datetime
    wallet_id: ObjectId
    organization_id: ObjectId | None
    user_id: ObjectId | None
    type: str
    amount: int
    balance: int
    action: str
    reference: str
    metadata: dict[str, Any]
    created_by: ObjectId | None


class TopUpRecord(TypedDict):
    """A `models.wallet.TopUp`."""

    threshold: int
    package: str
    is_enabled: bool
    max_monthly: int
    payment_method: str | None
    month: str
    begun: int
    due_at: datetime | None
    payment: str | None
    error: str | None


class WalletRecord(TypedDict):
    """A `models.wallet.Wallet`."""

    _id: ObjectId
    created_at: datetime
    organization_id: ObjectId | None
    user_id: ObjectId | None
    unit: str
    balance: int
    credited: int
    consumed: int
    top_up: TopUpRecord | None
    updated_at: datetime


class InvitationRecord(TypedDict):
    """A `models.workspace.Invitation`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId | None
    organization_id: ObjectId | None
    team_id: ObjectId | None
    email: str
    role: str
    project_id: ObjectId | None
    project_role: str | None
    invited_by: ObjectId
    secret_hash: str
    expires_at: datetime
    accepted_at: datetime | None


class WorkspaceRecord(TypedDict):
    """A `models.workspace.Workspace`."""

    _id: ObjectId
    created_at: datetime
    organization_id: ObjectId
    owner_id: ObjectId
    name: str
    slug: str
    is_personal: bool
    agent_ceiling: dict[str, str]
    proposals_expire_days: int | None
    approvals_need_sign_in: bool
    default_agent_id: ObjectId | None
    board_agent_id: ObjectId | None
    worker_count: int | None
    max_concurrent: int | None
    claims: int
    updated_at: datetime
    pilotage_cycle: int
    my_role: NotRequired[str]
    my_pilotage_role: NotRequired[str]


class WorkspaceMemberRecord(TypedDict):
    """A `models.workspace.WorkspaceMember`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    organization_id: ObjectId
    user_id: ObjectId
    role: str
    pilotage_role: str
    user: NotRequired[Any]


class WorkspaceFileRecord(TypedDict):
    """A `models.workspace_file.WorkspaceFile`."""

    _id: ObjectId
    created_at: datetime
    number: int | None
    workspace_id: ObjectId
    path: str
    name: str
    file_type: str | None
    category: str | None
    size: int
    created_by: ObjectId | None
    updated_by: ObjectId | None
    updated_at: datetime
    content: NotRequired[str]


class WorkspaceFileTextRecord(TypedDict):
    """A `models.workspace_file.WorkspaceFileText`."""

    _id: ObjectId
    workspace_id: ObjectId
    content: str


class WorktreeRecord(TypedDict):
    """A `models.worktree.Worktree`."""

    _id: ObjectId
    created_at: datetime
    workspace_id: ObjectId
    project_id: ObjectId
    card_id: ObjectId
    branch: str
    base: str | None
    base_commit: str
    created_by: ObjectId | None
