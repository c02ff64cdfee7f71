"""What of a workspace was deleted and is not gone yet: no door, no edge and no list shows it, nor what is below it.

Every object names what it stands below, so one query a request (for tombstones, usually none) tells all that is to be
hidden. Only while there are some does anything else cost a query.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from bson import ObjectId

from models import Activity, Card, Document, Mission, MissionActivity, Notification, Tombstone, TransferJob
from models.base import AnyRecord, R, Record, Recorded, collection
from models.ids import Kind, among, kind_of, portions
from resolvers.kit.context import Context

NAMES = ("workspace_id", "project_id", "scope_id", "column_id", "card_id", "document_id", "queue_id")
"""The keys by which an object names what it stands below; what a door or an edge reads of it holds these."""
_ENDS = ("project_ids", "card_ids")
FIELDS = frozenset({*NAMES, *_ENDS})

_OUTLIVES = frozenset({Kind.ACTIVITY, Kind.MISSION, Kind.MISSION_ACTIVITY, Kind.NOTIFICATION, Kind.TRANSFER_JOB})
"""What is the workspace's or a person's and only tells of a card or a project: it goes with events of its own."""


Where = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gone:
    """The ids of what was deleted, and those of columns that stay, `emptied` of their cards."""

    ids: Collection[ObjectId]
    emptied: Collection[ObjectId] = ()

    def without(self, records: Iterable[R]) -> list[R]:
        """The records that are left."""
        return [record for record in records if not self.hides(record)]

    def hides(self, record: AnyRecord) -> bool:
        """Whether a record was deleted, or names something that was."""
        kind = kind_of(record["_id"]) if isinstance(record.get("_id"), ObjectId) else None
        if kind in _OUTLIVES:
            return False
        return record.get("column_id") in self.emptied or any(named_id in self.ids for named_id in _named(record))

    def shuts(self, record: AnyRecord) -> bool:
        """The same at a door, which also keeps back the activities that go with their project."""
        is_activity = kind_of(record["_id"]) is Kind.ACTIVITY
        return self.hides(record) or (is_activity and record.get("project_id") in self.ids)


_HISTORY = frozenset({Activity, Mission, MissionActivity, Notification, TransferJob})
_HIDDEN: ContextVar[Gone | None] = ContextVar("hidden", default=None)


async def load_gone(ctx: Context, workspace_ids: Iterable[ObjectId]) -> None:
    """Learn what was deleted in some workspaces, themselves included."""
    for ids in portions(workspace_ids):
        query = {"stream_id": among(ids), "emptied_at": None}
        found = await collection(Tombstone).find(query, {"stream_id": 1, "document_ids": 1, "keeps": 1}).to_list()
        gone: dict[ObjectId, set[ObjectId]] = {object_id: set() for object_id in ids}
        for tombstone in found:
            if tombstone.get("keeps"):
                ctx.emptied.add(tombstone["_id"])
            else:
                gone[tombstone["stream_id"]].update([tombstone["_id"], *tombstone["document_ids"]])
        # All at once and only now: fields of one request are resolved side by side.
        ctx.gone.update({workspace_id: frozenset(below) for workspace_id, below in gone.items()})


async def shut(ctx: Context, records: Sequence[AnyRecord]) -> set[ObjectId]:
    """The ids of those records, of the caller's workspaces, that were deleted or stand below what was."""
    await load_gone(ctx, {record["workspace_id"] for record in records} - ctx.gone.keys())
    ids = frozenset[ObjectId]().union(*(ctx.gone[record["workspace_id"]] for record in records))
    if not ids and not ctx.emptied:
        return set()
    gone = await _with_referred(Gone(ids, ctx.emptied), records)
    return {record["_id"] for record in records if gone.shuts(record)}


async def known_gone(ctx: Context) -> Gone | None:
    """What was deleted in all workspaces whose door this request has passed; None where nothing was."""
    if not ctx.gone:  # doors learn it, and events are read without one
        await load_gone(ctx, [membership for membership in ctx.memberships if kind_of(membership) is Kind.WORKSPACE])
    ids = frozenset[ObjectId]().union(*ctx.gone.values())
    return Gone(ids, ctx.emptied) if ids or ctx.emptied else None


async def without_gone(gone: Gone, results: Sequence[Any], parents: Sequence[Any] = ()) -> list[Any]:
    """What an edge or a list answers, without what was deleted: records, lists of records, or pages of them."""
    records = [record for result in results for record in _records(result)]
    gone = await _with_referred(gone, [*records, *(parent for parent in parents if isinstance(parent, dict))])
    hidden = [isinstance(parent, dict) and gone.hides(parent) for parent in parents] or [False] * len(results)
    return [_cut(gone, result, whole=whole) for result, whole in zip(results, hidden, strict=True)]


@contextmanager
def hiding(gone: Gone) -> Iterator[None]:
    """Have the pages and the totals that are read in the block leave out what was deleted."""
    token = _HIDDEN.set(gone)
    try:
        yield
    finally:
        _HIDDEN.reset(token)


def standing(model: type[Recorded[Any]], where: Where | None) -> Where | None:
    """The filter of a list, with what `hiding` leaves out of it."""
    gone = _HIDDEN.get()
    if gone is None or model in _HISTORY:
        return where
    names = ("_id", *(name for name in FIELDS if name in model.model_fields))
    left: dict[str, Any] = {name: {"$nin": list(gone.ids)} for name in names}
    if "column_id" in left:
        left["column_id"] = {"$nin": [*gone.ids, *gone.emptied]}
    return {"$and": [where, left]} if where else left


def without_cards() -> Collection[ObjectId]:
    """The columns that `hiding` leaves the cards of out."""
    gone = _HIDDEN.get()
    return () if gone is None else gone.emptied


def _named(record: AnyRecord) -> Iterable[Any]:
    yield record.get("_id")
    for name in NAMES:
        yield record.get(name)
    for name in _ENDS:
        yield from record.get(name, ())


def _records(result: Any) -> list[Record]:
    nodes = getattr(result, "nodes", result)
    found = nodes if isinstance(nodes, list) else [nodes]
    return [node for node in found if isinstance(node, dict)]


def _cut(gone: Gone, result: Any, *, whole: bool) -> Any:
    if isinstance(result, dict):
        return None if whole or gone.hides(result) else result
    nodes = getattr(result, "nodes", result)
    if not isinstance(nodes, list):
        return result
    nodes[:] = [node for node in nodes if not (isinstance(node, dict) and (whole or gone.hides(node)))]
    return result


async def _with_referred(gone: Gone, records: Sequence[AnyRecord]) -> Gone:
    """What was deleted, with the cards and the documents that records name and that stand below it.

    A comment names its card and its project, and not the column.
    """
    cards = {record.get("card_id") for record in records}.union(*(record.get("card_ids", ()) for record in records))
    below = await _below(gone, Card, cards) | await _below(
        gone, Document, {record.get("document_id") for record in records}
    )
    return Gone({*gone.ids, *below}, gone.emptied)


async def _below(gone: Gone, model: type[Recorded[Any]], ids: set[Any]) -> set[ObjectId]:
    found: set[ObjectId] = set()
    for some in portions(object_id for object_id in ids if object_id is not None and object_id not in gone.ids):
        cursor = collection(model).find({"_id": {"$in": some}}, dict.fromkeys(NAMES, 1))
        found.update(record["_id"] for record in await cursor.to_list() if gone.hides(record))
    return found
