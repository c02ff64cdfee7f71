"""Documents with their texts, their trees and their versions."""

from collections.abc import Sequence
from typing import Any, Literal

import orjson
from typing_extensions import TypedDict

from models.base import Record
from models.enums import DocumentContext, DocumentFormat, DocumentStatus, DocumentType
from resolvers.document.place import places_of
from resolvers.document.version import content_of, content_of_version
from resolvers.kit.context import Context
from resolvers.user.user import people
from rest.stellary.present.base import Id, Timestamp, id_or_none, name_of, timestamp, timestamp_or_none

DocType = Literal["document", "spec", "brief", "adr", "note", "reference", "template", "spreadsheet"]
ContextType = Literal["organization", "workspace", "project", "scope"]
Status = Literal["draft", "pending_review", "approved", "changes_requested"]
Format = Literal["markdown", "tiptap_json"]


class Summary(TypedDict):
    """What a list of documents shows. `excerpt` is the beginning of the text, without markup."""

    id: Id
    title: str
    docType: DocType
    status: Status
    contextType: ContextType
    contextId: Id
    parentId: Id | None
    tags: list[str]
    excerpt: str
    updatedAt: Timestamp


class ListedDocument(Summary):
    """A document without its text. `order` is its place among those of the same parent, from 0."""

    workspaceId: Id
    projectId: Id | None
    scopeId: Id | None
    order: int
    contentFormat: Format
    size: int
    reviewNotes: str | None
    submittedBy: Id | None
    submittedAt: Timestamp | None
    reviewedBy: Id | None
    reviewedAt: Timestamp | None
    authorId: Id | None
    updatedBy: Id | None
    version: int
    createdAt: Timestamp


class Document(ListedDocument):
    """A document with its text: Markdown, or a TipTap document as an object where `contentFormat` is tiptap_json."""

    content: str | dict[str, Any]


class TreeNode(Summary):
    """A document with those below it, in order."""

    order: int
    children: list["TreeNode"]


class Version(TypedDict):
    """A text of a document at a time. `number` counts from 1."""

    id: Id
    documentId: Id
    number: int
    title: str
    authorId: Id | None
    authorName: str | None
    contentFormat: Format
    size: int
    createdAt: Timestamp
    updatedAt: Timestamp


class VersionDetails(Version):
    """A version with its text."""

    content: str | dict[str, Any]


Diff = TypedDict("Diff", {"documentId": Id, "from": int, "to": int, "diff": str})
"""What changed in the Markdown between two versions, as a unified diff."""


class BulkError(TypedDict):
    """Why a document was left as it is."""

    code: str
    message: str


class BulkResult(TypedDict):
    """What became of one document; `document` is null where it was deleted or the change refused."""

    id: Id
    document: ListedDocument | None
    error: BulkError | None


class Bulk(TypedDict):
    """One result for each document, in the order of the ids."""

    results: list[BulkResult]


class Linked(TypedDict):
    """The document is linked to the card."""

    ok: Literal[True]
    documentId: Id
    cardId: Id
    document: ListedDocument


def summary(record: Record) -> Summary:
    return {
        "id": str(record["_id"]),
        "title": record["title"],
        "docType": DocumentType(record["doc_type"]).value,
        "status": DocumentStatus(record["status"]).value,
        "contextType": DocumentContext(record["context_type"]).value,
        "contextId": str(record["context_id"]),
        "parentId": id_or_none(record["parent_id"]),
        "tags": list(record["tags"]),
        "excerpt": record["excerpt"],
        "updatedAt": timestamp(record["updated_at"]),
    }


async def listed(records: Sequence[Record]) -> list[ListedDocument]:
    """The documents with their places, in two queries at most."""
    await places_of(records)
    return [_listed(record) for record in records]


def _listed(record: Record) -> ListedDocument:
    return {
        **summary(record),
        "workspaceId": str(record["workspace_id"]),
        "projectId": id_or_none(record["project_id"]),
        "scopeId": id_or_none(record["scope_id"]),
        "order": record["order"],
        "contentFormat": DocumentFormat(record["content_format"]).value,
        "size": record["size"],
        "reviewNotes": record["review_notes"],
        "submittedBy": id_or_none(record["submitted_by"]),
        "submittedAt": timestamp_or_none(record["submitted_at"]),
        "reviewedBy": id_or_none(record["reviewed_by"]),
        "reviewedAt": timestamp_or_none(record["reviewed_at"]),
        "authorId": id_or_none(record["author_id"]),
        "updatedBy": id_or_none(record["updated_by"]),
        "version": record["version"],
        "createdAt": timestamp(record["created_at"]),
    }


async def document(ctx: Context, record: Record, format: DocumentFormat | None = None) -> Document:
    """A document with its text in a form, by default the one that it was written in."""
    form = format or DocumentFormat(record["content_format"])
    [text] = await content_of(ctx, [record], None, format=form)
    [shown] = await listed([record])
    return {**shown, "contentFormat": form.value, "content": _shown(text, form)}


def tree(entries: Sequence[Record]) -> list[TreeNode]:
    """A tree out of its documents, each with its depth, right behind its parent."""
    roots: list[TreeNode] = []
    above: list[TreeNode] = []
    for entry in entries:
        node: TreeNode = {**summary(entry), "order": entry["order"], "children": []}
        del above[entry["depth"] :]
        (above[-1]["children"] if above else roots).append(node)
        above.append(node)
    return roots


async def versions(ctx: Context, records: Sequence[Record]) -> list[Version]:
    """The versions with the names of their authors."""
    authors = await people(ctx, records, "author_id", frozenset({"name", "email"}))
    return [_version(record, author) for record, author in zip(records, authors, strict=True)]


async def version(ctx: Context, record: Record, format: DocumentFormat | None = None) -> VersionDetails:
    """A version with its text in a form, by default the one that it was written in."""
    form = format or DocumentFormat(record["content_format"])
    [text] = await content_of_version(ctx, [record], None, format=form)
    [shown] = await versions(ctx, [record])
    return {**shown, "contentFormat": form.value, "content": _shown(text, form)}


def _version(record: Record, author: Record | None) -> Version:
    return {
        "id": str(record["_id"]),
        "documentId": str(record["document_id"]),
        "number": record["number"],
        "title": record["title"],
        "authorId": id_or_none(record["author_id"]),
        "authorName": name_of(author),
        "contentFormat": DocumentFormat(record["content_format"]).value,
        "size": record["size"],
        "createdAt": timestamp(record["created_at"]),
        "updatedAt": timestamp(record["updated_at"]),
    }


def _shown(text: str | None, form: DocumentFormat) -> str | dict[str, Any]:
    if form is DocumentFormat.MARKDOWN or text is None:
        return text or ""
    parsed: dict[str, Any] = orjson.loads(text)
    return parsed
