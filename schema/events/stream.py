"""What a subscription says about its own stream."""

from schema.events.base import Event, carried, event
from schema.scalars import Cursor


@event("All that was missed has been replayed; what follows is live.")
class StreamReady(Event):
    recovered: bool = carried("False where the log no longer reaches back to `after`: fetch everything again.")


@event("The subscriber read too slowly, and events were dropped.")
class StreamLagged(Event):
    dropped: int = carried("How many events were dropped.")
    resume_from: Cursor = carried("Subscribe again `after` this cursor to get them.")
