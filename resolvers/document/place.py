"""Where a document stands: its context, its parent, and its place among the documents of the same parent.

What is asked of the tree is read from its near surroundings: the way up from a parent, the levels below a document, and
the ranks of the documents of one parent, so that a large context costs no more than a small one.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne

from models import Document, Project, Scope, Workspace
from models.base import AnyRecord, Record, collection
from models.enums import DocumentContext
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, parse_id, portions
from models.rank import MAX_LENGTH, rank_between, ranks_after
from models.records import DocumentRecord
from realtime.log import Change

MAX_DEPTH = 20

BY_RANK = [("rank", 1), ("_id", 1)]


@dataclass(frozen=True, slots=True)
class Context:
    """What documents are about, as it is stored with them."""

    type: DocumentContext
    id: ObjectId
    project_id: ObjectId | None = None
    scope_id: ObjectId | None = None

    @classmethod
    def of(cls, document: DocumentRecord) -> "Context":
        return cls(
            DocumentContext(document["context_type"]),
            document["context_id"],
            document["project_id"],
            document["scope_id"],
        )

    def fields(self) -> Record:
        """The fields of a document in this context."""
        return {
            "context_type": self.type.value,
            "context_id": self.id,
            "project_id": self.project_id,
            "scope_id": self.scope_id,
        }


@dataclass(frozen=True, slots=True)
class Place:
    """The `order`-th place (from 0) among the documents of a parent, or right beside another; by default the end."""

    order: int | None = None
    after: ObjectId | None = None
    before: ObjectId | None = None


async def above(change: Change, workspace_id: ObjectId, document_id: ObjectId | None) -> list[ObjectId]:
    """A document of a workspace and all that it stands below, from the inside out; nothing for None."""
    found: list[ObjectId] = []
    while document_id is not None and len(found) <= MAX_DEPTH:
        found.append(document_id)
        query = {"_id": document_id, "workspace_id": workspace_id}
        document = await collection(Document).find_one(query, {"parent_id": 1}, session=change.session)
        document_id = None if document is None else document["parent_id"]
    return found


async def below(change: Change, document_id: ObjectId) -> list[list[ObjectId]]:
    """What stands below a document, level by level; one query for each."""
    levels: list[list[ObjectId]] = []
    row = [document_id]
    while row and len(levels) <= MAX_DEPTH:
        children: list[ObjectId] = []
        for ids in portions(row):
            found = collection(Document).find({"parent_id": {"$in": ids}}, {"_id": 1}, session=change.session)
            children += [document["_id"] for document in await found.sort(BY_RANK).to_list()]
        levels += [children] if children else []
        row = children
    return levels


async def resolve_context(
    change: Change,
    workspace_id: ObjectId,
    type_: DocumentContext | None,
    id_: ObjectId | None,
    bound: ObjectId | None = None,
) -> Context:
    """The context that a client names, the workspace where it names none. `bound` is the one project of the caller, if
    it is bound to one.

    Raises BadUserInput for half of one and for what is not of this workspace, or not of that project.
    """
    if (type_ is None) != (id_ is None):
        missing = "contextType" if type_ is None else "contextId"
        raise BadUserInput("contextType and contextId go together", field=missing)
    if type_ is None or id_ is None:
        return Context(DocumentContext.WORKSPACE, workspace_id)
    parse_id(id_, Kind[type_.name], field="contextId")
    found = await _find_context(change, workspace_id, type_, id_)
    if found is None or bound not in (None, found.project_id):
        raise BadUserInput(f"is not the {type_.value} of this workspace, or none in it", field="contextId")
    return found


async def _find_context(
    change: Change, workspace_id: ObjectId, type_: DocumentContext, id_: ObjectId
) -> Context | None:
    inside = {"_id": id_, "workspace_id": workspace_id}
    found: AnyRecord | None
    match type_:
        case DocumentContext.WORKSPACE:
            return Context(type_, id_) if id_ == workspace_id else None
        case DocumentContext.ORGANIZATION:
            home = await collection(Workspace).find_one({"_id": workspace_id}, session=change.session)
            return Context(type_, id_) if home is not None and home["organization_id"] == id_ else None
        case DocumentContext.PROJECT:
            found = await collection(Project).find_one(inside, {"_id": 1}, session=change.session)
            return None if found is None else Context(type_, id_, project_id=id_)
        case DocumentContext.SCOPE:
            found = await collection(Scope).find_one(inside, {"project_id": 1}, session=change.session)
            return None if found is None else Context(type_, id_, project_id=found["project_id"], scope_id=id_)


async def parent_of(
    change: Change, workspace_id: ObjectId, parent_id: ObjectId, bound: ObjectId | None = None
) -> DocumentRecord:
    """The document to stand below; raises BadUserInput for one that is not in the workspace, or not in the one project
    that the caller is `bound` to."""
    query = {"_id": parent_id, "workspace_id": workspace_id, **({} if bound is None else {"project_id": bound})}
    found = await collection(Document).find_one(query, session=change.session)
    if found is None:
        raise BadUserInput("is not a document of this workspace", field="parentId")
    return found


def check_depth(levels: int) -> None:
    """Raise Conflict where documents would stand too deep."""
    if levels > MAX_DEPTH:
        raise Conflict(f"Documents stand at most {MAX_DEPTH} deep")


async def rank_for(change: Change, lane: Record, place: Place, moving: DocumentRecord | None = None) -> tuple[str, int]:
    """A rank for a place in a lane (the filter of the documents of one parent) other than `moving`, and its number.

    The rank of `moving` where it stands there already. Raises BadUserInput for a neighbour that is not in the lane.
    """
    stands = moving is not None and all(moving.get(name) == value for name, value in lane.items())
    if place == Place() and not stands and (end := await _end(change, lane)) is not None:
        return end
    found = await collection(Document).find(lane, {"rank": 1}, session=change.session).to_list()
    found.sort(key=lambda record: (record["rank"], record["_id"]))
    others = [document for document in found if moving is None or document["_id"] != moving["_id"]]
    at = _index(others, place)
    if moving is not None and stands and [document["_id"] for document in found].index(moving["_id"]) == at:
        return moving["rank"], at
    ranks = [other["rank"] for other in others]
    if any(len(rank) >= MAX_LENGTH for rank in ranks):
        ranks = list(ranks_after(None, len(ranks)))
        updates = [
            UpdateOne({"_id": other["_id"]}, {"$set": {"rank": rank}})
            for other, rank in zip(others, ranks, strict=True)
        ]
        await collection(Document).bulk_write(updates, session=change.session)
    return rank_between(ranks[at - 1] if at else None, ranks[at] if at < len(ranks) else None), at


async def _end(change: Change, lane: Record) -> tuple[str, int] | None:
    """The end of a lane; None where its last rank is due to be spread anew."""
    documents = collection(Document)
    last = documents.find(lane, {"rank": 1}, session=change.session).sort([("rank", -1), ("_id", -1)]).limit(1)
    order = await documents.count_documents(lane, session=change.session)
    for document in await last.to_list():
        return None if len(document["rank"]) >= MAX_LENGTH else (rank_between(document["rank"], None), order)
    return rank_between(None, None), 0


def lane_below(workspace_id: ObjectId, context_id: ObjectId, parent_id: ObjectId | None) -> Record:
    """The filter of the documents of one parent, or of those at the top of a context."""
    return {"workspace_id": workspace_id, "context_id": context_id, "parent_id": parent_id}


def _index(others: Sequence[DocumentRecord], place: Place) -> int:
    neighbour_id = place.after or place.before
    if neighbour_id is None:
        return len(others) if place.order is None else min(place.order, len(others))
    for at, other in enumerate(others):
        if other["_id"] == neighbour_id:
            return at + 1 if place.after else at
    raise BadUserInput(
        "is not another document of the same parent", field="afterDocumentId" if place.after else "beforeDocumentId"
    )


LaneKey = tuple[ObjectId, ObjectId, ObjectId | None]


def lane_of(document: DocumentRecord) -> LaneKey:
    """The documents that a document is ordered among."""
    return document["workspace_id"], document["context_id"], document["parent_id"]


async def places_of(documents: Sequence[DocumentRecord]) -> list[int]:
    """The places of many documents among those of the same parent, in two queries at most."""
    unknown = [sibling for sibling in documents if "order" not in sibling]
    ranks: dict[LaneKey, list[str]] = {}
    for where in _lanes(unknown):
        wanted = {"workspace_id": 1, "context_id": 1, "parent_id": 1, "rank": 1}
        for document in await collection(Document).find(where, wanted).to_list():
            ranks.setdefault(lane_of(document), []).append(document["rank"])
    for lane in ranks.values():
        lane.sort()
    for document in unknown:
        document["order"] = bisect_left(ranks.get(lane_of(document), []), document["rank"])
    return [sibling["order"] for sibling in documents]


def _lanes(documents: Iterable[DocumentRecord]) -> Iterator[Record]:
    lanes = {lane_of(sibling) for sibling in documents}
    parents = list({parent for _, _, parent in lanes if parent is not None})
    if parents:
        yield {"parent_id": {"$in": parents}}
    tops = [lane for lane in lanes if lane[2] is None]
    if tops:
        workspaces, contexts = list({top[0] for top in tops}), list({top[1] for top in tops})
        yield {"workspace_id": {"$in": workspaces}, "context_id": {"$in": contexts}, "parent_id": None}


def number(documents: Sequence[DocumentRecord]) -> None:
    """Set the `order` of documents that are all the children of their parents, sorted by rank."""
    counted: dict[LaneKey, int] = {}
    for sibling in documents:
        sibling["order"] = counted.get(lane_of(sibling), 0)
        counted[lane_of(sibling)] = sibling["order"] + 1


async def current(change: Change, document_id: ObjectId) -> DocumentRecord:
    """A document as it stands in a change; raises NotFound for one that was deleted."""
    found = await collection(Document).find_one({"_id": document_id}, session=change.session)
    if found is None:
        raise NotFound("Document")
    return found


def neighbours(*values: Any) -> int:
    """How many of the ways to name a place are used."""
    return sum(value is not None for value in values)
