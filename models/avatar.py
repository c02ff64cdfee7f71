"""Pictures of people."""

from beanie import PydanticObjectId
from pymongo import ASCENDING, IndexModel

from models.base import Stored
from models.records import AvatarRecord


class Avatar(Stored[AvatarRecord]):
    """The picture of one user. `content` is at most 1 MiB; `content_type` is what its first bytes say that it is;
    `digest`, its SHA-256 in hex, is in the user's record as well.
    """

    user_id: PydanticObjectId
    content: bytes
    content_type: str
    digest: str

    class Settings:
        name = "avatars"
        indexes = [IndexModel([("user_id", ASCENDING)], unique=True)]
