"""What processes send each other over the database, where there is no other bus."""

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from models.base import Recorded
from models.records import BusMessageRecord

IDLE_SECONDS = 3600


class BusMessage(Recorded[BusMessageRecord]):
    """The last message of a process, which is the `_id`; `number` counts them, so that no two are the same.

    Nobody reads it but through a change stream. What a killed process left behind is removed after an hour.
    """

    id: str  # type: ignore[assignment]
    message: str
    number: int
    at: datetime

    class Settings:
        name = "bus"
        indexes = [IndexModel([("at", ASCENDING)], expireAfterSeconds=IDLE_SECONDS)]
