"""Inputs about attachments."""

import strawberry

from schema.inputs.base import required
from schema.scalars import Upload


@strawberry.input(description="A file for a card.")
class AttachmentCreateInput:
    card_id: strawberry.ID = required("The card that it is attached to.")
    file: Upload = required("The file: at most 10 MB, by a multipart request.")
