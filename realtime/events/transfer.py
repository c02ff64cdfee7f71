"""Events of imports that run by themselves."""

from typing import Annotated

from models.records import TransferJobRecord
from realtime.events.base import Event, Shown, Topic


class TransferJobChanged(Event, topics=(Topic.WORKSPACE,)):
    """An import was queued, began, came further, or ended.

    `job` is without what its workers keep in it.
    """

    job: Annotated[TransferJobRecord, Shown("The job as it was then.", of="TransferJob")]
