"""Events of custom fields."""

import strawberry
from strawberry.scalars import JSON

from schema.custom_field import CustomField
from schema.events.base import ActorRef, Event, actor, carried, event


@event("A custom field was created.")
class CustomFieldCreated(Event):
    actor: ActorRef = actor()
    custom_field: CustomField = carried("The field as it was then.")


@event("A custom field was renamed, moved or retyped, or its options changed.")
class CustomFieldUpdated(Event):
    actor: ActorRef = actor()
    custom_field: CustomField = carried("The field as it was then.")


@event("A custom field was deleted, and its values with it.")
class CustomFieldDeleted(Event):
    actor: ActorRef = actor()
    custom_field_id: strawberry.ID = carried("The id of the field.", key="deleted_id")
    project_id: strawberry.ID = carried("The id of its project.")


@strawberry.type(description="The value that a card has for a custom field now.")
class CustomFieldChange:
    card_id: strawberry.ID = strawberry.field(description="The id of the card.")
    value: JSON | None = strawberry.field(description="The value; null where it has none any more.")


@event("A change of a custom field changed the values of cards: at most 500 in one event. Their versions stay.")
class CustomFieldValuesChanged(Event):
    actor: ActorRef = actor()
    custom_field_id: strawberry.ID = carried("The id of the field.", key="field_id")
    project_id: strawberry.ID = carried("The id of its project.")
    changes: list[CustomFieldChange] = carried("The cards, each with its value from now on.")
