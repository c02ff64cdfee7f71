"""Versions of documents: each change of the text is one, but for those that one author makes within minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bson import ObjectId

from models import DocumentVersion
from models.base import Record, aggregate, collection, to_record, with_changes
from models.enums import DocumentFormat, StorageKind, TokenScope
from models.errors import BadUserInput, NotFound
from models.records import DocumentRecord, DocumentVersionRecord
from realtime.log import Change
from resolvers.content import Content, apart, excerpt_in, unified_diffs
from resolvers.files.storage_account import charge
from resolvers.kit.context import Context
from resolvers.kit.load import by_ids
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import DOCUMENT_VERSION
from resolvers.kit.operation import edge, reader
from resolvers.kit.page import Page, Window, pages
from resolvers.kit.text_read import count_read

READ = TokenScope.PROJECTS_READ
MAX_VERSIONS = 100
MAX_BYTES = 50_000_000
"""Of all versions of a document together, in both forms; the largest text alone takes about 9 MB."""
AUTOSAVE = timedelta(minutes=10)
"""Changes of one author within this time of a version's beginning are part of it."""

MAX_COMPARED = 10


get_document_version = reader("documentVersion", DOCUMENT_VERSION)


@dataclass(slots=True)
class _Kept:
    """The number of the oldest version that is kept of a document, and the bytes of all that are."""

    first: int
    bytes: int


async def newest_version(change: Change, document: DocumentRecord) -> DocumentVersionRecord | None:
    """The newest version of a document as a change sees it, without its text."""
    query = {"_id": document["content_id"]}
    return await collection(DocumentVersion).find_one(query, {"markdown": 0, "tiptap": 0}, session=change.session)


async def is_text_of(change: Change, version: DocumentVersionRecord, content: Content) -> bool:
    """Whether a version has this text. The texts are compared only where they are as long."""
    if version["content_format"] != content.format.value or version["size"] != content.size:
        return False
    name = "markdown" if content.format is DocumentFormat.MARKDOWN else "tiptap"
    found = await collection(DocumentVersion).find_one({"_id": version["_id"]}, {name: 1}, session=change.session)
    return found is not None and found.get(name) == getattr(content, name)


async def write_version(
    ctx: Context,
    change: Change,
    document: DocumentRecord,
    newest: DocumentVersionRecord | None,
    content: Content,
    *,
    autosave: bool,
) -> DocumentVersionRecord:
    """Keep a text as the newest version of a document, within a change; the record of that version.

    With `autosave` it replaces the newest one where the same author began that one in the last ten minutes and it was
    not submitted since. The oldest versions go beyond 100, and beyond 50 MB together. Raises PayloadTooLarge beyond the
    workspace's quota.
    """
    versions = collection(DocumentVersion)
    kept = await _kept(change, document["_id"], newest)
    goes_on = autosave and newest is not None and _goes_on(change, document, newest)
    more = content.size - (newest["size"] if goes_on and newest is not None else 0)
    version = new_version(change, document, content, 1 if newest is None else newest["number"] + 1)
    if goes_on and newest is not None:
        version = with_changes(
            version, {name: newest.get(name) for name in ("_id", "number", "author_id", "created_at")}
        )
    kept.bytes += more
    freed = await _drop_oldest(change, document["_id"], kept, version["number"])
    version["kept_from"], version["kept_bytes"] = kept.first, kept.bytes
    await charge(ctx, change, document["workspace_id"], StorageKind.DOCUMENTS, more - freed)
    if goes_on:
        await versions.replace_one({"_id": version["_id"]}, version, session=change.session)
    else:
        await versions.insert_one(version, session=change.session)
    return version


async def _kept(change: Change, document_id: ObjectId, newest: DocumentVersionRecord | None) -> _Kept:
    if newest is None:
        return _Kept(1, 0)
    first, size = newest.get("kept_from"), newest.get("kept_bytes")
    if first is not None and size is not None:
        return _Kept(first, size)
    all_of_them = {"_id": None, "first": {"$min": "$number"}, "bytes": {"$sum": "$size"}}
    pipeline: list[Record] = [{"$match": {"document_id": document_id}}, {"$group": all_of_them}]
    [found] = await aggregate(DocumentVersion, pipeline, session=change.session)
    return _Kept(found["first"], found["bytes"])


