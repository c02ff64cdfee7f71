"""The closed sets of values. String values are what REST and the database hold; GraphQL shows the names."""

from enum import IntEnum, StrEnum


class Role(StrEnum):
    """What a person may do in an organization or a workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class PilotageRole(StrEnum):
    """What a person may do in a workspace's cockpit."""

    OWNER = "owner"
    REVIEWER = "reviewer"
    VIEWER = "viewer"


class SearchType(StrEnum):
    """What a search finds."""

    CARD = "card"
    COMMENT = "comment"
    DOCUMENT = "document"
    PROJECT = "project"


class ViewType(StrEnum):
    """How a scope is shown."""

    KANBAN = "kanban"
    LIST = "list"
    CALENDAR = "calendar"
    ROADMAP = "roadmap"
    STATS = "stats"


class StatsInterval(StrEnum):
    """The length of the periods that figures are told by."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Priority(IntEnum):
    """How urgent a card is. A number in the database, so that it sorts; `word` is its name in REST."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class FieldType(StrEnum):
    """What a custom field holds."""

    TEXT = "text"
    NUMBER = "number"
    SELECT = "select"
    MULTI_SELECT = "multi-select"
    DATE = "date"
    BOOLEAN = "boolean"

    @property
    def has_options(self) -> bool:
        return self in (FieldType.SELECT, FieldType.MULTI_SELECT)


class OnIncompatible(StrEnum):
    """What becomes of values that a changed custom field cannot hold."""

    REFUSE = "refuse"
    CLEAR = "clear"


class OnOddItem(StrEnum):
    """What becomes of an import that holds an entry which cannot be as the file has it."""

    REFUSE = "refuse"
    MEND = "mend"


class ImportNoteCode(StrEnum):
    """What was done to an odd place of an imported file."""

    CUT = "cut"
    LEFT_OUT = "left_out"
    REPLACED = "replaced"


class RelationType(StrEnum):
    """How one card stands to another. The inverses are never stored: they are the other side's view."""

    BLOCKS = "blocks"
    BLOCKED_BY = "blocked_by"
    RELATED_TO = "related_to"
    DUPLICATES = "duplicates"
    DUPLICATED_BY = "duplicated_by"
    PARENT_OF = "parent_of"
    CHILD_OF = "child_of"

    @property
    def inverse(self) -> "RelationType":
        return _INVERSES.get(self, self)


_PAIRS = (
    (RelationType.BLOCKS, RelationType.BLOCKED_BY),
    (RelationType.DUPLICATES, RelationType.DUPLICATED_BY),
    (RelationType.PARENT_OF, RelationType.CHILD_OF),
)
_INVERSES = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}


class ActivityType(StrEnum):
    """What happened to a card, to a document or to a project's members."""

    CARD_CREATED = "card_created"
    CARD_UPDATED = "card_updated"
    CARD_MOVED = "card_moved"
    CARD_ARCHIVED = "card_archived"
    CARD_DELETED = "card_deleted"
    CARD_ASSIGNED = "card_assigned"
    COMMENT_ADDED = "comment_added"
    ATTACHMENT_ADDED = "attachment_added"
    MEMBER_ADDED = "member_added"
    MEMBER_REMOVED = "member_removed"
    DOCUMENT_CREATED = "document_created"
    DOCUMENT_DELETED = "document_deleted"
    DOCUMENT_LINKED = "document_linked"
    DOCUMENT_REVIEW_REQUESTED = "document_review_requested"
    DOCUMENT_REVIEWED = "document_reviewed"


class DocumentType(StrEnum):
    """What a document is."""

    DOCUMENT = "document"
    SPEC = "spec"
    BRIEF = "brief"
    ADR = "adr"
    NOTE = "note"
    REFERENCE = "reference"
    TEMPLATE = "template"
    SPREADSHEET = "spreadsheet"


class DocumentContext(StrEnum):
    """What a document is about. Its tenant is the workspace in any case."""

    ORGANIZATION = "organization"
    WORKSPACE = "workspace"
    PROJECT = "project"
    SCOPE = "scope"


class DocumentFormat(StrEnum):
    """The form of a document's text."""

    MARKDOWN = "markdown"
    TIPTAP_JSON = "tiptap_json"


class DocumentStatus(StrEnum):
    """Where a document stands in its review."""

    DRAFT = "draft"
    PENDING_REVIEW = "pending_review"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"


class AutonomyMode(StrEnum):
    """Whether an agent acts at once, proposes each step, or asks for approval in batches."""

    SUPERVISED = "supervised"
    AUTONOMOUS = "autonomous"
    APPROVAL = "approval"


class MissionStatus(StrEnum):
    """Where a mission stands. COMPLETED, FAILED and CANCELLED are final."""

    QUEUED = "queued"
    RUNNING = "running"
    AWAITING_APPROVAL = "awaiting_approval"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class MissionActivityKind(StrEnum):
    """What an agent reports while it works."""

    THOUGHT = "thought"
    ACTION = "action"
    RESPONSE = "response"
    ELICITATION = "elicitation"
    PROMPT = "prompt"
    ERROR = "error"


class TransferState(StrEnum):
    """Where an import stands that runs by itself. DONE and FAILED are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class StorageKind(StrEnum):
    """What counts in the storage account of a workspace."""

    ATTACHMENTS = "attachments"
    DOCUMENTS = "documents"
    IMPORTS = "imports"
    REPORTS = "reports"


class TokenScope(StrEnum):
    """What a personal access token may be used for. A JWT or a session has all of them."""

    PROJECTS_READ = "projects:read"
    PROJECTS_WRITE = "projects:write"
    PILOTAGE_READ = "pilotage:read"
    PILOTAGE_WRITE = "pilotage:write"
    NOTIFICATIONS_READ = "notifications:read"
    ACCOUNT_READ = "account:read"
    ACCOUNT_WRITE = "account:write"


class MailState(StrEnum):
    """Where a mail stands. SENT and FAILED are final."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


class MailTemplate(StrEnum):
    """What a mail says."""

    INVITATION = "invitation"
    EMAIL_VERIFICATION = "email_verification"
    PASSWORD_RESET = "password_reset"  # noqa: S105  (the name of a mail)
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    TWO_FACTOR_ENABLED = "two_factor_enabled"
    TWO_FACTOR_DISABLED = "two_factor_disabled"
    ACCOUNT_DELETED = "account_deleted"


class LinkPurpose(StrEnum):
    """What the link of a mail is good for."""

    EMAIL_VERIFICATION = "email_verification"
    PASSWORD_RESET = "password_reset"  # noqa: S105  (the name of a link)


class ConsentSubject(StrEnum):
    """What a person may agree to."""

    TERMS = "terms"
    PRIVACY = "privacy"


class KeyState(StrEnum):
    """How far the request of an idempotency key has come; `committed`: its change is, its answer is not kept yet."""

    PENDING = "pending"
    COMMITTED = "committed"
    DONE = "done"
