"""Gives objects of an earlier version their numbers, in the order of their ids."""

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from models import Agent, Card, Organization, Project, StandingOrder, User
from models.base import DUPLICATE_KEY, AnyRecord, Recorded, codes_of, collection
from models.number import Numbering, draw_number, numbering_of
from realtime.heads import reserve
from realtime.numbers import counted_as, stream_of
from resolvers.kit.migration_step import MigrationStep, Work, over_all


def _step(name: str, title: str, model: type[Recorded[Any]]) -> MigrationStep:
    is_counted = numbering_of(model) is Numbering.COUNTED

    async def run(work: Work) -> None:
        await over_all(
            model, work, partial(_count if is_counted else _draw, model), ["number", *(["workspace_id"] * is_counted)]
        )

    return MigrationStep(name, title, run)


async def _count(model: type[Recorded[Any]], records: Sequence[AnyRecord]) -> None:
    around = defaultdict[ObjectId, list[ObjectId]](list)
    for record in _nameless(records):
        around[stream_of(record)].append(record["_id"])
    # An interruption behind this leaves numbers that nothing has: they are not given again.
    firsts = await reserve({stream_id: len(ids) for stream_id, ids in around.items()}, counted_as(model))
    await _give(
        model,
        {
            object_id: number
            for stream_id, first in firsts.items()
            for number, object_id in enumerate(around[stream_id], first)
        },
    )


async def _draw(model: type[Recorded[Any]], records: Sequence[AnyRecord]) -> None:
    while True:
        try:
            return await _give(model, {record["_id"]: draw_number() for record in _nameless(records)})
        except BulkWriteError as error:
            if DUPLICATE_KEY not in codes_of(error):
                raise


def _nameless(records: Sequence[AnyRecord]) -> list[AnyRecord]:
    return [record for record in records if record.get("number") is None]


async def _give(model: type[Recorded[Any]], numbers: dict[ObjectId, int]) -> None:
    updates = [
        UpdateOne({"_id": object_id, "number": None}, {"$set": {"number": number}})
        for object_id, number in numbers.items()
    ]
    if updates:
        await collection(model).bulk_write(updates, ordered=False)


NUMBER_STEPS = (
    _step("numbers-of-projects", "The numbers of projects", Project),
    _step("numbers-of-agents", "The numbers of agents", Agent),
    _step("numbers-of-cards", "The numbers of cards", Card),
    _step("numbers-of-standing-orders", "The numbers of standing orders", StandingOrder),
    _step("numbers-of-users", "The numbers of users", User),
    _step("numbers-of-organizations", "The numbers of organizations", Organization),
)
