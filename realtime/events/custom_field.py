"""Events of custom fields."""

from models.base import Record
from realtime.events.base import Event, Id


class CustomFieldCreated(Event):
    """`order` is the field's place among the project's."""

    custom_field: Record
    order: int


class CustomFieldUpdated(Event):
    custom_field: Record
    order: int


class CustomFieldDeleted(Event):
    """Its value is taken off every card that had one; the cards' versions do not change."""

    deleted_id: Id


class CustomFieldValuesChanged(Event):
    """What a change of the field made of the cards' values: `{card_id, value}` each, null for one that is gone.

    The cards' versions do not change.
    """

    field_id: Id
    changes: list[Record]
