"""What a subscription says about its own stream; never logged."""

from typing import Annotated

from realtime.events.base import Event, Shown, Topic

EVERYWHERE = tuple(Topic)


class StreamReady(Event, topics=EVERYWHERE):
    """All that was missed has been replayed; what follows is live."""

    recovered: Annotated[bool, Shown("False where the log no longer reaches back to `after`: fetch everything again.")]


class StreamLagged(Event, topics=EVERYWHERE):
    """The subscriber read too slowly, and events were dropped."""

    dropped: Annotated[int, Shown("How many events were dropped.")]
    resume_from: Annotated[str, Shown("Subscribe again `after` this cursor to get them.", of="Cursor")]
