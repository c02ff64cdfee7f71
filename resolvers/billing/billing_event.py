"""Events of Stripe's that were followed: each is noted in the change that it leads to, so that it counts once."""

from pymongo.errors import DuplicateKeyError

from models import BillingEvent
from models.base import collection, to_record
from realtime.log import Change


class ChangedError(Exception):
    """Another event was followed meanwhile."""


class HeardError(Exception):
    """The event was followed already."""


async def require_unheard(event_id: str) -> None:
    """Raise HeardError for an event that was followed already."""
    if await collection(BillingEvent).find_one({"_id": event_id}, {"_id": 1}) is not None:
        raise HeardError


async def note_event(change: Change, event_id: str) -> None:
    """Note in a change that it follows an event; raises ChangedError where another one has."""
    event = to_record(BillingEvent(id=event_id, at=change.at))
    try:
        await collection(BillingEvent).insert_one(event, session=change.session)
    except DuplicateKeyError as error:
        raise ChangedError from error
