"""Events of files on cards. The bytes are no part of the history."""

from typing import Annotated

from models.records import AttachmentRecord
from realtime.events.base import IN_PROJECT, Event, Id, Shown


class AttachmentAdded(Event, topics=IN_PROJECT):
    """A file was attached to a card."""

    attachment: Annotated[AttachmentRecord, Shown("The attachment.")]
    card_id: Annotated[Id | None, Shown("The id of its card.")] = None
    attachment_count: Annotated[int, Shown("How many files the card has with it.")]


class AttachmentDeleted(Event, topics=IN_PROJECT):
    """A file was taken off its card."""

    deleted_id: Annotated[Id, Shown("The id of the attachment.", name="attachment_id")]
    card_id: Annotated[Id | None, Shown("The id of its card.")] = None
    attachment_count: Annotated[int, Shown("How many files the card has left.")]
