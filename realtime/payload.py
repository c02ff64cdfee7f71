"""What passes between a stream and the sockets that read it: payloads encoded once, and where they are written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(slots=True)
class EventPayload:
    """One payload of a subscription, encoded once for all who get it.

    `payload` is the JSON of `{"data": …, "errors": …, "extensions": …}` in UTF-8; `cursor` is where its event stands,
    for the `id:` line of an event stream. `written_at` is when the event was written, in seconds of the epoch, None
    for what tells of the stream itself. `parts`, where there are any, are the deliveries that this one stands for, in
    order: it has no payload of its own then. `forms` is for a transport to keep what it made of it, so that it is made
    once.
    """

    payload: bytes
    cursor: str | None = None
    written_at: float | None = None
    parts: tuple["EventPayload", ...] = ()
    forms: dict[str, bytes] = field(default_factory=dict)

    @property
    def each(self) -> tuple["EventPayload", ...]:
        """Its parts, or itself."""
        return self.parts or (self,)


def together(deliveries: Sequence[EventPayload]) -> EventPayload:
    """Several deliveries as one."""
    return EventPayload(b"", deliveries[-1].cursor, deliveries[0].written_at, tuple(deliveries))


class Sink(Protocol):
    """Where a subscription writes: one operation of a socket, or an event stream. Nothing of it blocks."""

    @property
    def transport(self) -> str:
        """What the metrics call its kind."""

    def write(self, delivery: EventPayload) -> bool:
        """Send a payload, which is always taken; False where the reader is slow, so that no more may come.

        The reader's own `LiveStream.resume` says when it goes on.
        """

    def end(self, errors: Sequence[dict[str, Any]] | None = None) -> None:
        """The stream is over: completed, or by the GraphQL errors that say why. Nothing is written after it."""


class LiveStream(Protocol):
    """A running subscription as a transport holds it."""

    def open(self, sink: Sink) -> None:
        """Begin to write; called once."""

    def resume(self) -> None:
        """The reader has caught up with what was written."""

    async def flush(self) -> None:
        """Wait until nothing is queued for the reader."""

    def close(self) -> None:
        """Stop, because the client said so or has gone. The sink hears nothing more."""
