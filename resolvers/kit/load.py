"""The two shapes of an edge: to one object by its id, and to a plain list by the parent's id. One query each."""

import functools
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from bson import ObjectId

from models import Card, User
from models.base import AnyRecord, R, Record, Recorded, aggregate, collection
from models.ids import among, raw
from models.records import CardRecord
from models.text import sort_key
from resolvers.kit.access import projection
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields, Noun
from resolvers.kit.operation import edge
from resolvers.kit.tombstone import standing

OneEdge = Callable[[Context, Sequence[AnyRecord], Fields], Awaitable[list[Any]]]


def by_name(record: AnyRecord) -> tuple[str, ObjectId]:
    """What a list of few is sorted by."""
    return sort_key(record["name"]), record["_id"]


async def by_ids(
    model: type[Recorded[R]], ids: Iterable[ObjectId | None], fields: Fields = None
) -> dict[ObjectId | None, R]:
    """Records by id, for all ids at once; unknown ids and None are left out."""
    given = [object_id for object_id in ids if object_id is not None]
    wanted = list(dict(zip(map(raw, given), given, strict=True)).values())
    if not wanted:
        return {}
    if fields is not None and not fields:
        return {object_id: cast(R, {"_id": object_id}) for object_id in wanted}
    # A password's hash leaves the database for verification alone.
    select = {"password_hash": 0} if fields is None and model is User else projection(fields)
    found = collection(model).find({"_id": among(wanted)}, select)
    return {record["_id"]: record for record in await found.to_list()}


async def to_one(
    model: type[Recorded[R]], parents: Sequence[AnyRecord], key: str, fields: Fields = None
) -> list[R | None]:
    """For each parent, the record that its `key` names."""
    named = [parent.get(key) for parent in parents]
    found = {raw(record["_id"]): record for record in (await by_ids(model, named, fields)).values()}
    return [None if object_id is None else found.get(raw(object_id)) for object_id in named]


@functools.cache
def one_by(noun: Noun[Any], key: str) -> OneEdge:
    """The edge from records to the object of a noun whose id they carry under `key`; None where there is none."""

    @edge(scope=noun.scope)
    async def one_of(ctx: Context, parents: Sequence[AnyRecord], fields: Fields) -> list[Record | None]:
        return await to_one(noun.model, parents, key, fields)

    return one_of


async def to_one_inside(
    model: type[Recorded[R]], parents: Sequence[AnyRecord], key: str, fields: Fields
) -> list[R | None]:
    """For each parent that outlives what its `key` names, that object, as long as it is there.

    One of another workspace is none, whatever its id.
    """
    wanted = None if fields is None else fields | {"workspace_id"}
    found = await to_one(model, parents, key, wanted)
    return [
        record if record is not None and record["workspace_id"] == parent["workspace_id"] else None
        for parent, record in zip(parents, found, strict=True)
    ]


async def card_inside(parents: Sequence[AnyRecord], fields: Fields) -> list[CardRecord | None]:
    """For each parent that outlives its card, the card that its `card_id` names, as long as that is there."""
    return await to_one_inside(Card, parents, "card_id", fields)


async def to_list(
    model: type[Recorded[R]],
    parents: Sequence[AnyRecord],
    parent_key: str,
    *,
    sort: Sequence[tuple[str, int]],
    where: Mapping[str, Any] | None = None,
    fields: Fields = None,
) -> list[list[R]]:
    """For each parent, all its children in order: for lists that are small and bounded by a rule."""
    ids = list({parent["_id"] for parent in parents})
    query = {parent_key: among(ids), **(where or {})}
    children: dict[ObjectId, list[R]] = {object_id: [] for object_id in ids}
    for child in await collection(model).find(query, projection(fields, parent_key)).sort(list(sort)).to_list():
        children[child[parent_key]].append(child)
    return [children[parent["_id"]] for parent in parents]


async def counts(
    model: type[Recorded[Any]], parent_key: str, parent_ids: Iterable[ObjectId], where: Mapping[str, Any] | None = None
) -> dict[ObjectId, int]:
    """How many children each parent has, in one query; parents without any are left out."""
    where = standing(model, where)
    pipeline: list[Mapping[str, Any]] = [
        {"$match": {parent_key: {"$in": list(set(parent_ids))}}},
        *([{"$match": where}] if where else []),
        {"$group": {"_id": f"${parent_key}", "count": {"$sum": 1}}},
    ]
    return {row["_id"]: row["count"] for row in await aggregate(model, pipeline)}
