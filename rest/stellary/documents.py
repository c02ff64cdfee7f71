"""Documents of a workspace, and on its cards."""

from models.ids import Kind
from models.records import DocumentRecord
from resolvers.document.document import (
    count_documents,
    create_document,
    delete_document,
    get_document,
    list_documents,
    read_document_tree,
)
from resolvers.document.link import link_document, list_card_documents, list_document_cards, unlink_document
from resolvers.document.update import move_document, update_document, update_documents
from resolvers.inputs.document import DocumentBulk, DocumentCreate, DocumentMove, DocumentUpdate
from resolvers.kit.batch import BatchResult
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.lists import DocumentFormatQuery, DocumentQuery, DocumentTreeQuery
from rest.stellary.paths import CARD, DOCUMENTS
from rest.stellary.present.base import Count, Ok, ok
from rest.stellary.present.card import Card, cards
from rest.stellary.present.document import (
    Bulk,
    BulkError,
    BulkResult,
    Document,
    Linked,
    ListedDocument,
    Summary,
    TreeNode,
    document,
    listed,
    summary,
    tree,
)

MAX_BODY = 2 * 1024 * 1024
"""A text of 1,000,000 bytes is more as JSON."""

routes = Routes(
    "Documents", DOCUMENTS, about="The knowledge of a workspace, in a tree; each linked to cards.", place=290
)
on_cards = Routes("Documents", CARD + "/documents")


@routes.get("", "List the documents of a workspace", runs=list_documents, query=DocumentQuery)
async def find(call: Call) -> list[ListedDocument]:
    """Without their texts; at most 5,000."""
    workspace = await guards.workspace(call)
    wanted = call.query(DocumentQuery)
    return await listed(await list_documents(call.ctx, workspace["_id"], wanted.filter(), wanted.limit))


@routes.post("", "Create a document", runs=create_document, given=["workspaceId"], max_body=MAX_BODY)
async def create(call: Call) -> Document:
    """Below `parentId`, or at the top of its context. `content` is Markdown or a TipTap document."""
    workspace = await guards.workspace(call)
    made = await create_document(call.ctx, call.body(DocumentCreate, workspaceId=workspace["_id"]))
    return await document(call.ctx, made.value)


@routes.get("/all", "Read the whole tree of a workspace's documents", runs=read_document_tree)
async def read_all(call: Call) -> list[TreeNode]:
    """Of every context; without their texts; at most 5,000."""
    workspace = await guards.workspace(call)
    return tree(await read_document_tree(call.ctx, workspace["_id"]))


@routes.get(
    "/tree", "Read the tree of the documents about one object", runs=read_document_tree, query=DocumentTreeQuery
)
async def read_tree(call: Call) -> list[TreeNode]:
    """About whatever `contextId` names, by default the whole workspace's."""
    workspace = await guards.workspace(call)
    return tree(await read_document_tree(call.ctx, workspace["_id"], call.query(DocumentTreeQuery).context_id))


@routes.get("/count", "Count the documents of a workspace", runs=count_documents, query=DocumentQuery)
async def count(call: Call) -> Count:
    workspace = await guards.workspace(call)
    return {"count": await count_documents(call.ctx, workspace["_id"], call.query(DocumentQuery).filter())}


@routes.get("/summaries", "List summaries of the documents of a workspace", runs=list_documents, query=DocumentQuery)
async def find_summaries(call: Call) -> list[Summary]:
    """With an excerpt of the text each."""
    workspace = await guards.workspace(call)
    wanted = call.query(DocumentQuery)
    found = await list_documents(call.ctx, workspace["_id"], wanted.filter(), wanted.limit)
    return [summary(record) for record in found]


@routes.post("/bulk", "Do the same to up to 50 documents", runs=update_documents, body=DocumentBulk)
async def bulk(call: Call) -> Bulk:
    """Set the type, put on or take off tags, move, or delete. Each document has a result of its own."""
    await guards.workspace(call)
    values = call.body(DocumentBulk)
    results = (await update_documents(call.ctx, values.ids, values.batch)).value
    shown = iter(await listed([result.record for result in results if result.record is not None]))
    return {"results": [_result(result, None if result.record is None else next(shown)) for result in results]}


def _result(result: BatchResult[DocumentRecord], shown: ListedDocument | None) -> BulkResult:
    error: BulkError | None = (
        None if result.error is None else {"code": result.error.code, "message": result.error.message}
    )
    return {"id": result.id, "document": shown, "error": error}


@routes.get("/{documentId}", "Read a document with its text", runs=get_document, query=DocumentFormatQuery)
async def get(call: Call) -> Document:
    found = await guards.document(call)
    wanted = call.query(DocumentFormatQuery).content_format
    return await document(call.ctx, await get_document(call.ctx, found["_id"]), wanted)


@routes.patch("/{documentId}", "Change a document", runs=update_document, max_body=MAX_BODY)
async def update(call: Call) -> Document:
    """Only what is given changes. What one author saves within ten minutes is one version."""
    found = await guards.document(call)
    return await document(call.ctx, (await update_document(call.ctx, found["_id"], call.body(DocumentUpdate))).value)


@routes.post("/{documentId}/move", "Move a document with all below it", runs=move_document)
async def move(call: Call) -> ListedDocument:
    found = await guards.document(call)
    moved = (await move_document(call.ctx, found["_id"], call.body(DocumentMove))).value
    return (await listed([moved]))[0]


@routes.delete("/{documentId}", "Delete a document with all below it", runs=delete_document)
async def delete(call: Call) -> Ok:
    found = await guards.document(call)
    await delete_document(call.ctx, found["_id"])
    return ok()


@routes.get("/{documentId}/cards", "List the cards that a document is linked to", runs=list_document_cards)
async def find_cards(call: Call) -> list[Card]:
    found = await guards.document(call)
    return await cards(await list_document_cards(call.ctx, found["_id"]))


@on_cards.get("", "List the documents that are linked to a card", runs=list_card_documents)
async def find_on_card(call: Call) -> list[ListedDocument]:
    """In the order of linking, without their texts."""
    card = await guards.card(call)
    return await listed(await list_card_documents(call.ctx, card["_id"]))


@on_cards.post("/{documentId}/link", "Link a document to a card", runs=link_document)
async def link(call: Call) -> Linked:
    """What is linked stays linked."""
    card = await guards.card(call)
    ends = (await link_document(call.ctx, call.id("documentId", Kind.DOCUMENT), card["_id"])).value
    [shown] = await listed([ends.document])
    return {"ok": True, "documentId": str(ends.document["_id"]), "cardId": str(card["_id"]), "document": shown}


@on_cards.delete("/{documentId}/link", "Take a document off a card", runs=unlink_document)
async def unlink(call: Call) -> Ok:
    card = await guards.card(call)
    await unlink_document(call.ctx, call.id("documentId", Kind.DOCUMENT), card["_id"])
    return ok()
