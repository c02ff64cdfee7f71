"""Events of custom fields. `order` is the field's place among the project's."""

from typing import Annotated

from models.base import Record
from models.records import CustomFieldRecord
from realtime.events.base import IN_PROJECT, Event, Id, Shown


class CustomFieldCreated(Event, topics=IN_PROJECT):
    """A custom field was created."""

    custom_field: Annotated[CustomFieldRecord, Shown("The field as it was then.")]
    order: int


class CustomFieldUpdated(Event, topics=IN_PROJECT):
    """A custom field was renamed, moved or retyped, or its options changed."""

    custom_field: Annotated[CustomFieldRecord, Shown("The field as it was then.")]
    order: int


class CustomFieldDeleted(Event, topics=IN_PROJECT):
    """A custom field was deleted, and its values with it.

    The versions of the cards that had one do not change.
    """

    deleted_id: Annotated[Id, Shown("The id of the field.", name="custom_field_id")]
    project_id: Annotated[Id | None, Shown("The id of its project.")] = None


class CustomFieldValuesChanged(Event, topics=IN_PROJECT):
    """A change of a custom field changed the values of cards: at most 500 in one event. Their versions stay.

    `changes` are `{card_id, value}` each, null for a value that is gone.
    """

    field_id: Annotated[Id, Shown("The id of the field.", name="custom_field_id")]
    project_id: Annotated[Id | None, Shown("The id of its project.")] = None
    changes: Annotated[list[Record], Shown("The cards, each with its value from now on.", of="CustomFieldChange")]
