"""Versions of a document."""

from models.errors import NotFound
from models.ids import Kind
from resolvers.document.document import get_document
from resolvers.document.update import restore_document_version
from resolvers.document.version import MAX_VERSIONS, diff_of, get_document_version, versions_of
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.lists import DocumentDiffQuery, DocumentFormatQuery
from rest.stellary.paths import DOCUMENTS
from rest.stellary.present.document import Diff, Document, Version, VersionDetails, document, version, versions

routes = Routes(
    "Document versions",
    DOCUMENTS + "/{documentId}",
    about="The texts of a document over time, and what changed between them.",
    place=310,
)


@routes.get("/versions", "List the versions of a document, the newest first", runs=get_document)
async def find(call: Call) -> list[Version]:
    """Without their texts; the newest 100 are kept."""
    found = await guards.document(call)
    record = await get_document(call.ctx, found["_id"], frozenset())
    [page] = await versions_of(call.ctx, [record], None, first=MAX_VERSIONS)
    return await versions(call.ctx, page.nodes)


@routes.get(
    "/versions/{versionId}", "Read a version with its text", runs=get_document_version, query=DocumentFormatQuery
)
async def get(call: Call) -> VersionDetails:
    found = await guards.document(call)
    record = await get_document_version(call.ctx, call.id("versionId", Kind.DOCUMENT_VERSION))
    if record["document_id"] != found["_id"]:
        raise NotFound("Document version")
    return await version(call.ctx, record, call.query(DocumentFormatQuery).content_format)


@routes.post(
    "/versions/{versionId}/restore", "Make the text of a version the newest one", runs=restore_document_version
)
async def restore(call: Call) -> Document:
    """As a new version: nothing is lost."""
    found = await guards.document(call)
    version_id = call.id("versionId", Kind.DOCUMENT_VERSION)
    return await document(call.ctx, (await restore_document_version(call.ctx, found["_id"], version_id)).value)


@routes.get("/diff", "Read what changed between two versions", runs=get_document, query=DocumentDiffQuery)
async def diff(call: Call) -> Diff:
    found = await guards.document(call)
    wanted = call.query(DocumentDiffQuery)
    record = await get_document(call.ctx, found["_id"], frozenset())
    to = wanted.to
    if to is None:
        [page] = await versions_of(call.ctx, [record], frozenset({"number"}), first=1)
        to = page.nodes[0]["number"]
    old = max(1, to - 1) if wanted.from_ is None else wanted.from_
    [text] = await diff_of(call.ctx, [record], None, from_=old, to=to)
    if text is None:
        raise NotFound("Document version")
    return {"documentId": str(found["_id"]), "from": old, "to": to, "diff": text}
