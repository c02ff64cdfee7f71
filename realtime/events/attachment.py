"""Events of files on cards. The bytes are no part of the history."""

from models.base import Record
from realtime.events.base import Event, Id


class AttachmentAdded(Event):
    """`attachment_count` is how many the card has with it."""

    attachment: Record
    attachment_count: int


class AttachmentDeleted(Event):
    """`attachment_count` is how many the card has left."""

    deleted_id: Id
    attachment_count: int
