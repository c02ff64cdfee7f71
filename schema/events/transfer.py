"""Events of imports that run by themselves."""

from schema.events.base import ActorRef, Event, actor, carried, event
from schema.transfer import TransferJob


@event("An import was queued, began, came further, or ended.")
class TransferJobChanged(Event):
    actor: ActorRef = actor()
    job: TransferJob = carried("The job as it was then.")
