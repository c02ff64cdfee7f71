"""Events of a project: its cards, comments, columns, scopes, labels and members."""

from typing import Any

import strawberry

from resolvers import event as edges
from resolvers.user import user_of_member
from schema.card import Card
from schema.column import Column
from schema.comment import Comment
from schema.events.base import ActorRef, Event, actor, carried, event
from schema.label import Label
from schema.loading import derived, edge
from schema.project import Project, ProjectMember
from schema.references import ColumnRef, UserRef
from schema.scope import Scope


@event("A card was created.")
class CardCreated(Event):
    actor: ActorRef = actor()
    card: Card = carried("The card as it was then.")


@event("Fields of a card changed.")
class CardUpdated(Event):
    actor: ActorRef = actor()
    card: Card = carried("The card as it was then.")
    changed_fields: list[str] = carried("The fields of `Card` that changed.")


@event("A card moved to another column or place.")
class CardMoved(Event):
    actor: ActorRef = actor()
    card: Card = carried("The card as it was then.")
    from_column: ColumnRef | None = edge(
        edges.from_column_of, needs=("from_column_id",), description="The column that it left, if that is still there."
    )
    to_column: ColumnRef | None = edge(
        edges.to_column_of, needs=("to_column_id",), description="The column that it came to."
    )
    order: int = carried("Its new place in the column, from 0.")


@strawberry.type(description="A card and its rank.")
class CardRank:
    card_id: strawberry.ID = strawberry.field(description="The id of the card.")
    rank: str = strawberry.field(description="Its rank now.")


def _ranks(event: Event) -> list[dict[str, Any]]:
    moved = event.record
    return [{"card_id": card_id, "rank": rank} for card_id, rank in zip(moved["ids"], moved["ranks"], strict=True)]


@event("Cards of a column got shorter ranks, and stand in the same order.")
class CardsRanked(Event):
    actor: ActorRef = actor()
    project_id: strawberry.ID = carried("The id of their project.")
    ranks: list[CardRank] = derived(_ranks, description="The cards and their ranks.")


@event("A card was archived, or brought back.")
class CardArchived(Event):
    actor: ActorRef = actor()
    card: Card = carried("The card as it was then.")
    archived: bool = carried("Whether it is archived now.")


@event("A card was deleted.")
class CardDeleted(Event):
    actor: ActorRef = actor()
    card_id: strawberry.ID = carried("The id of the card.", key="deleted_id")
    project_id: strawberry.ID = carried("The id of its project.")


@event("A comment was written.")
class CommentAdded(Event):
    actor: ActorRef = actor()
    comment: Comment = carried("The comment.")
    comment_count: int = carried("How many comments the card has with it.")


@event("A comment was deleted.")
class CommentDeleted(Event):
    actor: ActorRef = actor()
    comment_id: strawberry.ID = carried("The id of the comment.", key="deleted_id")
    card_id: strawberry.ID = carried("The id of its card.")
    comment_count: int = carried("How many comments the card has left.")


@event("A column was created.")
class ColumnCreated(Event):
    actor: ActorRef = actor()
    column: Column = carried("The column as it was then.")


@event("A column was renamed, or moved on its board.")
class ColumnUpdated(Event):
    actor: ActorRef = actor()
    column: Column = carried("The column as it was then.")


@event("A column was deleted with its cards.")
class ColumnDeleted(Event):
    actor: ActorRef = actor()
    column_id: strawberry.ID = carried("The id of the column.", key="deleted_id")
    project_id: strawberry.ID = carried("The id of its project.")


@event("A scope was created.")
class ScopeCreated(Event):
    actor: ActorRef = actor()
    scope: Scope = carried("The scope as it was then.")


@event("A scope changed.")
class ScopeUpdated(Event):
    actor: ActorRef = actor()
    scope: Scope = carried("The scope as it was then.")


@event("A scope was deleted with its columns, cards and documents.")
class ScopeDeleted(Event):
    actor: ActorRef = actor()
    scope_id: strawberry.ID = carried("The id of the scope.", key="deleted_id")
    project_id: strawberry.ID = carried("The id of its project.")


@event("A label was created.")
class LabelCreated(Event):
    actor: ActorRef = actor()
    label: Label = carried("The label as it was then.")


@event("A label was renamed or recoloured.")
class LabelUpdated(Event):
    actor: ActorRef = actor()
    label: Label = carried("The label as it was then.")


@event("A label was deleted, and taken off every card.")
class LabelDeleted(Event):
    actor: ActorRef = actor()
    label_id: strawberry.ID = carried("The id of the label.", key="deleted_id")
    project_id: strawberry.ID = carried("The id of its project.")


@event("A project was created.")
class ProjectCreated(Event):
    actor: ActorRef = actor()
    project: Project = carried("The project as it was then.")


@event("A project changed.")
class ProjectUpdated(Event):
    actor: ActorRef = actor()
    project: Project = carried("The project as it was then.")


@event("A project was deleted with all it held.")
class ProjectDeleted(Event):
    actor: ActorRef = actor()
    project_id: strawberry.ID = carried("The id of the project.", key="deleted_id")


@event("Somebody became a member of a project.")
class ProjectMemberAdded(Event):
    actor: ActorRef = actor()
    member: ProjectMember = carried("The member.")
    project_id: strawberry.ID = carried("The id of the project.")


@event("Somebody is no member of a project any more.")
class ProjectMemberRemoved(Event):
    actor: ActorRef = actor()
    user_id: strawberry.ID = carried("The id of who left.")
    user: UserRef | None = edge(user_of_member, needs=("user_id",), description="Who left.")
    project_id: strawberry.ID = carried("The id of the project.")
