"""Events of files on cards."""

import strawberry

from schema.attachment import Attachment
from schema.events.base import ActorRef, Event, actor, carried, event


@event("A file was attached to a card.")
class AttachmentAdded(Event):
    actor: ActorRef = actor()
    attachment: Attachment = carried("The attachment.")
    card_id: strawberry.ID = carried("The id of its card.")
    attachment_count: int = carried("How many files the card has with it.")


@event("A file was taken off its card.")
class AttachmentDeleted(Event):
    actor: ActorRef = actor()
    attachment_id: strawberry.ID = carried("The id of the attachment.", key="deleted_id")
    card_id: strawberry.ID = carried("The id of its card.")
    attachment_count: int = carried("How many files the card has left.")
