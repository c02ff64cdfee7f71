"""Where a document stands: its context, its parent, and its place among the documents of the same parent.

A context's documents are read once, ids and ranks alone, whatever is asked of the tree: who stands below whom, how
deep, and between which ranks there is room.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne

from models import Document, Project, Scope, Workspace
from models.base import Record, collection
from models.enums import DocumentContext
from models.errors import BadUserInput, Conflict, NotFound
from models.ids import Kind, parse_id
from models.rank import MAX_LENGTH, rank_between, ranks_after
from realtime.log import Change

MAX_DOCUMENTS = 5_000
"""Of one context: its tree is read whole."""

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
    def of(cls, document: Record) -> "Context":
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


@dataclass(slots=True)
class Tree:
    """The documents of one context: ids, parents and ranks. Children stand in order."""

    nodes: dict[ObjectId, Record]
    children: dict[ObjectId | None, list[Record]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for node in sorted(self.nodes.values(), key=lambda one: (one["rank"], one["_id"])):
            self.children.setdefault(node["parent_id"], []).append(node)

    def below(self, document_id: ObjectId) -> Iterator[Record]:
        """Everything below a document, parents before their children."""
        pending = list(self.children.get(document_id, ()))
        while pending:
            node = pending.pop(0)
            yield node
            pending += self.children.get(node["_id"], ())

    def depth(self, document_id: ObjectId | None) -> int:
        """How many levels stand above a child of `document_id`."""
        levels = 0
        while document_id is not None:
            levels, document_id = levels + 1, self.nodes[document_id]["parent_id"]
        return levels

    def height(self, document_id: ObjectId) -> int:
        """How many levels a document and what is below it are."""
        levels, row = 0, [document_id]
        while row:
            levels, row = levels + 1, [child["_id"] for one in row for child in self.children.get(one, ())]
        return levels


async def read_tree(change: Change, workspace_id: ObjectId, context_id: ObjectId) -> Tree:
    """The tree of a context as it stands in a change."""
    query = {"workspace_id": workspace_id, "context_id": context_id}
    found = await collection(Document).find(query, {"parent_id": 1, "rank": 1}, session=change.session).to_list()
    return Tree({one["_id"]: one for one in found})


async def resolve_context(
    change: Change, workspace_id: ObjectId, type_: DocumentContext | None, id_: ObjectId | None
) -> Context:
    """The context that a client names, the workspace where it names none.

    Raises BadUserInput for half of one and for what is not of this workspace.
    """
    if (type_ is None) != (id_ is None):
        missing = "contextType" if type_ is None else "contextId"
        raise BadUserInput("contextType and contextId go together", field=missing)
    if type_ is None or id_ is None:
        return Context(DocumentContext.WORKSPACE, workspace_id)
    parse_id(id_, Kind[type_.name], field="contextId")
    inside = {"_id": id_, "workspace_id": workspace_id}
    found: Record | None = None
    match type_:
        case DocumentContext.WORKSPACE:
            found = {} if id_ == workspace_id else None
        case DocumentContext.ORGANIZATION:
            home = await collection(Workspace).find_one({"_id": workspace_id}, session=change.session)
            found = home if home is not None and home["organization_id"] == id_ else None
        case DocumentContext.PROJECT:
            found = await collection(Project).find_one(inside, {"_id": 1}, session=change.session)
            if found is not None:
                return Context(type_, id_, project_id=id_)
        case DocumentContext.SCOPE:
            found = await collection(Scope).find_one(inside, {"project_id": 1}, session=change.session)
            if found is not None:
                return Context(type_, id_, project_id=found["project_id"], scope_id=id_)
    if found is None:
        raise BadUserInput(f"is not the {type_.value} of this workspace, or none in it", field="contextId")
    return Context(type_, id_)


async def parent_of(change: Change, workspace_id: ObjectId, parent_id: ObjectId) -> Record:
    """The document to stand below; raises BadUserInput for one that is not in the workspace."""
    query = {"_id": parent_id, "workspace_id": workspace_id}
    found = await collection(Document).find_one(query, session=change.session)
    if found is None:
        raise BadUserInput("is not a document of this workspace", field="parentId")
    return found


def check_room(tree: Tree, parent_id: ObjectId | None, *, more: int = 1, height: int = 1) -> None:
    """Raise Conflict where a context would have too many documents, or a document too many above it."""
    if len(tree.nodes) + more > MAX_DOCUMENTS:
        raise Conflict(f"A context has at most {MAX_DOCUMENTS} documents")
    if tree.depth(parent_id) + height > MAX_DEPTH:
        raise Conflict(f"Documents stand at most {MAX_DEPTH} deep")


async def rank_for(
    change: Change, tree: Tree, parent_id: ObjectId | None, place: Place, moving: ObjectId | None = None
) -> tuple[str, int]:
    """A rank for a place among a parent's children other than `moving`, and the place's number.

    Raises BadUserInput for a neighbour that is none of them.
    """
    others = [one for one in tree.children.get(parent_id, ()) if one["_id"] != moving]
    at = _index(others, place)
    ranks = [one["rank"] for one in others]
    if any(len(rank) >= MAX_LENGTH for rank in ranks):
        ranks = list(ranks_after(None, len(ranks)))
        updates = [
            UpdateOne({"_id": one["_id"]}, {"$set": {"rank": rank}}) for one, rank in zip(others, ranks, strict=True)
        ]
        await collection(Document).bulk_write(updates, session=change.session)
    return rank_between(ranks[at - 1] if at else None, ranks[at] if at < len(ranks) else None), at


def _index(others: Sequence[Record], place: Place) -> int:
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


def lane_of(document: Record) -> LaneKey:
    """The documents that a document is ordered among."""
    return document["workspace_id"], document["context_id"], document["parent_id"]


async def places_of(documents: Sequence[Record]) -> list[int]:
    """The places of many documents among those of the same parent, in two queries at most."""
    unknown = [one for one in documents if "order" not in one]
    ranks: dict[LaneKey, list[str]] = {}
    for where in _lanes(unknown):
        wanted = {"workspace_id": 1, "context_id": 1, "parent_id": 1, "rank": 1}
        for one in await collection(Document).find(where, wanted).to_list():
            ranks.setdefault(lane_of(one), []).append(one["rank"])
    for lane in ranks.values():
        lane.sort()
    for one in unknown:
        one["order"] = bisect_left(ranks.get(lane_of(one), []), one["rank"])
    return [one["order"] for one in documents]


def _lanes(documents: Iterable[Record]) -> Iterator[Record]:
    lanes = {lane_of(one) for one in documents}
    parents = list({parent for _, _, parent in lanes if parent is not None})
    if parents:
        yield {"parent_id": {"$in": parents}}
    tops = [lane for lane in lanes if lane[2] is None]
    if tops:
        workspaces, contexts = list({one[0] for one in tops}), list({one[1] for one in tops})
        yield {"workspace_id": {"$in": workspaces}, "context_id": {"$in": contexts}, "parent_id": None}


def number(documents: Sequence[Record]) -> None:
    """Set the `order` of documents that are all the children of their parents, sorted by rank."""
    counted: dict[LaneKey, int] = {}
    for one in documents:
        one["order"] = counted.get(lane_of(one), 0)
        counted[lane_of(one)] = one["order"] + 1


async def current(change: Change, document_id: ObjectId) -> Record:
    """A document as it stands in a change; raises NotFound for one that was deleted."""
    found: Record | None = await collection(Document).find_one({"_id": document_id}, session=change.session)
    if found is None:
        raise NotFound("Document")
    return found


def neighbours(*values: Any) -> int:
    """How many of the ways to name a place are used."""
    return sum(one is not None for one in values)
