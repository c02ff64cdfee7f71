"""Inputs of the operations on attachments."""

from typing import Annotated

from pydantic import WithJsonSchema

from resolvers.inputs.base import CardId, Input
from resolvers.upload import Upload


class AttachmentCreate(Input):
    """`file` is read once the caller is known to be allowed to write to the card."""

    card_id: CardId
    file: Annotated[Upload, WithJsonSchema({"type": "string", "format": "binary"})]
