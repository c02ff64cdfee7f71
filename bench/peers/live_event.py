"""The event that the Python peers of the live benchmark publish."""

from datetime import UTC, datetime
from typing import Any


def event_of(mission: str, number: int) -> dict[str, Any]:
    """One step of a mission."""
    return {
        "__typename": "MissionProgressed",
        "cursor": f"cursor-{number}",
        "at": datetime.now(UTC).isoformat(),
        "mission": {"id": mission, "progress": number, "status": "RUNNING"},
    }
