"""Events of imports that run by themselves."""

from models.base import Record
from realtime.events.base import Event


class TransferJobChanged(Event):
    """A job was queued, began, came further or ended; `job` is without what its workers keep in it."""

    job: Record
