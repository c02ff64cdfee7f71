"""Events of labels."""

from typing import Annotated

from models.records import LabelRecord
from realtime.events.base import IN_PROJECT, Event, Id, Shown


class LabelCreated(Event, topics=IN_PROJECT):
    """A label was created."""

    label: Annotated[LabelRecord, Shown("The label as it was then.")]


class LabelUpdated(Event, topics=IN_PROJECT):
    """A label was renamed or recoloured."""

    label: Annotated[LabelRecord, Shown("The label as it was then.")]


class LabelDeleted(Event, topics=IN_PROJECT):
    """A label was deleted, and taken off every card.

    The cards' versions do not change.
    """

    deleted_id: Annotated[Id, Shown("The id of the label.", name="label_id")]
    project_id: Annotated[Id | None, Shown("The id of its project.")] = None
