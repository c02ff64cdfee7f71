"""Events of cards and their comments."""

from typing import Any

from models.base import Record
from realtime.events.base import Event, Id


class CardEvent(Event):
    """An event that carries a card; routed by the card's own ids."""

    card: Record

    def model_post_init(self, _: Any) -> None:
        object.__setattr__(self, "project_id", self.card["project_id"])
        object.__setattr__(self, "card_id", self.card["_id"])


class CardCreated(CardEvent):
    """`order` is the card's place in its column at that moment."""

    order: int


class CardUpdated(CardEvent):
    """`changed_fields` are names of the graph (`dueDate`)."""

    changed_fields: list[str]


class CardMoved(CardEvent):
    """`order` is the card's new place in its column."""

    from_column_id: Id | None
    to_column_id: Id | None
    order: int


class CardsRanked(Event):
    """Cards of one lane got other ranks and stand in the same order; `ranks` are theirs, in the order of `ids`.

    Their versions do not change.
    """

    ids: list[Id]
    ranks: list[str]


class CardArchived(CardEvent):
    archived: bool


class CardDeleted(Event):
    deleted_id: Id


class CommentAdded(Event):
    """`comment_count` is how many the card has with it."""

    comment: Record
    comment_count: int


class CommentDeleted(Event):
    """`comment_count` is how many the card has left."""

    deleted_id: Id
    comment_count: int
