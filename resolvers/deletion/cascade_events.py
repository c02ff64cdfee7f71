"""The events of what goes with something else, out of the records that were deleted."""

from collections.abc import Callable
from typing import Any

from models.base import AnyRecord
from models.enums import RelationType
from models.records import CardRecord, ProjectMemberRecord, RelationRecord
from realtime.events import Event
from realtime.events.attachment import AttachmentDeleted
from realtime.events.card import CardDeleted
from realtime.events.comment import CommentDeleted
from realtime.events.document import DocumentDeleted, DocumentUnlinked
from realtime.events.project import ProjectMemberRemoved
from realtime.events.relation import RelationDeleted
from realtime.events.worktree import WorktreeDeleted

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


def deleted(event: type[Event], *names: str, **values: Any) -> Callable[[AnyRecord], Event]:
    """What tells of something that is gone: its id, its project if it has one, the fields of `names`, and `values`."""

    def tell(one: AnyRecord) -> Event:
        made: dict[str, Any] = {name: one[name] for name in names}
        made |= {"deleted_id": one["_id"], "project_id": one.get("project_id")}
        return event(**made, **values)

    return tell


document_deleted = deleted(DocumentDeleted)
comment_deleted = deleted(CommentDeleted, "card_id", comment_count=0)
attachment_deleted = deleted(AttachmentDeleted, "card_id", attachment_count=0)
worktree_deleted = deleted(WorktreeDeleted, "card_id")
unlinked = deleted(DocumentUnlinked, "card_id", "document_id")


def card_deleted(card: CardRecord) -> Event:
    """Tells of a card."""
    return CardDeleted(deleted_id=card["_id"], project_id=card["project_id"], card_id=card["_id"])


def member_removed(member: ProjectMemberRecord) -> Event:
    """Tells of a person who is in the project no more."""
    return ProjectMemberRemoved(user_id=member["user_id"], project_id=member["project_id"])


def relation_deleted(relation: RelationRecord) -> RelationDeleted:
    """The event that tells of a relation's end."""
    return RelationDeleted(
        deleted_id=relation["_id"],
        source_id=relation["source_id"],
        target_id=relation["target_id"],
        relation_type=RelationType(relation["type"]),
        project_ids=relation["project_ids"],
        project_id=relation["project_ids"][0],
    )
