"""Changing documents: their fields, their text and their place, in one transaction."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

from bson import ObjectId
from pydantic.alias_generators import to_camel

from auth.policies import document as policy
from models import Document
from models.base import Record, collection, sort_keys, with_changes
from models.enums import DocumentStatus, TokenScope
from models.errors import BadUserInput, Conflict
from models.ids import Kind, parse_id, portions
from models.records import DocumentRecord
from realtime.events.document import DocumentMoved, DocumentUpdated
from realtime.log import Change, Committed
from resolvers.content import Content, read_content
from resolvers.deletion.deletion import delete
from resolvers.document import place as places
from resolvers.document.document import delete_with_children
from resolvers.document.place import Place
from resolvers.document.room import check_room
from resolvers.document.version import is_text_of, newest_version, read_version_text, write_version
from resolvers.inputs.document import MAX_TAGS, MOVING, DocumentBatch, DocumentMove, DocumentUpdate
from resolvers.kit.batch import BatchResult, change_each
from resolvers.kit.context import Context
from resolvers.kit.edit import check_version
from resolvers.kit.nouns import DOCUMENT
from resolvers.kit.operation import operation

WRITE = TokenScope.PROJECTS_WRITE
_CLIENT_NAMES = {"rank": "order", "project_id": "contextId", "scope_id": "contextId"}
_PLACE = frozenset({"rank", "parent_id"})
MAX_TAKEN_ALONG = 500
"""Documents below one that moves to another context: each is written, and told of, in the same change."""


_MOVES = dict.fromkeys(["order", *map(to_camel, sorted(MOVING))], ("documentMove",))
"""What an update does of what there are operations for."""


@operation("documentUpdate", opens=DOCUMENT, permission=policy.WRITE, scope=WRITE, tool="write_document", also=_MOVES)
async def update_document(ctx: Context, door: DocumentRecord, values: DocumentUpdate) -> Committed[DocumentRecord]:
    """Change a document.

    Change what is given of a document. A new text makes what was approved, or waits for review, a draft.
    """
    if values.content_format is not None and values.content is None:
        raise BadUserInput("goes with content", field="contentFormat")
    content = None if values.content is None else await read_content(values.content, values.content_format)

    async def body(change: Change) -> DocumentRecord:
        document = await places.current(change, door["_id"])
        given = values.given()
        changes: dict[str, Any] = {name: given[name] for name in ("title", "doc_type", "tags") if name in given}
        order: int | None = None
        if "parent_id" in given or "order" in given:
            parent_id = given.get("parent_id", document["parent_id"])
            moved, order = await _move(ctx, change, document, parent_id, None, Place(values.order))
            changes |= moved
        return await _apply(ctx, change, document, changes, content, order=order, expected=values.expected_version)

    return await ctx.write(door["workspace_id"], body)


@operation("documentMove", opens=DOCUMENT, permission=policy.WRITE, scope=WRITE)
async def move_document(ctx: Context, door: DocumentRecord, values: DocumentMove) -> Committed[DocumentRecord]:
    """Move a document with all below it."""
    if places.neighbours(values.order, values.after_document_id, values.before_document_id) > 1:
        raise BadUserInput("give one of order, afterDocumentId and beforeDocumentId", field="order")
    place = Place(values.order, values.after_document_id, values.before_document_id)

    async def body(change: Change) -> DocumentRecord:
        document = await places.current(change, door["_id"])
        changes, order = await _move(ctx, change, document, *await _target(ctx, change, document, values), place)
        return await _apply(ctx, change, document, changes, order=order)

    return await ctx.write(door["workspace_id"], body)


@operation(
    "documentRestoreVersion", opens=DOCUMENT, permission=policy.WRITE, scope=WRITE, tool="restore_document_version"
)
async def restore_document_version(
    ctx: Context, door: DocumentRecord, version_id: ObjectId | str
) -> Committed[DocumentRecord]:
    """Make the text of an older version the newest one.

    Nothing of the versions between is lost.
    """
    text = await read_version_text(door["_id"], parse_id(version_id, Kind.DOCUMENT_VERSION, field="versionId"))

    async def body(change: Change) -> DocumentRecord:
        return await _apply(ctx, change, await places.current(change, door["_id"]), {}, text, autosave=False)

    return await ctx.write(door["workspace_id"], body)


_ALSO = {"delete": ("documentDelete",), **_MOVES}
"""What a batch does of what there are operations for."""


@operation("documentBatchUpdate", scope=WRITE, permission=policy.WRITE, tool="update_documents", also=_ALSO)
async def update_documents(
    ctx: Context, ids: Annotated[Sequence[ObjectId | str], "The ids of 1 to 50 documents."], values: DocumentBatch
) -> Committed[list[BatchResult[DocumentRecord]]]:
    """Do the same to up to 50 documents of one workspace.

    The same to up to 50 documents of one workspace, in one transaction; one that refuses it is left out.

    Raises BadUserInput for no or too many ids, NotFound when the caller may see none of them.
    """

    async def each(change: Change, document_id: ObjectId) -> DocumentRecord | None:
        if values.delete:
            await delete_with_children(change, document_id)
            return None
        return await _batch(ctx, change, document_id, values)

    write = partial(delete, ctx) if values.delete else None
    return await change_each(ctx, DOCUMENT, ids, policy.WRITE, each, write)


async def _batch(ctx: Context, change: Change, document_id: ObjectId, values: DocumentBatch) -> DocumentRecord:
    document = await places.current(change, document_id)
    changes: dict[str, Any] = {} if values.doc_type is None else {"doc_type": values.doc_type}
    if values.add_tags or values.remove_tags:
        kept = [tag for tag in document["tags"] if tag not in values.remove_tags]
        changes["tags"] = list(dict.fromkeys([*kept, *values.add_tags]))
        if len(changes["tags"]) > MAX_TAGS:
            raise BadUserInput(f"must have at most {MAX_TAGS} entries", field="addTags")
    order: int | None = None
    if values.model_fields_set & MOVING:
        moved, order = await _move(ctx, change, document, *await _target(ctx, change, document, values), Place())
        changes |= moved
    return await _apply(ctx, change, document, changes, order=order)


async def _target(
    ctx: Context, change: Change, document: DocumentRecord, values: DocumentMove | DocumentBatch
) -> tuple[ObjectId | None, places.Context | None]:
    """The parent and the context that a move leads to; where nothing is said of either, those of the document."""
    if values.context_type is None and values.context_id is None:
        stays = "parent_id" not in values.model_fields_set
        return document["parent_id"] if stays else values.parent_id, None
    context = await places.resolve_context(
        change, document["workspace_id"], values.context_type, values.context_id, ctx.subject.project_id
    )
    return values.parent_id, context


async def _move(
    ctx: Context,
    change: Change,
    document: DocumentRecord,
    parent_id: ObjectId | None,
    context: places.Context | None,
    place: Place,
) -> tuple[dict[str, Any], int | None]:
    """What a move changes of a document, and its `order` then.

    Raises BadUserInput for a parent that is the document, stands below it, or is of another context than is given.
    """
    own = places.Context.of(document)
    target = context or own
    if parent_id is not None:
        parent = await places.parent_of(change, document["workspace_id"], parent_id, ctx.subject.project_id)
        inherited = places.Context.of(parent)
        if context is not None and inherited != context:
            raise BadUserInput("is not the context of the parent", field="contextId")
        target = inherited
    leaves = target.id != own.id
    same_lane = not leaves and parent_id == document["parent_id"]
    if same_lane and place == Place():
        return {}, None
    if not same_lane:
        above = await places.above(change, document["workspace_id"], parent_id)
        if document["_id"] in above:
            raise BadUserInput("is the document itself, or stands below it", field="parentId")
        below = await places.below(change, document["_id"])
        if leaves:
            _check_taken_along(sum(map(len, below)))
            await check_room(change, document["workspace_id"], target.id, 1 + sum(map(len, below)))
        places.check_depth(len(above) + 1 + len(below))
    lane = places.lane_below(document["workspace_id"], target.id, parent_id)
    rank, order = await places.rank_for(change, lane, place, document)
    if same_lane and rank == document["rank"]:
        return {}, None
    return {**target.fields(), "parent_id": parent_id, "rank": rank}, order


async def _apply(
    ctx: Context,
    change: Change,
    before: DocumentRecord,
    changes: dict[str, Any],
    content: Content | None = None,
    *,
    order: int | None = None,
    expected: int | None = None,
    autosave: bool = True,
) -> DocumentRecord:
    """Write what differs with its events; nothing at all where nothing does. `order` is where a move leads to."""
    changes = {name: value for name, value in changes.items() if before.get(name) != value}
    newest = None if content is None else await newest_version(change, before)
    if content is not None and newest is not None and await is_text_of(change, newest, content):
        content = None
    touched = [*changes, *(["content"] if content is not None else [])]
    check_version(before, touched, expected, noun="document", client_names=_CLIENT_NAMES)
    if not touched:
        return before
    stored: Record = {
        **changes,
        **sort_keys(Document, changes),
        "version": before["version"] + 1,
        "updated_by": change.actor_id,
        "updated_at": change.at,
    }
    if content is not None:
        version = await write_version(ctx, change, with_changes(before, changes), newest, content, autosave=autosave)
        stored |= {
            "content_id": version["_id"],
            "content_format": content.format.value,
            "excerpt": content.excerpt,
            "size": content.size,
        }
        # Nobody has seen this text: what was approved, or is being looked at, is another one.
        if before["status"] in (DocumentStatus.APPROVED, DocumentStatus.PENDING_REVIEW):
            stored["status"] = DocumentStatus.DRAFT.value
            touched.append("status")
    marks = {**before["field_versions"], **dict.fromkeys(touched, stored["version"])}
    stored["field_versions"] = marks
    await collection(Document).update_one({"_id": before["_id"]}, {"$set": stored}, session=change.session)
    after = with_changes(before, stored)
    await _tell(change, before, after, touched, order)
    return after if order is None else {**after, "order": order}


async def _tell(
    change: Change, before: DocumentRecord, after: DocumentRecord, touched: Sequence[str], order: int | None
) -> None:
    workspace_id = after["workspace_id"]
    named = (_CLIENT_NAMES.get(field) or to_camel(field) for field in touched if field not in _PLACE)
    if fields := list(dict.fromkeys(named)):
        change.append(workspace_id, DocumentUpdated(document=after, changed_fields=fields))
    if order is not None and (_PLACE | {"context_id"}) & set(touched):
        left, joined = before["parent_id"], after["parent_id"]
        for project_id in _projects(before, after):
            event = DocumentMoved(
                document=after, from_parent_id=left, to_parent_id=joined, order=order, project_id=project_id
            )
            change.append(workspace_id, event)
    if before["context_id"] != after["context_id"]:
        await _take_along(change, before, after)


def _projects(before: DocumentRecord, after: DocumentRecord) -> list[ObjectId | None]:
    """Whom a move is told: the project that a document is about then, and the one that it has left."""
    left = before["project_id"]
    return [after["project_id"]] if left in (None, after["project_id"]) else [left, after["project_id"]]


def _check_taken_along(count: int) -> None:
    """Raise Conflict where more stands below a document than one change gives another context."""
    if count > MAX_TAKEN_ALONG:
        raise Conflict(f"At most {MAX_TAKEN_ALONG} documents below it move along to another context: move some first")


async def _take_along(change: Change, before: DocumentRecord, after: DocumentRecord) -> None:
    """Give what stands below a document its new context. Nobody changed those, so their versions stay."""
    context = places.Context.of(after).fields()
    ids = [child_id for level in await places.below(change, before["_id"]) for child_id in level]
    found: dict[ObjectId, DocumentRecord] = {}
    for some in portions(ids):
        these = {"_id": {"$in": some}}
        await collection(Document).update_many(these, {"$set": context}, session=change.session)
        found |= {
            document["_id"]: document
            for document in await collection(Document).find(these, session=change.session).to_list()
        }
    for object_id in ids:
        for project_id in _projects(before, after):
            changed = ["contextType", "contextId"]
            event = DocumentUpdated(document=found[object_id], changed_fields=changed, project_id=project_id)
            change.append(before["workspace_id"], event)


__all__ = [
    "move_document",
    "restore_document_version",
    "update_document",
    "update_documents",
]
