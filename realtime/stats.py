"""What a hub counts, for whoever shows it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from models.base import utc_now
from realtime.told import ToldEvent


def _nobody(_seconds: float) -> None:
    return None


@dataclass(slots=True)
class Stats:
    """`events` were handed to a feed's members, `deliveries` counts one for each member, `dropped` those left out.

    `by_transport` counts the subscriptions that a client reads. `on_lag` is told the seconds between the writing of an
    event and its last write to a socket.
    """

    subscribers: int = 0
    events: int = 0
    deliveries: int = 0
    dropped: int = 0
    by_transport: Counter[str] = field(default_factory=Counter)
    on_lag: Callable[[float], None] = field(default=_nobody)

    def handed_out(self, event: ToldEvent, members: int) -> None:
        """An event went to all members of a feed."""
        self.events += 1
        self.deliveries += members
        if event["seq"] is not None:
            self.on_lag(max(0.0, (utc_now() - event["at"]).total_seconds()))
