"""Leases: which process does a work that one does for all."""

from datetime import datetime

from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Recorded
from models.records import LeaseRecord


class Lease(Recorded[LeaseRecord]):
    """`id` names the work; `holder` does it until `until`, and then whoever asks first.

    `sessions` are those of a process's transactions, which whoever sees that it is dead ends (`realtime.presence`).
    """

    id: str  # type: ignore[assignment]
    holder: str
    until: datetime
    sessions: list[bytes] = Field(default_factory=list)

    class Settings:
        name = "leases"
        indexes = [IndexModel([("until", ASCENDING)])]
