"""The closed sets of values. String values are what REST and the database hold; GraphQL shows the names."""

from enum import IntEnum, StrEnum
from typing import Self


class Told(StrEnum):
    """A set that clients see: each value says what it is."""

    description: str

    def __new__(cls, value: str, description: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.description = description
        return member


class ToldNumber(IntEnum):
    """The same of numbers."""

    description: str

    def __new__(cls, value: int, description: str = "") -> Self:
        member = int.__new__(cls, value)
        member._value_ = value
        member.description = description
        return member


class Role(Told):
    """What a person may do in an organization or a workspace."""

    OWNER = "owner", "Everything, deleting it included."
    ADMIN = "admin", "Everything but deleting it."
    MEMBER = "member", "Reads and writes its content."
    VIEWER = "viewer", "Reads its content, and writes none."


class ServerRole(Told):
    """What a person may do with the installation itself. In organizations and workspaces it counts for nothing."""

    USER = "user", "Nothing."
    ADMIN = "admin", "Manages the accounts of people."
    SUPER_ADMIN = "super_admin", "Runs the installation: its settings, its logs and who is an administrator."

    def covers(self, least: "ServerRole") -> bool:
        """Whether it may do what `least` may."""
        order = list(ServerRole)
        return order.index(self) >= order.index(least)


class PilotageRole(Told):
    """What a person may do in a workspace's cockpit."""

    OWNER = "owner", "Steers agents and missions."
    REVIEWER = "reviewer", "Reviews what agents propose."
    VIEWER = "viewer", "Reads."


class SearchType(Told):
    """What a search finds."""

    CARD = "card", "Cards, by title, description and checklist."
    COMMENT = "comment", "Comments, by their text."
    DOCUMENT = "document", "Documents, by title, text and tags."
    PROJECT = "project", "Projects, by name and description."
    AGENT = "agent", "Agents, by name and description."
    FILE = "file", "Files of the workspace, by path, name and text."


class ViewType(Told):
    """How a scope is shown."""

    KANBAN = "kanban", "Columns of cards."
    LIST = "list", "One list."
    CALENDAR = "calendar", "By due date."
    ROADMAP = "roadmap", "By start and end."
    STATS = "stats", "Figures."


class StatsInterval(Told):
    """The length of the periods that figures are told by."""

    DAY = "day", "Days, in UTC."
    WEEK = "week", "Weeks, from Monday."
    MONTH = "month", "Months."


class Priority(ToldNumber):
    """How urgent a card is."""

    # A number in the database, so that it sorts; `word` is its name in REST.

    LOW = 1, "Can wait."
    MEDIUM = 2, "The usual."
    HIGH = 3, "Before the others."
    CRITICAL = 4, "Before all else."

    @property
    def word(self) -> str:
        return self.name.lower()


class FieldType(Told):
    """What a custom field holds."""

    TEXT = "text", "Text of at most 500 characters."
    NUMBER = "number", "A number, whole or not."
    SELECT = "select", "One of its options."
    MULTI_SELECT = "multi-select", "Some of its options."
    DATE = "date", "A moment."
    BOOLEAN = "boolean", "Yes or no."

    @property
    def has_options(self) -> bool:
        return self in (FieldType.SELECT, FieldType.MULTI_SELECT)


class OnIncompatible(Told):
    """What becomes of values that a changed custom field cannot hold."""

    REFUSE = "refuse", "The change is refused with CONFLICT, which tells how many there are."
    CLEAR = "clear", "They go."


class OnOddItem(Told):
    """What an import does where an entry cannot be as the file has it."""

    REFUSE = "refuse", "All is refused, with its first bad place."
    MEND = "mend", "What is odd is changed or left out, and told by `notes`; the rest comes."


class ImportNoteCode(Told):
    """What was done to an odd place of an imported file."""

    CUT = "cut", "A text or a list is cut to what it may have."
    LEFT_OUT = "left_out", "It is left out."
    REPLACED = "replaced", "What was needed and is missing or wrong has a stand-in, such as the title Untitled."


class RelationType(Told):
    """What a card is to another."""

    # The inverses are never stored: they are the other side's view.

    BLOCKS = "blocks", "The other waits for it."
    BLOCKED_BY = "blocked_by", "It waits for the other."
    RELATED_TO = "related_to", "The two have to do with each other."
    DUPLICATES = "duplicates", "It says the same as the other."
    DUPLICATED_BY = "duplicated_by", "The other says the same."
    PARENT_OF = "parent_of", "The other is a part of it."
    CHILD_OF = "child_of", "It is a part of the other."

    @property
    def inverse(self) -> "RelationType":
        return _INVERSES.get(self, self)


_PAIRS = (
    (RelationType.BLOCKS, RelationType.BLOCKED_BY),
    (RelationType.DUPLICATES, RelationType.DUPLICATED_BY),
    (RelationType.PARENT_OF, RelationType.CHILD_OF),
)
_INVERSES = {first: other for pair in _PAIRS for first, other in (pair, pair[::-1])}


class ActivityType(Told):
    """What happened to a card, to a document, to a project's members or to a budget."""

    CARD_CREATED = "card_created", "A card was created."
    CARD_UPDATED = "card_updated", "Fields of a card changed."
    CARD_MOVED = "card_moved", "A card moved to another column or place."
    CARD_ARCHIVED = "card_archived", "A card was archived, or brought back."
    CARD_DELETED = "card_deleted", "A card was deleted."
    CARD_ASSIGNED = "card_assigned", "A card got another assignee, or none."
    COMMENT_ADDED = "comment_added", "A comment was written."
    ATTACHMENT_ADDED = "attachment_added", "A file was attached."
    MEMBER_ADDED = "member_added", "Somebody joined the project."
    MEMBER_REMOVED = "member_removed", "Somebody left the project."
    DOCUMENT_CREATED = "document_created", "A document was created."
    DOCUMENT_DELETED = "document_deleted", "A document was deleted with what stood below it."
    DOCUMENT_LINKED = "document_linked", "A document was linked to a card."
    DOCUMENT_REVIEW_REQUESTED = "document_review_requested", "A document was submitted for review."
    DOCUMENT_REVIEWED = "document_reviewed", "A document was approved, or changes were asked for."
    AUTOMATION_NOTICE = "automation_notice", "An automation tells of a card."
    PLUGIN_DISABLED = "plugin_disabled", "A plugin was disabled by itself; who installed it is told."
    REMOTE_CALL_UNKNOWN = (
        "remote_call_unknown",
        "Nobody knows whether a call of another server was carried out; who approved it, or made it, is told.",
    )
    PIPELINE_NOTICE = "pipeline_notice", "A pipeline tells the members of a workspace something."
    AUTOMATION_DISABLED = "automation_disabled", "An automation was disabled by itself; its owner is told."
    BUDGET_NEARLY_SPENT = "budget_nearly_spent", "Four fifths of a budget for models are spent."
    NOTICE = "notice", "Somebody tells all people of a workspace something."
    RECORDED = "recorded", "Something that happened elsewhere, or that nothing here tells by itself, was recorded."


class NoticeLevel(Told):
    """How much a notification matters."""

    INFO = "info", "It is good to know."
    SUCCESS = "success", "Something went well."
    WARNING = "warning", "Something may go wrong."
    ERROR = "error", "Something went wrong."


class ActorType(Told):
    """Who did something."""

    USER = "user", "A person."
    AGENT = "agent", "An agent."
    SYSTEM = "system", "Nobody: it happened by itself."


class DocumentType(Told):
    """What a document is."""

    DOCUMENT = "document", "Any text."
    SPEC = "spec", "A specification."
    BRIEF = "brief", "A brief."
    ADR = "adr", "A record of a decision."
    NOTE = "note", "A note."
    REFERENCE = "reference", "Something to look things up in."
    TEMPLATE = "template", "A pattern for other documents."
    SPREADSHEET = "spreadsheet", "A table."


class DocumentContext(Told):
    """What a document is about. Members of its workspace read it in any case, and nobody else."""

    ORGANIZATION = "organization", "The organization of its workspace."
    WORKSPACE = "workspace", "Its workspace."
    PROJECT = "project", "A project."
    SCOPE = "scope", "A scope of a project."


class DocumentFormat(Told):
    """The form of a document's text. Each is converted to the other."""

    MARKDOWN = "markdown", "Markdown: CommonMark with tables, strike-through and task lists."
    TIPTAP_JSON = "tiptap_json", "A TipTap document as JSON text."


class DocumentStatus(Told):
    """Where a document stands in its review."""

    DRAFT = "draft", "Nobody was asked yet, or its text changed after it was approved."
    PENDING_REVIEW = "pending_review", "It waits for a reviewer."
    APPROVED = "approved", "A reviewer approved this text."
    CHANGES_REQUESTED = "changes_requested", "A reviewer asks for changes."


class AutonomyMode(Told):
    """How freely an agent acts."""

    SUPERVISED = "supervised", "Proposes each step."
    AUTONOMOUS = "autonomous", "Acts at once."
    APPROVAL = "approval", "Asks for approval in batches."


class Verdict(Told):
    """What becomes of something that an agent would do."""

    ALLOW = "allow", "It is done at once."
    ASK = "ask", "It is proposed, and waits for a person."
    DENY = "deny", "It is refused."


class ProposalStatus(Told):
    """Where a proposal stands."""

    PENDING = "pending", "Waits for a decision."
    APPROVED = "approved", "Decided for, and not applied yet."
    APPLIED = "applied", "Done. Final."
    FAILED = "failed", "Decided for, and refused when it was to be done. Final."
    REJECTED = "rejected", "Decided against. Final."
    WITHDRAWN = "withdrawn", "Its mission or its agent ended before a decision. Final."
    EXPIRED = "expired", "Nobody decided in the time that the workspace has set. Final."


class MissionStatus(Told):
    """Where a mission stands."""

    QUEUED = "queued", "Waits for its agent."
    RUNNING = "running", "The agent works on it."
    AWAITING_APPROVAL = "awaiting_approval", "The agent waits for a person."
    COMPLETED = "completed", "Done. Final."
    FAILED = "failed", "Given up, with an error. Final."
    CANCELLED = "cancelled", "Stopped by a person. Final."


class MissionWait(Told):
    """What a mission waits for."""

    PROPOSALS = "proposals", "Somebody has to decide on what its agent proposes."
    ANSWER = "answer", "Somebody has to answer its agent's question."
    BUDGET = "budget", "What it may spend is spent."
    CREDENTIAL = "credential", "The key of its model is missing or was refused."


class MissionReason(Told):
    """What a mission about a card was begun by, where nobody asked an agent of their choice."""

    COLUMN = "column", "The card came to a column whose kind is ACTIVE."
    MESSAGE = "message", "Somebody wrote to the card while no agent worked on it."
    RETRY = "retry", "The mission before it failed or was cancelled, and was to be tried again."
    RELAUNCH = "relaunch", "Somebody had it done anew, from the beginning."
    RELAY = "relay", "It took the mission before it over, whose context had grown long."


class MissionCallState(StrEnum):
    """Where a call of a tool stands. All but the first two are final."""

    PENDING = "pending"
    WAITING = "waiting"
    """For a person: the decision on a proposal, or an answer."""
    DONE = "done"
    REFUSED = "refused"
    """The arguments did not fit, the tool is not there, or it was not allowed: the model reads why."""


class RemoteCallState(Told):
    """Where a call of another server's tool stands. It is made once: nothing is tried again."""

    QUEUED = "queued", "It is about to be made."
    SENT = "sent", "It is made."
    DONE = "done", "It was answered."
    FAILED = "failed", "It was not made, or was answered with an error."
    UNKNOWN = "unknown", "Nobody knows whether it was carried out: a person finds out."


class MissionActivityKind(Told):
    """What an agent reports while it works."""

    THOUGHT = "thought", "What it considers."
    ACTION = "action", "What it does, with the tool that it uses."
    RESPONSE = "response", "What it found or answers."
    ELICITATION = "elicitation", "A question to a person."
    PROMPT = "prompt", "What it was asked."
    ERROR = "error", "What went wrong."


class DraftStage(Told):
    """How far a draft of a project is."""

    FRAMING = "framing", "What it is about is written down."
    REFINEMENT = "refinement", "Questions about it are asked and answered."
    ROADMAP = "roadmap", "It has a roadmap."
    EXECUTED = "executed", "It has become a project. Final."


class DraftQuestionKind(Told):
    """Which answers a question about a project takes."""

    TEXT = "text", "Any text."
    SINGLE = "single", "One of its options."
    MULTIPLE = "multiple", "Some of its options."
    SCALE = "scale", "A number from 1, the least, to 5."
    BOOLEAN = "boolean", "Yes or no."

    @property
    def has_options(self) -> bool:
        return self in (DraftQuestionKind.SINGLE, DraftQuestionKind.MULTIPLE)


class PipelineStepType(Told):
    """What a step of a pipeline does."""

    AGENT = "AGENT", "Gives an agent a mission."
    TOOL = "TOOL", "Runs an operation."
    APPROVAL = "APPROVAL", "Waits until a person decides."
    CONDITION = "CONDITION", "Asks what a step came to; what comes after it is left out where that is not so."
    NOTIFY = "NOTIFY", "Tells the members of the workspace."


class ColumnKind(Told):
    """What it means for a card to stand in a column."""

    BACKLOG = "backlog", "It is to be done some day: work on it has not started."
    ACTIVE = "active", "It is worked on; agents begin where they are asked to."
    REVIEW = "review", "Its work is looked at."
    BLOCKED = "blocked", "Its work waits for something."
    DONE = "done", "It is done."
    ARCHIVE = "archive", "It is done, and put away."


class TemplateKind(Told):
    """What begins with a template."""

    PROJECT = "project", "A project, with all that it is to hold."
    BOARD = "board", "A board: its columns alone."


class AutomationTrigger(Told):
    """What an automation waits for."""

    TASK_CREATED = "task_created", "A card is created."
    TASK_MOVED = "task_moved", "A card comes to another column, or off the board."
    TASK_ADDED_TO_BOARD = "task_added_to_board", "A card comes to the board of the project, or of a scope."
    TASK_STATUS_CHANGED = "task_status_changed", "A card comes to another status: todo, in_progress or done."
    TASK_ASSIGNED = "task_assigned", "A card is assigned to somebody."
    CHECKLIST_COMPLETE = "checklist_complete", "The last open step of a card is done."
    DUE_DATE_REACHED = (
        "due_date_reached",
        "The due date of a card that is not done has come; of a day alone, once it has ended in UTC.",
    )


class AutomationStatus(Told):
    """What came of an automation that was set off."""

    SUCCESS = "success", "It did what it is for."
    FAILURE = "failure", "It could not; `error` says why."


class AutomationStop(Told):
    """Why an automation was disabled by itself."""

    RIGHTS = "rights", "Its owner may not do any more what it does."
    TOO_OFTEN = "too_often", "It was set off too often within a minute."


class SubscriptionStatus(Told):
    """Where what an organization pays stands, as Stripe says."""

    INCOMPLETE = "incomplete", "The first payment has not come."
    INCOMPLETE_EXPIRED = "incomplete_expired", "The first payment never came. Final."
    TRIALING = "trialing", "Nothing is to be paid yet."
    ACTIVE = "active", "Paid."
    PAST_DUE = "past_due", "A payment failed and is tried again."
    UNPAID = "unpaid", "Payments failed."
    CANCELED = "canceled", "Ended. Final."
    PAUSED = "paused", "Its trial has ended and nobody has said how to pay."

    @property
    def is_live(self) -> bool:
        """Whether the organization has what it pays for."""
        return self in (SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE)


class CredentialAuthorization(Told):
    """How far the provider of a credential has come with letting it in, where its key was not given by hand."""

    PENDING = "pending", "Somebody is to sign in at the provider."
    AUTHORIZED = "authorized", "The provider lets it in."
    EXPIRED = "expired", "Nobody signed in in time, or it is not let in any more: begin anew."
    FAILED = "failed", "The provider refused: begin anew."


class UsageState(StrEnum):
    """Whether it is known what a call of a model came to."""

    RESERVED = "reserved"
    SETTLED = "settled"


class BudgetPeriod(Told):
    """When a budget begins anew."""

    DAY = "day", "At midnight, UTC."
    MONTH = "month", "On the first of the month, UTC."
    TOTAL = "total", "Never."


class JobState(Told):
    """Where a job stands."""

    DELAYED = "delayed", "Its time has not come."
    WAITING = "waiting", "May be claimed."
    ACTIVE = "active", "A worker holds it."
    COMPLETED = "completed", "Done. Final."
    FAILED = "failed", "Begun as often as it may be. Final."


class Backoff(Told):
    """How long a job waits after a failure."""

    FIXED = "fixed", "Always as long."
    EXPONENTIAL = "exponential", "Twice as long each time."


class TransferState(Told):
    """Where an import stands that runs by itself."""

    QUEUED = "queued", "Waits for its turn."
    RUNNING = "running", "Is read and written, part by part."
    DONE = "done", "All of it is written. Final."
    FAILED = "failed", "It could not be; nothing of it is left. Final."


class StorageKind(StrEnum):
    """What counts in the storage account of a workspace."""

    ATTACHMENTS = "attachments"
    DOCUMENTS = "documents"
    FILES = "files"
    IMPORTS = "imports"
    REPORTS = "reports"


class TokenScope(Told):
    """What a personal access token may be used for."""

    # A JWT or a session has all of them.

    PROJECTS_READ = "projects:read", "Read organizations, workspaces, projects and what they hold."
    PROJECTS_WRITE = "projects:write", "Write projects, scopes, columns, cards, labels and comments."
    PILOTAGE_READ = "pilotage:read", "Read agents and missions."
    PILOTAGE_WRITE = "pilotage:write", "Create and drive missions, manage agents."
    NOTIFICATIONS_READ = "notifications:read", "Read notifications and mark them as read."
    ACCOUNT_READ = "account:read", "Read the account."
    ACCOUNT_WRITE = "account:write", "Change the account; administer organizations, workspaces and members."
    CREDENTIALS_READ = "credentials:read", "Read which credentials there are, and what they hold."
    CREDENTIALS_WRITE = "credentials:write", "Write credentials."
    OPERATIONS_READ = "operations:read", "Read logs."
    OPERATIONS_WRITE = "operations:write", "Write logs."
    BILLING_READ = "billing:read", "Read what is paid for and what is left of it."
    BILLING_WRITE = "billing:write", "Change what is paid for, and use up what is left."


class MailState(StrEnum):
    """Where a mail stands. SENT and FAILED are final."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class MailTemplate(StrEnum):
    """What a mail says."""

    INVITATION = "invitation"
    ORGANIZATION_INVITATION = "organization_invitation"
    EMAIL_VERIFICATION = "email_verification"
    PASSWORD_RESET = "password_reset"  # noqa: S105  (the name of a mail)
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    TWO_FACTOR_ENABLED = "two_factor_enabled"
    TWO_FACTOR_DISABLED = "two_factor_disabled"
    ACCOUNT_DELETED = "account_deleted"
    EMAIL_CHANGED = "email_changed"


class LinkPurpose(StrEnum):
    """What the link of a mail is good for."""

    EMAIL_VERIFICATION = "email_verification"
    PASSWORD_RESET = "password_reset"  # noqa: S105  (the name of a link)


class ConsentSubject(Told):
    """What a person may agree to."""

    TERMS = "terms", "The terms of use."
    PRIVACY = "privacy", "The privacy policy."
