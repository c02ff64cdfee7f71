"""The end of traces: they are kept for 90 days. A part at a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from bson import ObjectId

from models import AutomationTrace
from models.base import collection, utc_now
from models.ids import IDS_PER_QUERY
from realtime.log import Change
from resolvers.automation.follow import QUEUE
from resolvers.kit.context import Services

AGE = timedelta(days=90)


async def trim_traces(services: Services, now: datetime | None = None) -> bool:
    """Delete some traces that are too old; whether there were any. Twice at once does no harm."""
    old = collection(AutomationTrace).find({"created_at": {"$lt": (now or utc_now()) - AGE}}, {"_id": 1})
    ids = [trace["_id"] for trace in await old.limit(IDS_PER_QUERY).to_list()]
    if ids:
        await services.hub.log.aside(QUEUE, partial(_drop, ids))
    return bool(ids)


async def _drop(ids: Sequence[ObjectId], change: Change) -> None:
    await collection(AutomationTrace).delete_many({"_id": {"$in": list(ids)}}, session=change.session)
