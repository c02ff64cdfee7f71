"""Files on cards."""

from typing_extensions import TypedDict

import models
from models.base import Record
from rest.present import presents, shown


@presents(models.Attachment)
class Attachment(TypedDict):
    """A file on a card. `mimeType` is what it is served as."""

    originalName: str


def attachment(record: Record) -> Attachment:
    return {**shown(Attachment, record), "originalName": record["name"]}
