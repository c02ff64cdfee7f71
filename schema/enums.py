"""The enums of the graph: those of the documents, with a description for every value.

Import them from here: an enum that Strawberry meets before it was described stays without descriptions.
"""

from enum import Enum
from typing import TypeVar

import strawberry

from models.enums import (
    ActivityType,
    AutonomyMode,
    ConsentSubject,
    DocumentContext,
    DocumentFormat,
    DocumentStatus,
    DocumentType,
    FieldType,
    ImportNoteCode,
    MissionActivityKind,
    MissionStatus,
    OnIncompatible,
    OnOddItem,
    PilotageRole,
    Priority,
    RelationType,
    Role,
    SearchType,
    StatsInterval,
    TokenScope,
    TransferState,
    ViewType,
)

E = TypeVar("E", bound=type[Enum])


def described(enum: E, description: str, **values: str) -> E:
    """Make `enum` an enum of the graph, every value of it described."""
    shown = strawberry.enum(enum, description=description)
    for value in shown.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[value.name]
    return shown


described(
    Role,
    "What a person may do in an organization or a workspace.",
    OWNER="Everything, deleting it included.",
    ADMIN="Everything but deleting it.",
    MEMBER="Reads and writes its content.",
)
described(
    PilotageRole,
    "What a person may do in a workspace's cockpit.",
    OWNER="Steers agents and missions.",
    REVIEWER="Reviews what agents propose.",
    VIEWER="Reads.",
)
described(
    SearchType,
    "What a search finds.",
    CARD="Cards, by title, description and checklist.",
    COMMENT="Comments, by their text.",
    DOCUMENT="Documents, by title, text and tags.",
    PROJECT="Projects, by name and description.",
)
described(
    ViewType,
    "How a scope is shown.",
    KANBAN="Columns of cards.",
    LIST="One list.",
    CALENDAR="By due date.",
    ROADMAP="By start and end.",
    STATS="Figures.",
)
described(
    StatsInterval,
    "The length of the periods that figures are told by.",
    DAY="Days, in UTC.",
    WEEK="Weeks, from Monday.",
    MONTH="Months.",
)
described(Priority, "How urgent a card is.", LOW="Can wait.", MEDIUM="The usual.", HIGH="Before the others.")
described(
    FieldType,
    "What a custom field holds.",
    TEXT="Text of at most 500 characters.",
    NUMBER="A number, whole or not.",
    SELECT="One of its options.",
    MULTI_SELECT="Some of its options.",
    DATE="A moment.",
    BOOLEAN="Yes or no.",
)
described(
    OnIncompatible,
    "What becomes of values that a changed custom field cannot hold.",
    REFUSE="The change is refused with CONFLICT, which tells how many there are.",
    CLEAR="They go.",
)
described(
    OnOddItem,
    "What an import does where an entry cannot be as the file has it.",
    REFUSE="All is refused, with its first bad place.",
    MEND="What is odd is changed or left out, and told by `notes`; the rest comes.",
)
described(
    ImportNoteCode,
    "What was done to an odd place of an imported file.",
    CUT="A text or a list is cut to what it may have.",
    LEFT_OUT="It is left out.",
    REPLACED="What was needed and is missing or wrong has a stand-in, such as the title Untitled.",
)
described(
    RelationType,
    "What a card is to another.",
    BLOCKS="The other waits for it.",
    BLOCKED_BY="It waits for the other.",
    RELATED_TO="The two have to do with each other.",
    DUPLICATES="It says the same as the other.",
    DUPLICATED_BY="The other says the same.",
    PARENT_OF="The other is a part of it.",
    CHILD_OF="It is a part of the other.",
)
described(
    ActivityType,
    "What happened to a card, to a document or to a project's members.",
    CARD_CREATED="A card was created.",
    CARD_UPDATED="Fields of a card changed.",
    CARD_MOVED="A card moved to another column or place.",
    CARD_ARCHIVED="A card was archived, or brought back.",
    CARD_DELETED="A card was deleted.",
    CARD_ASSIGNED="A card got another assignee, or none.",
    COMMENT_ADDED="A comment was written.",
    ATTACHMENT_ADDED="A file was attached.",
    MEMBER_ADDED="Somebody joined the project.",
    MEMBER_REMOVED="Somebody left the project.",
    DOCUMENT_CREATED="A document was created.",
    DOCUMENT_DELETED="A document was deleted with what stood below it.",
    DOCUMENT_LINKED="A document was linked to a card.",
    DOCUMENT_REVIEW_REQUESTED="A document was submitted for review.",
    DOCUMENT_REVIEWED="A document was approved, or changes were asked for.",
)
described(
    DocumentType,
    "What a document is.",
    DOCUMENT="Any text.",
    SPEC="A specification.",
    BRIEF="A brief.",
    ADR="A record of a decision.",
    NOTE="A note.",
    REFERENCE="Something to look things up in.",
    TEMPLATE="A pattern for other documents.",
    SPREADSHEET="A table.",
)
described(
    DocumentContext,
    "What a document is about. Members of its workspace read it in any case, and nobody else.",
    ORGANIZATION="The organization of its workspace.",
    WORKSPACE="Its workspace.",
    PROJECT="A project.",
    SCOPE="A scope of a project.",
)
described(
    DocumentFormat,
    "The form of a document's text. Each is converted to the other.",
    MARKDOWN="Markdown: CommonMark with tables, strike-through and task lists.",
    TIPTAP_JSON="A TipTap document as JSON text.",
)
described(
    DocumentStatus,
    "Where a document stands in its review.",
    DRAFT="Nobody was asked yet, or its text changed after it was approved.",
    PENDING_REVIEW="It waits for a reviewer.",
    APPROVED="A reviewer approved this text.",
    CHANGES_REQUESTED="A reviewer asks for changes.",
)
described(
    AutonomyMode,
    "How freely an agent acts.",
    SUPERVISED="Proposes each step.",
    AUTONOMOUS="Acts at once.",
    APPROVAL="Asks for approval in batches.",
)
described(
    MissionStatus,
    "Where a mission stands.",
    QUEUED="Waits for its agent.",
    RUNNING="The agent works on it.",
    AWAITING_APPROVAL="The agent waits for a person.",
    COMPLETED="Done. Final.",
    FAILED="Given up, with an error. Final.",
    CANCELLED="Stopped by a person. Final.",
)
described(
    TransferState,
    "Where an import stands that runs by itself.",
    QUEUED="Waits for its turn.",
    RUNNING="Is read and written, part by part.",
    DONE="All of it is written. Final.",
    FAILED="It could not be; nothing of it is left. Final.",
)
described(
    MissionActivityKind,
    "What an agent reports while it works.",
    THOUGHT="What it considers.",
    ACTION="What it does, with the tool that it uses.",
    RESPONSE="What it found or answers.",
    ELICITATION="A question to a person.",
    PROMPT="What it was asked.",
    ERROR="What went wrong.",
)
described(
    TokenScope,
    "What a personal access token may be used for.",
    PROJECTS_READ="Read organizations, workspaces, projects and what they hold.",
    PROJECTS_WRITE="Write projects, scopes, columns, cards, labels and comments.",
    PILOTAGE_READ="Read agents and missions.",
    PILOTAGE_WRITE="Create and drive missions, manage agents.",
    NOTIFICATIONS_READ="Read notifications and mark them as read.",
    ACCOUNT_READ="Read the account.",
    ACCOUNT_WRITE="Change the account; administer organizations, workspaces and members.",
)

described(
    ConsentSubject,
    "What a person may agree to.",
    TERMS="The terms of use.",
    PRIVACY="The privacy policy.",
)

__all__ = [
    "ActivityType",
    "AutonomyMode",
    "ConsentSubject",
    "DocumentContext",
    "DocumentFormat",
    "DocumentStatus",
    "DocumentType",
    "FieldType",
    "ImportNoteCode",
    "MissionActivityKind",
    "MissionStatus",
    "OnIncompatible",
    "OnOddItem",
    "PilotageRole",
    "Priority",
    "RelationType",
    "Role",
    "SearchType",
    "StatsInterval",
    "TokenScope",
    "TransferState",
    "ViewType",
    "described",
]