async def _drop_oldest(change: Change, document_id: ObjectId, kept: _Kept, newest: int) -> int:
    """Drop the oldest versions where there are too many or too large ones, but never the newest; the bytes they had."""
    freed = 0
    while kept.first < newest and (newest - kept.first >= MAX_VERSIONS or kept.bytes > MAX_BYTES):
        oldest = {"document_id": document_id, "number": kept.first}
        if found := await collection(DocumentVersion).find_one(oldest, {"size": 1}, session=change.session):
            await collection(DocumentVersion).delete_one({"_id": found["_id"]}, session=change.session)
            freed += found["size"]
            kept.bytes -= found["size"]
        kept.first += 1
    return freed


def new_version(change: Change, document: DocumentRecord, content: Content, number: int) -> DocumentVersionRecord:
    """The record of a version, not yet written."""
    return to_record(
        DocumentVersion(
            workspace_id=document["workspace_id"],
            document_id=document["_id"],
            number=number,
            author_id=change.actor_id,
            title=document["title"],
            content_format=content.format,
            markdown=content.markdown,
            tiptap=content.tiptap,
            size=content.size,
            created_at=change.at,
            updated_at=change.at,
        )
    )


async def read_version_text(document_id: ObjectId, version_id: ObjectId) -> Content:
    """The text of a version of a document; raises NotFound for one that it does not have."""
    version = await collection(DocumentVersion).find_one({"_id": version_id, "document_id": document_id})
    if version is None:
        raise NotFound("Document version")
    excerpt = await excerpt_in(version["tiptap"])
    format = DocumentFormat(version["content_format"])
    return Content(format, version["markdown"], version["tiptap"], excerpt, version["size"])


def _goes_on(change: Change, document: DocumentRecord, newest: DocumentVersionRecord) -> bool:
    submitted = document["submitted_at"]
    return (
        newest["author_id"] == change.actor_id
        and change.at - newest["created_at"] < AUTOSAVE
        and (submitted is None or submitted < newest["created_at"])
    )


@edge(scope=READ)
async def versions_of(
    ctx: Context,
    documents: Sequence[DocumentRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
) -> list[Page]:
    """The versions of each document, the newest first; without their text unless that is asked for."""
    ids = [document["_id"] for document in documents]
    wanted = _WITHOUT_TEXT if fields is None else fields
    window = Window.read(first, after)
    found = await pages(DocumentVersion, "document_id", ids, window, sort=[("number", -1)], fields=wanted)
    return [found[object_id] for object_id in ids]


_WITHOUT_TEXT = frozenset(DocumentVersion.model_fields) - {"id", "markdown", "tiptap", "kept_from", "kept_bytes"}


@edge(scope=READ)
async def content_of(
    ctx: Context, documents: Sequence[DocumentRecord], fields: Fields, *, format: DocumentFormat | None = None
) -> list[str | None]:
    """The text of each document, as Markdown or TipTap JSON."""
    return await _texts(ctx, [(document["content_id"], document["size"]) for document in documents], format)


@edge(scope=READ)
async def content_of_version(
    ctx: Context, versions: Sequence[DocumentVersionRecord], fields: Fields, *, format: DocumentFormat | None = None
) -> list[str | None]:
    """The text of each version, as Markdown or TipTap JSON."""
    return await _texts(ctx, [(version["_id"], version["size"]) for version in versions], format)


async def _texts(
    ctx: Context, wanted: Sequence[tuple[ObjectId, int]], format: DocumentFormat | None
) -> list[str | None]:
    count_read(ctx, sum(size for _, size in wanted))
    name: Literal["tiptap", "markdown"] = "tiptap" if format is DocumentFormat.TIPTAP_JSON else "markdown"
    found = await by_ids(DocumentVersion, (version_id for version_id, _ in wanted), frozenset({name}))
    return [found[version_id][name] if version_id in found else None for version_id, _ in wanted]


@edge(scope=READ)
async def diff_of(
    ctx: Context, documents: Sequence[DocumentRecord], fields: Fields, *, from_: int, to: int
) -> list[str | None]:
    """What changed in the Markdown between two versions, by their numbers, as a unified diff; None without the two."""
    if len(documents) > MAX_COMPARED:
        raise BadUserInput(f"is compared for at most {MAX_COMPARED} documents at a time", field="diff")
    ids = [document["_id"] for document in documents]
    query = {"document_id": {"$in": ids}, "number": {"$in": [from_, to]}}
    texts: dict[tuple[ObjectId, int], str] = {}
    wanted = {"document_id": 1, "number": 1, "markdown": 1}
    for version in await collection(DocumentVersion).find(query, wanted).to_list():
        texts[version["document_id"], version["number"]] = version["markdown"]
    count_read(ctx, sum(map(len, texts.values())))
    pairs = [(texts.get((object_id, from_)), texts.get((object_id, to))) for object_id in ids]
    return await apart(unified_diffs, pairs, f"version {from_}", f"version {to}", field="diff")
