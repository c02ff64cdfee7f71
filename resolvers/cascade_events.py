"""The events of what goes with something else, out of the records that were deleted."""

from collections.abc import Callable

from models.base import Record
from models.enums import RelationType
from realtime.events import Event
from realtime.events.attachment import AttachmentDeleted
from realtime.events.card import CardDeleted
from realtime.events.column import ColumnDeleted
from realtime.events.comment import CommentDeleted
from realtime.events.custom_field import CustomFieldDeleted
from realtime.events.document import DocumentDeleted, DocumentUnlinked
from realtime.events.label import LabelDeleted
from realtime.events.project import ProjectMemberRemoved
from realtime.events.relation import RelationDeleted
from realtime.events.scope import ScopeDeleted

TOLD = (
    "workspace_id",
    "project_id",
    "card_id",
    "document_id",
    "user_id",
    "source_id",
    "target_id",
    "type",
    "project_ids",
)
"""What these are made of."""


def deleted(
    event: type[ColumnDeleted | CustomFieldDeleted | ScopeDeleted | LabelDeleted],
) -> Callable[[Record], Event]:
    """What tells of something that names its project and nothing else."""
    return lambda one: event(deleted_id=one["_id"], project_id=one["project_id"])


def card_deleted(card: Record) -> Event:
    """Tells of a card."""
    return CardDeleted(deleted_id=card["_id"], project_id=card["project_id"], card_id=card["_id"])


def comment_deleted(comment: Record) -> Event:
    """Tells of a comment, with its card."""
    return CommentDeleted(
        deleted_id=comment["_id"],
        comment_count=0,
        project_id=comment["project_id"],
        card_id=comment["card_id"],
    )


def attachment_deleted(attachment: Record) -> Event:
    """Tells of a file, with its card."""
    return AttachmentDeleted(
        deleted_id=attachment["_id"],
        attachment_count=0,
        project_id=attachment["project_id"],
        card_id=attachment["card_id"],
    )


def document_deleted(document: Record) -> Event:
    """Tells of a document."""
    return DocumentDeleted(deleted_id=document["_id"], project_id=document["project_id"])


def unlinked(link: Record) -> Event:
    """Tells of a link between a document and a card."""
    return DocumentUnlinked(
        deleted_id=link["_id"],
        document_id=link["document_id"],
        project_id=link["project_id"],
        card_id=link["card_id"],
    )


def member_removed(member: Record) -> Event:
    """Tells of a person who is in the project no more."""
    return ProjectMemberRemoved(user_id=member["user_id"], project_id=member["project_id"])


def relation_deleted(relation: Record) -> RelationDeleted:
    """The event that tells of a relation's end."""
    return RelationDeleted(
        deleted_id=relation["_id"],
        source_id=relation["source_id"],
        target_id=relation["target_id"],
        relation_type=RelationType(relation["type"]),
        project_ids=relation["project_ids"],
        project_id=relation["project_ids"][0],
    )
