"""Events of cards."""

from typing import Annotated, Any

from models.card_enums import CardStatus
from models.records import CardRecord
from realtime.events.base import IN_PROJECT, Event, Id, Shown


class CardEvent(Event, topics=IN_PROJECT, abstract=True):
    """An event that carries a card; routed by the card's own ids."""

    card: Annotated[CardRecord, Shown("The card as it was then.")]

    def model_post_init(self, _: Any) -> None:
        object.__setattr__(self, "project_id", self.card["project_id"])
        object.__setattr__(self, "card_id", self.card["_id"])


class CardCreated(CardEvent):
    """A card was created.

    `order` is the card's place in its column at that moment.
    """

    order: int


class CardUpdated(CardEvent):
    """Fields of a card changed.

    `changed_fields` are names of the graph (`dueDate`). `from_assignee_id` is whom it was assigned to before, and
    `was_checked` tells whether all steps were done.
    """

    changed_fields: Annotated[list[str], Shown("The fields of `Card` that changed.")]
    from_assignee_id: Id | None = None
    was_checked: bool = False


class CardMoved(CardEvent):
    """A card moved to another column or place.

    `from_scope_id` and `from_status` are what followed from the column that it left.
    """

    from_column_id: Id | None
    from_scope_id: Id | None = None
    from_status: CardStatus | None = None
    to_column_id: Id | None
    order: Annotated[int, Shown("Its new place in the column, from 0.")]


class CardsRanked(Event, topics=IN_PROJECT):
    """Cards of a column got shorter ranks, and stand in the same order.

    `ranks` are those of the cards `ids`, in the same order. Their versions do not change.
    """

    project_id: Annotated[Id | None, Shown("The id of their project.")] = None
    ids: list[Id]
    ranks: list[str]


class CardArchived(CardEvent):
    """A card was archived, or brought back."""

    archived: Annotated[bool, Shown("Whether it is archived now.")]


class CardDeleted(Event, topics=IN_PROJECT):
    """A card was deleted."""

    deleted_id: Annotated[Id, Shown("The id of the card.", name="card_id")]
    project_id: Annotated[Id | None, Shown("The id of its project.")] = None
