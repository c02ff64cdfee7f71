"""What was done to the documents that an earlier version wrote."""

from datetime import datetime
from typing import Any

from models.base import Recorded
from models.records import MigrationRecord


class Migration(Recorded[MigrationRecord]):
    """A step of `orrery migrate`; `_id` is its name. `place` is how far it has got until `done_at` is set."""

    id: str  # type: ignore[assignment]
    place: Any = None
    done_at: datetime | None = None

    class Settings:
        name = "migrations"
