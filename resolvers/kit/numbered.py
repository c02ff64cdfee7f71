"""Objects by their numbers, and numbers by ids: for interfaces that call things by small integers."""

from collections.abc import Iterable
from typing import Any

from bson import ObjectId

from models.base import collection
from models.errors import NotFound
from models.ids import portions
from models.number import Numbering, numbering_of
from resolvers.kit.noun import Noun


async def find_numbered(noun: Noun[Any], number: int, inside: ObjectId | None = None) -> ObjectId:
    """The id of what has a number: among what is `inside` a workspace, or of what is in none an organization, which the
    caller may read; of numbers that are drawn, anywhere.

    Raises NotFound. Whether the caller may have to do with the object is for its door to say.
    """
    where: dict[str, Any] = {"number": number}
    if numbering_of(noun.model) is Numbering.COUNTED:
        where["workspace_id" if noun.is_inside else "organization_id"] = inside
    found = await collection(noun.model).find_one(where, {"_id": 1})
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
