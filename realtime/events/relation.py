"""Events of relations between cards. They are routed by the source; `project_ids` name the projects of both ends."""

from typing import Annotated, Any

from models.enums import RelationType
from models.records import RelationRecord
from realtime.events.base import IN_PROJECT, Event, Id, Shown


class RelationCreated(Event, topics=IN_PROJECT):
    """Two cards were related."""

    relation: Annotated[RelationRecord, Shown("The relation.")]
    project_ids: Annotated[list[Id], Shown("The projects of the two cards.")]

    def model_post_init(self, _: Any) -> None:
        object.__setattr__(self, "card_id", self.relation["source_id"])


class RelationDeleted(Event, topics=IN_PROJECT):
    """A relation ended, by itself or with one of its cards."""

    deleted_id: Annotated[Id, Shown("The id of the relation.", name="relation_id")]
    relation_type: Annotated[RelationType, Shown("What the source was to the target.", name="type")]
    source_id: Annotated[Id, Shown("The id of the card that it began at.")]
    target_id: Annotated[Id, Shown("The id of the card that it led to.")]
    project_ids: Annotated[list[Id], Shown("The projects of the two cards.")]

    def model_post_init(self, _: Any) -> None:
        object.__setattr__(self, "card_id", self.source_id)
