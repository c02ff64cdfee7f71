"""Attempts that are counted, so that guessing is slow in every process at once."""

from datetime import datetime

from pymongo import ASCENDING, IndexModel

from models.base import Recorded
from models.records import AttemptCountRecord


class AttemptCount(Recorded[AttemptCountRecord]):
    """How often something was tried since a window began. `_id` is a hash of what is tried, and by whom.

    Where attempts are paced, `opens_at` is when the next one may be made.
    """

    id: str  # type: ignore[assignment]
    made: int
    expires_at: datetime
    opens_at: datetime | None = None

    class Settings:
        name = "attempts"
        indexes = [IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0)]
