"""Documents: reading, listing, creating and deleting. `resolvers.document.update` changes and moves them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from bson import ObjectId

from auth.policies import document as policy
from models import Document, DocumentVersion, Workspace
from models.base import Record, aggregate, collection, to_record
from models.enums import ActivityType, StorageKind, TokenScope
from models.errors import BadUserInput
from models.facts import CREATE
from models.ids import Kind, new_id
from models.records import DocumentRecord, DocumentVersionRecord, WorkspaceMemberRecord
from realtime.events.document import DocumentCreated
from realtime.log import Change, Committed
from resolvers.activity.activity import document_activity, record_activities
from resolvers.content import Content, read_content
from resolvers.deletion.cascade_events import document_deleted
from resolvers.deletion.deletion import bury, delete
from resolvers.document import place
from resolvers.document.room import check_room
from resolvers.document.version import content_of, new_version
from resolvers.files.storage_account import charge
from resolvers.inputs.document import DocumentCreate
from resolvers.kit.access import projection
from resolvers.kit.context import Context
from resolvers.kit.contract import Filters
from resolvers.kit.edit import require_parent
from resolvers.kit.fields import values_of
from resolvers.kit.filters import compile_filter
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import DOCUMENT, WORKSPACE
from resolvers.kit.operation import operation, reader

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
_OF_WORKSPACE = WORKSPACE.by("workspace_id")
LIST_LIMIT = 5000

Filter = Annotated[Mapping[str, Any] | None, Filters(Document)]


get_document = reader("document", DOCUMENT, no_tool="get_document reads it with its text")


@operation(
    "documentText", opens=DOCUMENT.whole, permission=policy.READ, scope=READ, read_only=True, tool="get_document"
)
async def read_document_text(ctx: Context, document: DocumentRecord) -> DocumentRecord:
    """A document with its text as Markdown."""
    [text] = await content_of(ctx, [document], None)
    return {**document, "text": text or ""}


@operation("documents", opens=_OF_WORKSPACE, permission=policy.READ, scope=READ, read_only=True)
async def list_documents(
    ctx: Context, membership: WorkspaceMemberRecord, filter: Filter = None, limit: int = LIST_LIMIT
) -> list[DocumentRecord]:
    """The documents of a workspace that pass a filter, without their texts, in the order of their ranks."""
    pipeline: list[dict[str, Any]] = [
        {"$match": {"workspace_id": membership["workspace_id"]}},
        # What the filter asks follows by itself: the embedded database finds an index for a flat query alone.
        *([{"$match": compiled}] if (compiled := compile_filter(filter, Document)) else []),
        {"$sort": dict(place.BY_RANK)},
        {"$limit": limit},
    ]
    return await aggregate(Document, pipeline)


@operation("documentCount", opens=_OF_WORKSPACE, permission=policy.READ, scope=READ, read_only=True)
async def count_documents(ctx: Context, membership: WorkspaceMemberRecord, filter: Filter = None) -> int:
    """How many documents of a workspace pass a filter."""
    pipeline: list[dict[str, Any]] = [
        {"$match": {"workspace_id": membership["workspace_id"]}},
        *([{"$match": compiled}] if (compiled := compile_filter(filter, Document)) else []),
        {"$group": {"_id": None, "count": {"$sum": 1}}},
    ]
    found = await aggregate(Document, pipeline)
    return int(found[0]["count"]) if found else 0


@operation(
    "documentTree", opens=_OF_WORKSPACE, permission=policy.READ, scope=READ, read_only=True, tool="get_document_tree"
)
async def read_document_tree(
    ctx: Context, membership: WorkspaceMemberRecord, context_id: ObjectId | None = None
) -> list[DocumentRecord]:
    """The documents of a workspace (or of one context) as a tree, without their texts; at most 5,000."""
    workspace_id = membership["workspace_id"]
    return (await trees_of([workspace_id], context_id))[workspace_id]


async def trees_of(
    workspace_ids: Sequence[ObjectId], context_id: ObjectId | None = None, fields: Fields = None
) -> dict[ObjectId, list[DocumentRecord]]:
    """The documents of workspaces, each right behind its parent and what precedes it there, with its `depth` from 0 and
    its `order`; in one query."""
    inside: Record = {"workspace_id": {"$in": list(set(workspace_ids))}}
    if context_id is not None:
        inside["context_id"] = context_id
    wanted = projection(fields, "workspace_id", "context_id", "parent_id", "rank")
    found = await collection(Document).find(inside, wanted).sort(place.BY_RANK).limit(LIST_LIMIT).to_list()
    place.number(found)
    return {
        workspace_id: _depth_first([doc for doc in found if doc["workspace_id"] == workspace_id])
        for workspace_id in workspace_ids
    }


def _depth_first(documents: Sequence[DocumentRecord]) -> list[DocumentRecord]:
    children: dict[ObjectId | None, list[DocumentRecord]] = {}
    known = {record["_id"] for record in documents}
    for document in documents:
        parent_id = document["parent_id"] if document["parent_id"] in known else None
        children.setdefault(parent_id, []).append(document)
    found: list[DocumentRecord] = []
    pending = [(top, 0) for top in reversed(children.get(None, ()))]
    while pending:
        document, depth = pending.pop()
        found.append({**document, "depth": depth})
        pending += [(child, depth + 1) for child in reversed(children.get(document["_id"], ()))]
    return found


@operation("documentCreate", inside=WORKSPACE, permission=policy.WRITE, scope=WRITE)
async def create_document(
    ctx: Context, _membership: WorkspaceMemberRecord, values: DocumentCreate
) -> Committed[DocumentRecord]:
    """Create a document.

    A new document at the end of its parent's children, or of its context's.
    """
    content = await read_content(values.content, values.content_format)

    async def body(change: Change) -> DocumentRecord:
        await require_parent(change, Workspace, values.workspace_id)
        context = await _context(change, values)
        await check_room(change, values.workspace_id, context.id, 1)
        place.check_depth(len(await place.above(change, values.workspace_id, values.parent_id)) + 1)
        lane = place.lane_below(values.workspace_id, context.id, values.parent_id)
        rank, order = await place.rank_for(change, lane, place.Place())
        document, version = new_document(change, values, context, content, rank)
        await collection(Document).insert_one(document, session=change.session)
        await charge(ctx, change, values.workspace_id, StorageKind.DOCUMENTS, version["size"])
        await collection(DocumentVersion).insert_one(version, session=change.session)
        change.append(values.workspace_id, DocumentCreated(document=document, order=order))
        await record_activities(change, [document_activity(change, document, ActivityType.DOCUMENT_CREATED)])
        return {**document, "order": order}

    return await ctx.write(values.workspace_id, body)


async def _context(change: Change, values: DocumentCreate) -> place.Context:
    """That of the parent, which one that is given beside it has to be."""
    if values.parent_id is None:
        return await place.resolve_context(change, values.workspace_id, values.context_type, values.context_id)
    inherited = place.Context.of(await place.parent_of(change, values.workspace_id, values.parent_id))
    if values.context_id not in (None, inherited.id):
        raise BadUserInput("is not the context of the parent", field="contextId")
    return inherited


def new_document(
    change: Change, values: DocumentCreate, context: place.Context, content: Content, rank: str
) -> tuple[DocumentRecord, DocumentVersionRecord]:
    """The records of a new document and of its first version, not yet written."""
    document = to_record(
        Document(
            workspace_id=values.workspace_id,
            **context.fields(),
            parent_id=values.parent_id,
            rank=rank,
            **values_of(values, Document, CREATE),
            tags=values.tags,
            content_id=new_id(Kind.DOCUMENT_VERSION),
            content_format=content.format,
            excerpt=content.excerpt,
            size=content.size,
            author_id=change.actor_id,
            updated_by=change.actor_id,
            created_at=change.at,
            updated_at=change.at,
        )
    )
    version = new_version(change, document, content, 1)
    version["_id"] = document["content_id"]
    return document, version


@operation("documentDelete", opens=DOCUMENT, permission=policy.WRITE, scope=WRITE)
async def delete_document(ctx: Context, door: DocumentRecord) -> Committed[ObjectId]:
    """Delete a document with its versions, its links and all below it, for good."""

    async def body(change: Change) -> ObjectId:
        await delete_with_children(change, door["_id"])
        return ObjectId(door["_id"])

    return await delete(ctx, door["workspace_id"], body)


async def delete_with_children(change: Change, document_id: ObjectId) -> None:
    """Delete a document within a change, and what is below it with it or after it; raises NotFound for one that is
    gone."""
    document = await place.current(change, document_id)
    await collection(Document).delete_one({"_id": document_id}, session=change.session)
    change.append(document["workspace_id"], document_deleted(document))
    # At most MAX_DOCUMENTS, in at most MAX_DEPTH levels; from the leaves up, as far as that takes several changes.
    levels = await place.below(change, document_id)
    doomed = [*(child_id for level in reversed(levels) for child_id in reversed(level)), document_id]
    await bury(change, document_id, document["workspace_id"], document_ids=doomed)
    await record_activities(change, [document_activity(change, document, ActivityType.DOCUMENT_DELETED)])
