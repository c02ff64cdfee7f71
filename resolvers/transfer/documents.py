"""The documents of an import, with their texts and their links to its cards."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

from bson import ObjectId

from models import Document, DocumentLink, DocumentVersion
from models.base import Record, insert_all, to_record, with_changes
from models.enums import DocumentContext, DocumentStatus, StorageKind
from models.facts import CREATE, TRANSFER
from models.rank import ranks_after
from models.records import DocumentLinkRecord, DocumentRecord, DocumentVersionRecord, ProjectRecord
from models.turns import in_turns
from realtime.events.document import DocumentCreated, DocumentLinked
from realtime.log import Change
from resolvers.document.document import new_document
from resolvers.document.place import Context
from resolvers.files.storage_account import count
from resolvers.inputs.document import DocumentCreate
from resolvers.kit.fields import values_of
from resolvers.transfer.plan import Plan

AT_ONCE = 50
BYTES_AT_ONCE = 2_000_000

Write = Callable[[Change, ProjectRecord], Awaitable[None]]
LaneKey = tuple[int | None, int | None]
"""The scope and the parent of documents that are ordered among each other."""


def document_parts(plan: Plan) -> Iterator[tuple[int, Write, frozenset[ObjectId]]]:
    """How many documents each part holds, what writes them, and what they stand below or are linked to."""
    documents = plan.values.documents
    scopes = _scopes(plan)
    lanes: dict[LaneKey, list[int]] = {}
    for index, document in enumerate(documents):
        lanes.setdefault((scopes[index], document.parent_index), []).append(index)
    ranks: dict[int, tuple[str, int]] = {}
    for lane in lanes.values():
        for order, (index, rank) in enumerate(zip(lane, ranks_after(None, len(lane)), strict=True)):
            ranks[index] = (rank, order)
    start = size = 0
    for end in range(1, len(documents) + 1):
        size += plan.contents[end - 1].size
        links = sum(len(item.card_indexes) for item in documents[start:end])
        if end == len(documents) or end - start >= AT_ONCE or size >= BYTES_AT_ONCE or links >= 10 * AT_ONCE:
            which = range(start, end)
            yield end - start, _write(plan, which, scopes, ranks), frozenset(_refers(plan, which, scopes))
            start, size = end, 0


def _scopes(plan: Plan) -> list[int | None]:
    """The scope of each document: its parent's, for one below another."""
    found: list[int | None] = []
    for document in plan.values.documents:
        found.append(document.scope_index if document.parent_index is None else found[document.parent_index])
    return found


def _refers(plan: Plan, which: range, scopes: list[int | None]) -> Iterator[ObjectId]:
    for index in which:
        document = plan.values.documents[index]
        yield from (plan.card_ids[card_index] for card_index in document.card_indexes)
        if document.parent_index is not None and document.parent_index < which.start:
            yield plan.document_ids[document.parent_index]
        if (scope := scopes[index]) is not None:
            yield plan.scope_ids[scope]


def _write(plan: Plan, which: range, scopes: list[int | None], ranks: dict[int, tuple[str, int]]) -> Write:
    async def write(change: Change, project: ProjectRecord) -> None:
        documents: list[DocumentRecord] = []
        versions: list[DocumentVersionRecord] = []
        links: list[DocumentLinkRecord] = []
        async for index in in_turns(which):
            rank, order = ranks[index]
            document, version = _records(change, plan, project, index, scopes[index], rank)
            change.append(plan.workspace_id, DocumentCreated(document=document, order=order))
            documents.append(document)
            versions.append(version)
            links += [link async for link in _links(change, plan, project, index)]
        await insert_all(Document, documents, change)
        await count(change, plan.workspace_id, StorageKind.DOCUMENTS, sum(record["size"] for record in versions))
        await insert_all(DocumentVersion, versions, change)
        await insert_all(DocumentLink, links, change)
        change.append(
            plan.workspace_id,
            *(DocumentLinked(link=link, project_id=link["project_id"], card_id=link["card_id"]) for link in links),
        )

    return write


def _records(
    change: Change, plan: Plan, project: ProjectRecord, index: int, scope: int | None, rank: str
) -> tuple[DocumentRecord, DocumentVersionRecord]:
    values = plan.values.documents[index]
    if scope is None or plan.scope_ids[scope] in plan.gone:
        context = Context(DocumentContext.PROJECT, project["_id"], project_id=project["_id"])
    else:
        scope_id = plan.scope_ids[scope]
        context = Context(DocumentContext.SCOPE, scope_id, project_id=project["_id"], scope_id=scope_id)
    parent = values.parent_index
    if parent is not None and plan.document_ids[parent] in plan.gone:
        parent = None
    created = DocumentCreate.of(
        workspace_id=plan.workspace_id,
        **values_of(values, Document, CREATE | TRANSFER),
        tags=values.tags,
        parent_id=None if parent is None else plan.document_ids[parent],
    )
    document, version = new_document(change, created, context, plan.contents[index], rank)
    document_id = plan.document_ids[index]
    review = _review(change, plan.statuses[index], values.review_notes)
    version["document_id"] = document_id
    return with_changes(document, {**review, "_id": document_id}), version


def _review(change: Change, status: DocumentStatus, notes: str | None) -> Record:
    """Where the document stands in its review; the person who imports is the one who brought it there."""
    found: Record = {"status": status.value, "review_notes": notes}
    if status is not DocumentStatus.DRAFT:
        found |= {"submitted_by": change.actor_id, "submitted_at": change.at}
    if status in (DocumentStatus.APPROVED, DocumentStatus.CHANGES_REQUESTED):
        found |= {"reviewed_by": change.actor_id, "reviewed_at": change.at}
    return found


async def _links(change: Change, plan: Plan, project: ProjectRecord, index: int) -> AsyncIterator[DocumentLinkRecord]:
    indexes = dict.fromkeys(plan.values.documents[index].card_indexes)
    cards: list[ObjectId] = [plan.card_ids[item] for item in indexes if plan.card_ids[item] not in plan.gone]
    async for card_id in in_turns(cards):
        yield to_record(
            DocumentLink(
                workspace_id=plan.workspace_id,
                project_id=project["_id"],
                document_id=plan.document_ids[index],
                card_id=card_id,
                created_by=change.actor_id,
                created_at=change.at,
            )
        )
