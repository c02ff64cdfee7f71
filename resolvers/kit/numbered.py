"""Objects by their numbers, and numbers by ids: for interfaces that call things by small integers."""

from collections.abc import Iterable
from typing import Any

from bson import ObjectId

from models.base import AnyRecord, collection
from models.errors import NotFound
from models.ids import portions
from models.number import Numbering, numbering_of
from resolvers.kit.noun import Noun


async def find_numbered(noun: Noun[Any], number: int, inside: ObjectId | None = None) -> ObjectId:
    """The id of what has a number: among what is `inside` a workspace, or of what is in none an organization, which the
    caller may read; of numbers that are drawn, anywhere.

    Raises NotFound. Whether the caller may have to do with the object is for its door to say.
    """
    if numbering_of(noun.model) is Numbering.COUNTED:
        return await find_counted(noun, number, inside)
    return _id_of(noun, await collection(noun.model).find_one({"number": number}, {"_id": 1}))


async def find_counted(noun: Noun[Any], number: int, inside: ObjectId | None) -> ObjectId:
    """The same of what is counted `inside` a workspace or an organization, whose door the caller has passed."""
    if noun.is_inside:
        return _id_of(
            noun, await collection(noun.model).find_one({"number": number, "workspace_id": inside}, {"_id": 1})
        )
    return _id_of(
        noun, await collection(noun.model).find_one({"number": number, "organization_id": inside}, {"_id": 1})
    )


def _id_of(noun: Noun[Any], found: AnyRecord | None) -> ObjectId:
    if found is None:
        raise NotFound(noun.title)
    return ObjectId(found["_id"])


async def numbers_of(noun: Noun[Any], ids: Iterable[ObjectId | None]) -> dict[ObjectId, int]:
    """The numbers of what some ids lead to, which the caller has read; one query for every hundred."""
    numbers: dict[ObjectId, int] = {}
    for some in portions({object_id for object_id in ids if object_id is not None}):
        found = collection(noun.model).find({"_id": {"$in": some}}, {"number": 1})
        numbers |= {record["_id"]: record["number"] async for record in found if record.get("number") is not None}
    return numbers
