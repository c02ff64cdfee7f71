"""Fields of events that no declaration tells: values made of several, and edges to what an event names.

The class has the name of its event; a field stands where the last of what it is made of stands.
"""

from typing import Any

import strawberry

from models.base import Record
from resolvers.card.graph import card_of
from resolvers.kit import event as edges
from resolvers.user.user import user_of_member
from schema.loading import derived, edge
from schema.references import CardRef, ColumnRef, DocumentRef, QueueRef, UserRef


class CardMoved:
    from_column: ColumnRef | None = edge(
        edges.from_column_of, needs=("from_column_id",), description="The column that it left, if that is still there."
    )
    to_column: ColumnRef | None = edge(
        edges.to_column_of, needs=("to_column_id",), description="The column that it came to."
    )


@strawberry.type(description="A card and its rank.")
class CardRank:
    card_id: strawberry.ID = strawberry.field(description="The id of the card.")
    rank: str = strawberry.field(description="Its rank now.")


def _ranks(event: Any) -> list[Record]:
    moved: Record = event.record
    return [{"card_id": card_id, "rank": rank} for card_id, rank in zip(moved["ids"], moved["ranks"], strict=True)]


class CardsRanked:
    ranks: list[CardRank] = derived(_ranks, needs=("ids", "ranks"), description="The cards and their ranks.")


class DocumentMoved:
    from_parent: DocumentRef | None = edge(
        edges.from_parent_of, needs=("from_parent_id",), description="What it stood below, if that is still there."
    )
    to_parent: DocumentRef | None = edge(
        edges.to_parent_of, needs=("to_parent_id",), description="What it stands below now."
    )


class DocumentLinked:
    linked_document: DocumentRef | None = edge(
        edges.linked_document_of, needs=("link",), description="The document, if it is still there."
    )
    linked_card: CardRef | None = edge(card_of, needs=("card_id",), description="The card, if it is still there.")


class JobDeleted:
    from_queue: QueueRef | None = edge(
        edges.queue_of, needs=("queue_id",), description="The queue that it was in, as it is now."
    )


class ProjectMemberRemoved:
    user: UserRef | None = edge(user_of_member, needs=("user_id",), description="Who left.")


class WorkspaceMemberRemoved(ProjectMemberRemoved):
    pass
