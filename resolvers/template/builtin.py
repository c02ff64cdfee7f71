"""The templates that every workspace has."""

from typing import Any

from models.base import Record
from models.enums import ColumnKind, FieldType, Priority, TemplateKind, ViewType
from models.template import (
    TemplateCard,
    TemplateColumn,
    TemplateContent,
    TemplateField,
    TemplateLabel,
    TemplateScope,
)

KANBAN_BOARD = "kanban-board"
"""The key of what a board begins with where nobody says what with."""

_RED, _AMBER, _GREEN, _BLUE, _VIOLET, _GREY = "#ef4444", "#f59e0b", "#10b981", "#3b82f6", "#8b5cf6", "#6b7280"


def _columns(*names: str, scope: int | None = None) -> list[TemplateColumn]:
    return [TemplateColumn.of(name=name, scope=scope) for name in names]


def _labels(**colors: str) -> list[TemplateLabel]:
    return [TemplateLabel.of(name=name.replace("_", " "), color=color) for name, color in colors.items()]


def _select(name: str, **colors: str) -> TemplateField:
    return TemplateField.of(name=name, type=FieldType.SELECT, options=_labels(**colors))


_KANBAN = TemplateContent(
    columns=_columns("Backlog", "Ready", "In progress", "Review", "Done"),
    labels=_labels(feature=_BLUE, fix=_RED, chore=_GREY),
    cards=[
        TemplateCard.of(
            title="Agree on how many cards may be in progress",
            description="Few at once: what is begun is finished before something new is.",
            column=0,
            labels=[2],
            checklist=["Count what is in progress today", "Choose a number", "Look again in two weeks"],
        )
    ],
)

_SCRUM = TemplateContent(
    scopes=[
        TemplateScope.of(name="Sprint 1", description="The first two weeks.", start_day=0, end_day=14),
        TemplateScope.of(name="Sprint 2", description="The two weeks after.", start_day=14, end_day=28),
    ],
    columns=[
        *_columns("Ideas", "Refined", "Accepted"),
        *_columns("To do", "In progress", "In review", "Done", scope=0),
        *_columns("To do", "In progress", "In review", "Done", scope=1),
    ],
    labels=_labels(story=_BLUE, bug=_RED, spike=_VIOLET, debt=_AMBER),
    custom_fields=[TemplateField.of(name="Story points", type=FieldType.NUMBER)],
    cards=[
        TemplateCard.of(
            title="Plan the sprint",
            description="What is the goal, and which stories lead there?",
            priority=Priority.HIGH,
            column=3,
            due_day=1,
            checklist=["Write down the goal", "Choose stories", "Estimate them together"],
        ),
        TemplateCard.of(
            title="Review and look back",
            column=3,
            due_day=14,
            checklist=["Show what is done", "Keep, drop, try", "One change for the next sprint"],
        ),
    ],
)

_BUGS = TemplateContent(
    columns=_columns("Reported", "Reproduced", "Being fixed", "To verify", "Closed"),
    labels=_labels(crash=_RED, regression=_AMBER, security=_VIOLET, cosmetic=_GREY, cannot_reproduce=_BLUE),
    custom_fields=[
        _select("Severity", Blocker=_RED, Major=_AMBER, Minor=_BLUE, Trivial=_GREY),
        TemplateField.of(name="Found in version", type=FieldType.TEXT),
        TemplateField.of(name="Customer waits", type=FieldType.BOOLEAN),
    ],
    cards=[
        TemplateCard.of(
            title="How to report a bug",
            description="What did you do, what happened, and what should have happened? Add the version.",
            column=0,
            checklist=["Steps that lead to it", "What was seen", "What was expected", "Version and system"],
        )
    ],
)

_LAUNCH = TemplateContent(
    scopes=[
        TemplateScope.of(
            name="Discover",
            description="Who needs it, and what for?",
            start_day=0,
            end_day=14,
            active_view=ViewType.ROADMAP,
        ),
        TemplateScope.of(name="Build", description="A first version, tried by a few.", start_day=14, end_day=56),
        TemplateScope.of(name="Launch", description="Out to everybody.", start_day=56, end_day=70),
    ],
    columns=[
        *_columns("Later", "Next", "Done"),
        *_columns("To do", "In progress", "Done", scope=0),
        *_columns("To do", "In progress", "In review", "Done", scope=1),
        *_columns("To do", "In progress", "Done", scope=2),
    ],
    labels=_labels(product=_BLUE, marketing=_VIOLET, support=_GREEN, risk=_RED),
    custom_fields=[_select("Confidence", High=_GREEN, Medium=_AMBER, Low=_RED)],
    cards=[
        TemplateCard.of(title="Talk to five people who would use it", column=3, labels=[0], start_day=0, due_day=7),
        TemplateCard.of(title="Write down what the first version leaves out", column=3, labels=[0, 3], due_day=14),
        TemplateCard.of(title="Let a few people try it", column=6, labels=[0], start_day=42, due_day=56),
        TemplateCard.of(
            title="Announce it",
            priority=Priority.HIGH,
            column=10,
            labels=[1],
            start_day=63,
            due_day=70,
            checklist=["Text and pictures", "Answers to the first questions", "Somebody on duty that day"],
        ),
    ],
)


_KANBAN_BOARD = TemplateContent(
    columns=[
        TemplateColumn.of(name="Backlog", kind=ColumnKind.BACKLOG),
        TemplateColumn.of(name="In Progress", kind=ColumnKind.ACTIVE),
        TemplateColumn.of(name="Done", kind=ColumnKind.DONE),
    ]
)


def _template(
    key: str, name: str, description: str, content: TemplateContent, kind: TemplateKind = TemplateKind.PROJECT
) -> Record:
    return {
        "_id": key,
        "name": name,
        "description": description,
        "kind": kind.value,
        "created_by": None,
        "created_at": None,
        "content": content.model_dump(),
    }


BUILT_IN: dict[str, Any] = {
    record["_id"]: record
    for record in (
        _template("kanban", "Kanban", "A steady flow of work over one board.", _KANBAN),
        _template("scrum", "Scrum", "Two sprints with boards of their own, and a board of ideas.", _SCRUM),
        _template("bug-tracking", "Bug tracking", "From a report to a verified fix, with severities.", _BUGS),
        _template("launch", "Product launch", "Three phases over ten weeks, from questions to everybody.", _LAUNCH),
        _template(
            KANBAN_BOARD, "Kanban Default", "What waits, is done and is over.", _KANBAN_BOARD, TemplateKind.BOARD
        ),
    )
}
"""By the key that clients name them with. They are no documents, so no workspace can delete them."""
