"""Leases: which process does a work that one does for all."""

from datetime import datetime

from beanie import Document
from pydantic import Field


class Lease(Document):
    """`id` names the work; `holder` does it until `until`, and then whoever asks first.

    `sessions` are those of its transactions, where whoever takes over has to end what it left open.
    """

    id: str  # type: ignore[assignment]
    holder: str
    until: datetime
    sessions: list[bytes] = Field(default_factory=list)

    class Settings:
        name = "leases"
