"""Events of relations between cards; each is told in the projects of both."""

import strawberry

from schema.enums import RelationType
from schema.events.base import ActorRef, Event, actor, carried, event
from schema.relation import Relation


@event("Two cards were related.")
class RelationCreated(Event):
    actor: ActorRef = actor()
    relation: Relation = carried("The relation.")
    project_ids: list[strawberry.ID] = carried("The projects of the two cards.")


@event("A relation ended, by itself or with one of its cards.")
class RelationDeleted(Event):
    actor: ActorRef = actor()
    relation_id: strawberry.ID = carried("The id of the relation.", key="deleted_id")
    type: RelationType = carried("What the source was to the target.", key="relation_type")
    source_id: strawberry.ID = carried("The id of the card that it began at.")
    target_id: strawberry.ID = carried("The id of the card that it led to.")
    project_ids: list[strawberry.ID] = carried("The projects of the two cards.")
