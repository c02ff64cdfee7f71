"""How many jobs of a queue ended lately: counted in the queue, by parts of an hour, as they end.

Nobody knows how many there are: they would not be read in time.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from models.enums import JobState

PART = timedelta(minutes=5)
KEPT = timedelta(hours=2)
"""How long the counts of a part are kept at least; what is older goes when the queue is next given a job."""
FIELD = "lately"


def part_of(moment: datetime) -> int:
    """The number of the part of an hour that a moment is in."""
    return int(moment.timestamp() // PART.total_seconds())


def count_of(state: JobState, moment: datetime) -> str:
    """What counts the jobs that end so at a moment."""
    return f"{FIELD}.{part_of(moment)}.{state.value}"


def ended_since(queue: Mapping[str, Any], moment: datetime) -> tuple[int, int]:
    """How many jobs of a queue were completed and how many failed from a moment on, to the minutes of a part."""
    parts: Mapping[str, Mapping[str, int]] = queue.get(FIELD) or {}
    recent = [counts for part, counts in parts.items() if int(part) > part_of(moment)]
    return (
        sum(counts.get(JobState.COMPLETED.value, 0) for counts in recent),
        sum(counts.get(JobState.FAILED.value, 0) for counts in recent),
    )


def outdated(queue: Mapping[str, Any], moment: datetime) -> Sequence[str]:
    """What a queue still counts that is over by a moment."""
    first = part_of(moment - KEPT)
    return [f"{FIELD}.{part}" for part in queue.get(FIELD) or {} if int(part) < first]
