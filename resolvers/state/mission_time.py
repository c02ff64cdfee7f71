"""How long a mission may take: until its deadline, and as long as its card says for whoever works on it.

What counts for the card is the time that its agent has it. While it waits for people, or for room in a budget, nothing
does.
"""

from datetime import datetime, timedelta
from typing import Any

from models.enums import MissionStatus as Status
from models.records import MissionRecord


def kept_time(mission: MissionRecord, to: Status, at: datetime) -> dict[str, Any]:
    """What is written to a mission of its time as it comes to another status."""
    most, ends_by, since = mission.get("max_seconds"), mission.get("ends_by"), mission.get("waits_since")
    if most is None:
        return {}
    if to is Status.AWAITING_APPROVAL:
        return {"waits_since": at}
    if to is not Status.RUNNING:
        return {}
    if since is None or ends_by is None:
        return {"ends_by": at + timedelta(seconds=most), "waits_since": None}
    return {"ends_by": ends_by + (at - since), "waits_since": None}


def seconds_left(mission: MissionRecord, now: datetime) -> int | None:
    """What whoever takes a mission over may take of the time that its card gives, 1 at least; None for any."""
    ends_by = mission.get("ends_by")
    if ends_by is None:
        return mission.get("max_seconds")
    return max(int((ends_by - (mission.get("waits_since") or now)).total_seconds()), 1)


def overdue(mission: MissionRecord, now: datetime) -> str | None:
    """Why a mission that somebody works on has to end now; None while it may go on."""
    deadline, ends_by = mission.get("deadline"), mission.get("ends_by")
    if deadline is not None and deadline <= now:
        return "It was not done by its deadline"
    if ends_by is not None and ends_by <= now:
        return f"It was not done within {mission['max_seconds']} seconds, which is what its card gives"
    return None
