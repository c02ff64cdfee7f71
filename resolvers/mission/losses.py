"""What comes of runs whose holders went away, or whose work failed, without a turn in between."""

from dataclasses import dataclass
from datetime import timedelta

from models import MissionRun
from models.base import Record, collection
from models.records import MissionRunRecord
from realtime.log import Change

LEASE = timedelta(seconds=30)
MAX_FAILURES = 3
"""Failures in a row of the work itself, by which no process ended: another would fail as well."""
QUICK_LOSSES = 3
"""So many holders in a row may have gone away for reasons of their own: the next takes over at once."""
MAX_LOSSES = 8
"""Then what ends them is the run itself."""
FIRST_REST = timedelta(seconds=10)
"""How long a run rests that may have ended its holders, so that those beside it get on; twice as long each time."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A run that somebody holds now. `problem` says why nobody is to work on it any more."""

    fence: int
    problem: str | None


async def mark_taken(
    change: Change, run: MissionRunRecord, holder: str, *, most_losses: int = MAX_LOSSES
) -> Taken | None:
    """Let a run be a holder's, and give the fence of what it writes; None where the run rests first."""
    is_lost, fence = run["holder"] is not None, run["fence"] + 1
    losses, failures = run["losses"] + is_lost, run.get("failures", 0)
    # Whoever held it may still be there: from now on nothing of that is committed.
    changes: Record = {"fence": fence, "losses": losses}
    rests = is_lost and QUICK_LOSSES <= losses < most_losses
    if rests:
        changes |= {"holder": None, "due_at": change.at + FIRST_REST * 2 ** (losses - QUICK_LOSSES)}
    else:
        changes |= {"holder": holder, "due_at": change.at + LEASE, "waits_on": []}
    await collection(MissionRun).update_one({"_id": run["_id"]}, {"$set": changes}, session=change.session)
    if rests:
        return None
    problem = None
    if failures >= MAX_FAILURES:
        problem = f"The work on it failed {failures} times in a row"
    elif losses >= most_losses:
        problem = f"Whoever worked on it went away {losses} times in a row"
    return Taken(fence, problem)
