"""Whose date has come since the clock was last looked at."""

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId

from models import Card
from models.base import Record, collection
from models.records import CardRecord
from resolvers.automation.trigger import Occasion, due
from resolvers.lane.due import is_day

DAY = timedelta(days=1)
INSTANT = timedelta(milliseconds=1)
"""What the database tells moments apart by."""
PORTION = 100
_READ = dict.fromkeys(("project_id", "due_date", "due_confined", "completed_at"), 1)


async def dates_come(project_ids: Iterable[ObjectId], since: datetime, until: datetime) -> AsyncIterator[Occasion]:
    """The cards of some projects, that are not done, whose date was over after `since`, up to `until`."""
    for project_id in project_ids:
        # The embedded database leaves out of a `$lte` what is equal, where an index goes on behind it.
        async for card in _cards(project_id, {"$gt": since, "$lt": until + INSTANT}):
            if card["due_date"] is not None and not is_day(card["due_date"]):
                yield due(card, card["due_date"], card["due_date"])
        for day in _days(since - DAY, until - DAY):
            async for card in _cards(project_id, day):
                yield due(card, day, day + DAY)


async def _cards(project_id: ObjectId, date: Any) -> AsyncIterator[CardRecord]:
    where: Record = {"project_id": project_id, "due_date": date}
    async for card in collection(Card).find(where, _READ).batch_size(PORTION):
        if card["completed_at"] is None:
            yield card


def _days(after: datetime, through: datetime) -> Iterator[datetime]:
    """The midnights in between."""
    day = through.replace(hour=0, minute=0, second=0, microsecond=0)
    while day > after:
        yield day
        day -= DAY
