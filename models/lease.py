"""Leases: which process does a work that one does for all."""

from datetime import datetime

from beanie import Document


class Lease(Document):
    """`id` names the work; `holder` does it until `until`, and then whoever asks first."""

    id: str  # type: ignore[assignment]
    holder: str
    until: datetime

    class Settings:
        name = "leases"
