"""Events of relations between cards. They are routed by the source; `project_ids` name the projects of both ends."""

from typing import Any

from models.base import Record
from models.enums import RelationType
from realtime.events.base import Event, Id


class RelationCreated(Event):
    relation: Record
    project_ids: list[Id]

    def model_post_init(self, _: Any) -> None:
        object.__setattr__(self, "card_id", self.relation["source_id"])


class RelationDeleted(Event):
    deleted_id: Id
    source_id: Id
    target_id: Id
    relation_type: RelationType
    project_ids: list[Id]

    def model_post_init(self, _: Any) -> None:
        object.__setattr__(self, "card_id", self.source_id)
