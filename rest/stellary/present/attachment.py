"""Files on cards."""

from typing_extensions import TypedDict

from models.base import Record
from rest.stellary.present.base import Id, Timestamp, timestamp


class Attachment(TypedDict):
    """A file on a card. `mimeType` is what it is served as."""

    id: Id
    cardId: Id
    uploadedBy: Id
    originalName: str
    mimeType: str
    size: int
    createdAt: Timestamp


def attachment(record: Record) -> Attachment:
    return {
        "id": str(record["_id"]),
        "cardId": str(record["card_id"]),
        "uploadedBy": str(record["uploaded_by"]),
        "originalName": record["name"],
        "mimeType": record["mime_type"],
        "size": record["size"],
        "createdAt": timestamp(record["created_at"]),
    }
