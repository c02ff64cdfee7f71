"""Files on cards."""

from typing_extensions import TypedDict

import models
from models.records import AttachmentRecord
from rest.present import presents, shown


@presents(models.Attachment)
class Attachment(TypedDict):
    """A file on a card. `mimeType` is what it is served as."""

    originalName: str


def attachment(record: AttachmentRecord) -> Attachment:
    return {**shown(Attachment, record), "originalName": record["name"]}
