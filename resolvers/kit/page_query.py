"""How pages are read: the query of one page per parent, as each of the two databases runs it best."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from bson import ObjectId
from pymongo import IndexModel

from models import (
    Agent,
    Automation,
    Card,
    Column,
    Conversation,
    Document,
    Mission,
    Organization,
    Project,
    Queue,
    Scope,
    Team,
    User,
    Wallet,
    Workspace,
)
from models.base import Record, Recorded, collection
from resolvers.kit.landmark import AT_ONCE, MEMORY, Landmarks, Walk, reads_whole_ranges

PARENTS: dict[str, type[Recorded[Any]]] = {
    "user_id": User,
    "organization_id": Organization,
    "workspace_id": Workspace,
    "project_id": Project,
    "scope_id": Scope,
    "column_id": Column,
    "card_id": Card,
    "document_id": Document,
    "parent_id": Document,
    "agent_id": Agent,
    "automation_id": Automation,
    "mission_id": Mission,
    "team_id": Team,
    "wallet_id": Wallet,
    "conversation_id": Conversation,
    "queue_id": Queue,
}
"""The collection that a parent key points to."""

Sort = Sequence[tuple[str, int]]
"""Record fields with 1 (ascending) or -1; `_id` is appended as the tiebreak where it is not the last one."""

WALKED = frozenset({"_id", "rank", "number", "position"})
"""The keys that lists are walked by: those of one list are all of one type, or null."""
LONG, LONGER = 100, 4
"""Among the lists of several parents, one is walked by itself that is longer than this, and than so many pages."""
TOGETHER = 20
"""So many parents are read in one simple query where their lists are known to be short."""
MEASURED = 4
"""Lists that one request measures of those it met among others."""


@dataclass(frozen=True, slots=True)
class PageQuery:
    """What to read of each parent: `size` records in a total `order`, strictly beyond a `keyset`, that `where` selects.

    One parent is one walk along an index; several are one `$lookup` from the parents, which reads no more than a page
    of each. The embedded database reads lists that are known to be long by landmarks. `computed` are the expressions of
    keys that no record holds, `fields` a projection.
    """

    model: type[Recorded[Any]]
    parent_key: str
    order: Sort
    keyset: list[Any] | None
    size: int
    where: Mapping[str, Any]
    computed: Mapping[str, Any]
    fields: Mapping[str, int] | None

    async def read(self, parent_ids: Sequence[Any]) -> dict[Any, list[Record]]:
        """The records of each parent, by its id."""
        alone = len(parent_ids) == 1
        walks = await self._walks(parent_ids)
        found = await self._walked(walks, alone=alone)
        left = [parent_id for parent_id in parent_ids if parent_id not in found]
        if left and alone:
            found[left[0]] = await self._range(left[0])
        elif left:
            found |= await self._others(
                {unfinished: walks[unfinished] for unfinished in left if unfinished in walks}, left
            )
        return found

    async def _others(self, walks: Mapping[Any, Walk], parent_ids: Sequence[Any]) -> dict[Any, list[Record]]:
        """The records of several parents, whose lists are short or not known, in one query."""
        sortable = len(self.order) <= 2 and walks and not next(iter(walks.values())).has_nulls
        simple = sortable and self.keyset is None and len(parent_ids) <= TOGETHER
        names = {object_id: (*walk.name, str(self.where)) for object_id, walk in walks.items()} if simple else {}
        if simple and all(MEMORY.get(name).total <= max(LONG, self.size) for name in names.values()):
            found = await self._together(parent_ids)
        else:
            found = await self._lookup(parent_ids)
        for parent_id, name in names.items():
            if len(found.get(parent_id, ())) != self.size:  # else it was cut
                MEMORY.put(name, Landmarks(counts=(len(found.get(parent_id, ())),)))
        full = [
            walk
            for object_id, walk in walks.items()
            if len(found.get(object_id, ())) == self.size and walk.length is None
        ]
        for walk in full[:MEASURED]:
            await walk.measure()
        return {object_id: records[: self.size] for object_id, records in found.items()}

    async def _walks(self, parent_ids: Sequence[Any]) -> dict[Any, Walk]:
        """By parent, the list to walk along an index where the database needs that."""
        key, direction = self.order[0]
        equal = _equal(self.model, self.parent_key, self.where, key)
        if equal is None or not await reads_whole_ranges(self.model):
            return {}
        return {
            parent_id: Walk(self.model, {self.parent_key: parent_id, **equal}, key, direction < 0)
            for parent_id in parent_ids
        }

    async def _walked(self, walks: Mapping[Any, Walk], *, alone: bool) -> dict[Any, list[Record]]:
        """What is read along landmarks: the list of one parent, else those lists that are known to be long.

        Each is a query of its own: 20 of each of 40 lists of 300 take 75 ms so, and 260 ms in one query for all.
        """
        long = max(LONG, LONGER * self.size)
        chosen = [parent_id for parent_id, walk in walks.items() if alone or (walk.length or 0) > long]
        start = None if self.keyset is None else self.keyset[0]
        try:
            found = await gather(*(walks[walk].read(self._tail(), self.size, start) for walk in chosen))
        except TypeError:  # a cursor that somebody made up
            return {}
        return dict(zip(chosen, found, strict=True))

    async def _range(self, parent_id: Any) -> list[Record]:
        bounded = self.keyset is not None and self.order[0][0] not in self.computed
        begin = {self.parent_key: parent_id, **(_bound(self.order, self.keyset or []) if bounded else {})}
        stages = [{"$match": begin}, *self._tail()]
        return await (await collection(self.model).aggregate(stages, batchSize=AT_ONCE)).to_list()

    async def _lookup(self, parent_ids: Sequence[Any]) -> dict[Any, list[Record]]:
        join = {"from": collection(self.model).name, "localField": "_id", "foreignField": self.parent_key}
        pipeline: list[dict[str, Any]] = [
            {"$match": {"_id": {"$in": list(parent_ids)}}},
            {"$project": {"_id": 1}},
            {"$lookup": {**join, "pipeline": self._tail(), "as": "found"}},
        ]
        cursor = await collection(PARENTS[self.parent_key]).aggregate(pipeline)
        return {row["_id"]: row["found"] for row in await cursor.to_list()}

    async def _together(self, parent_ids: Sequence[Any]) -> dict[Any, list[Record]]:
        """All of some lists, in one simple query: the embedded database takes longer to sort and to cut short ones."""
        among = {self.parent_key: {"$in": list(parent_ids)}}
        is_flat = not any(key.startswith("$") or key == self.parent_key for key in self.where)
        # A second look at each costs the embedded database a tenth of the reading, but it has no index for an `$or`.
        stages: list[Mapping[str, Any]] = [{"$match": {**among, **self.where}}] if is_flat else [{"$match": among}]
        stages += [{"$match": self.where}] if not is_flat else []
        stages += [{"$project": self.fields}] if self.fields is not None else []
        found: dict[Any, list[Record]] = {parent_id: [] for parent_id in parent_ids}
        for record in await (await collection(self.model).aggregate(stages, batchSize=AT_ONCE)).to_list():
            found[record[self.parent_key]].append(record)
        for records in found.values():
            self._sort(records)
        return found

    def _sort(self, records: list[Record]) -> None:
        if len({direction for _, direction in self.order}) == 1:  # ids are compared where the rest is equal alone
            records.sort(key=itemgetter(*(field for field, _ in self.order)), reverse=self.order[0][1] < 0)
            return
        for field, direction in reversed(self.order):
            records.sort(key=itemgetter(field), reverse=direction < 0)

    def _tail(self) -> list[dict[str, Any]]:
        """The stages behind the one that selects a parent.

        That is a stage of its own: MongoDB joins it to the next, and the embedded database finds an index only for a
        query without `$and` and `$or`.
        """
        tail: list[dict[str, Any]] = [{"$match": self.where}] if self.where else []
        tail += [{"$addFields": self.computed}] if self.computed else []
        tail += [{"$match": _beyond(self.order, self.keyset)}] if self.keyset is not None else []
        tail += [{"$sort": dict(self.order)}, {"$limit": self.size}]
        return [*tail, {"$project": self.fields}] if self.fields is not None else tail


def _equal(model: type[Recorded[Any]], parent_key: str, where: Mapping[str, Any], key: str) -> dict[str, Any] | None:
    """The conditions of a filter that stand between the parent and the sort key in an index; None without an index."""
    found: dict[str, Any] | None = None
    indexes: Sequence[IndexModel] = getattr(model.Settings, "indexes", ())
    for parent, *rest in (list(index.document["key"]) for index in indexes):
        if parent == parent_key and key in rest and key in WALKED:
            between = rest[: rest.index(key)]
            fixed = {field: where[field] for field in between if field in where and _is_plain(where[field])}
            if len(fixed) == len(between) and (found is None or len(fixed) > len(found)):
                found = fixed
    return found


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, str | int | ObjectId | datetime)


def _beyond(order: Sort, keyset: list[Any]) -> dict[str, Any]:
    """What lies strictly beyond a keyset. MongoDB sorts null before everything, and compares it with nothing."""
    branches: list[dict[str, Any]] = []
    equal: dict[str, Any] = {}
    for (field, direction), value in zip(order, keyset, strict=True):
        if direction > 0:
            branches.append({**equal, field: {"$ne": None} if value is None else {"$gt": value}})
        elif field == "_id":
            branches.append({**equal, field: {"$lt": value}})
        elif value is not None:
            branches.append({**equal, "$or": [{field: {"$lt": value}}, {field: None}]})
        equal[field] = value
    return branches[0] if len(branches) == 1 else {"$or": branches}


def _bound(order: Sort, keyset: list[Any]) -> dict[str, Any]:
    """A range that holds all of what lies beyond a keyset and that an index can begin at; {} where there is none."""
    (field, direction), value = order[0], keyset[0]
    if direction > 0:
        return {} if value is None else {field: {"$gte": value}}
    return {field: {"$lte": value}} if field == "_id" else {}  # a descending order ends with null
