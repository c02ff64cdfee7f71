"""Inputs of the operations on attachments."""

from typing import Annotated

from pydantic import Field, WithJsonSchema

from resolvers.kit.input import CardId, Input
from resolvers.kit.upload import Upload


class AttachmentCreate(Input):
    """A file for a card.

    `file` is read once the caller is known to be allowed to write to the card.
    """

    card_id: CardId = Field(description="The card that it is attached to.")
    file: Annotated[Upload, WithJsonSchema({"type": "string", "format": "binary"})] = Field(
        description="The file: at most 10 MB, by a multipart request."
    )
