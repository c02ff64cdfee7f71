"""Numbers of new objects, within the transaction that writes them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, cast

from bson import ObjectId
from pymongo.errors import DuplicateKeyError, OperationFailure

from models.base import AnyRecord, R, Record, Recorded, collection
from models.number import Numbering, draw_number, numbering_of
from realtime.change import Change
from realtime.heads import WRITE_CONFLICT


async def insert(change: Change, model: type[Recorded[R]], record: R) -> None:
    """Write a new object, with its number where it has one: that stands in the record afterwards, so its event is made
    of it behind this. Raises DuplicateKeyError for another unique key."""
    await number(change, model, record)
    try:
        await collection(model).insert_one(record, session=change.session)
    except DuplicateKeyError as error:
        if "number" in (error.details or {}).get("keyPattern", {}):  # another one is drawn when the change is run again
            raise OperationFailure("The number is another's", WRITE_CONFLICT) from error
        raise


async def number(change: Change, model: type[Recorded[R]], *records: R) -> None:
    """Give new objects their numbers before they are written and told of; nothing to those that have none."""
    numbering = numbering_of(model)
    if numbering is Numbering.DRAWN:
        for drawn in cast("Sequence[Record]", records):
            drawn["number"] = draw_number()
    elif numbering is Numbering.COUNTED:
        around = defaultdict[ObjectId, list[Record]](list)
        for counted in cast("Sequence[Record]", records):
            around[stream_of(counted)].append(counted)
        for stream_id, together in around.items():
            first = await change.count(stream_id, counted_as(model), len(together))
            for given, counted in enumerate(together, first):
                counted["number"] = given


def counted_as(model: type[Recorded[Any]]) -> str:
    """What the heads of streams call the objects of a model."""
    return collection(model).name


def stream_of(record: AnyRecord) -> ObjectId:
    """The stream that an object is counted in: its workspace's or, of what is in none, its organization's."""
    stream_id: ObjectId = record["workspace_id"] if "workspace_id" in record else record["organization_id"]
    return stream_id
