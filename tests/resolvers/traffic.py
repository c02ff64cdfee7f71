"""How much of the database a call reads and writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pymongo import monitoring


@dataclass
class Traffic:
    """Commands, documents that came back, documents that were written, and the most that one command wrote."""

    commands: int = 0
    read: int = 0
    written: int = 0
    most: int = 0


class _Meter(monitoring.CommandListener):
    traffic: Traffic | None = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if self.traffic is not None and event.database_name == "orrery":
            self.traffic.commands += 1
            sent: dict[str, Any] = dict(event.command)
            written = sum(len(sent.get(name, ())) for name in ("documents", "updates", "deletes"))
            self.traffic.written += written
            self.traffic.most = max(self.traffic.most, written)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        if self.traffic is not None and event.database_name == "orrery":
            cursor: dict[str, Any] = event.reply.get("cursor", {})
            self.traffic.read += len(cursor.get("firstBatch", ())) + len(cursor.get("nextBatch", ()))

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


METER = _Meter()
monitoring.register(METER)


@contextmanager
def traffic() -> Iterator[Traffic]:
    """What is read and written while the block runs."""
    METER.traffic = Traffic()
    try:
        yield METER.traffic
    finally:
        METER.traffic = None
