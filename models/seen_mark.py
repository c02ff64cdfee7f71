"""What people have looked at."""

from datetime import datetime

from beanie import PydanticObjectId
from pymongo import ASCENDING, IndexModel

from models.activity import KEPT
from models.base import Recorded, kind
from models.records import SeenMarkRecord


@kind(0xD6)
class SeenMark(Recorded[SeenMarkRecord]):
    """That a person has seen a card or, without one, all cards of a project, as they were `at` a moment.

    Its `id` follows from the person and what was seen (`models.ids.id_of`). It ends with the activities that it is
    compared with.
    """

    id: PydanticObjectId
    user_id: PydanticObjectId
    project_id: PydanticObjectId
    card_id: PydanticObjectId | None = None
    at: datetime

    class Settings:
        name = "seen_marks"
        indexes = [
            IndexModel([("user_id", ASCENDING), ("_id", ASCENDING)]),
            IndexModel([("at", ASCENDING)], expireAfterSeconds=int(KEPT.total_seconds())),
        ]
