"""Documents with their texts, their trees and their versions."""

from collections.abc import Sequence
from typing import Any, Literal

import orjson
from typing_extensions import TypedDict

import models
from models.base import AnyRecord
from models.enums import DocumentFormat
from models.records import DocumentRecord, DocumentVersionRecord, UserRecord
from resolvers.document.place import places_of
from resolvers.document.version import content_of, content_of_version
from resolvers.kit.context import Context
from resolvers.user.user import people
from rest.present import Id, presents, shown
from rest.stellary.present.base import name_of

SUMMARY = frozenset(
    {"title", "doc_type", "status", "context_type", "context_id", "parent_id", "tags", "excerpt", "updated_at"}
)


@presents(models.Document, only=SUMMARY)
class Summary(TypedDict):
    """What a list of documents shows. `excerpt` is the beginning of the text, without markup."""


@presents(models.Document)
class ListedDocument(TypedDict):
    """A document without its text. `order` is its place among those of the same parent, from 0."""

    order: int


class Document(ListedDocument):
    """A document with its text: Markdown, or a TipTap document as an object where `contentFormat` is tiptap_json."""

    content: str | dict[str, Any]


class TreeNode(Summary):
    """A document with those below it, in order."""

    order: int
    children: list["TreeNode"]


@presents(models.DocumentVersion)
class Version(TypedDict):
    """A text of a document at a time. `number` counts from 1."""

    authorName: str | None


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


def summary(record: AnyRecord) -> Summary:
    return shown(Summary, record)


async def listed(records: Sequence[DocumentRecord]) -> list[ListedDocument]:
    """The documents with their places, in two queries at most."""
    await places_of(records)
    return [_listed(record) for record in records]


def _listed(record: AnyRecord) -> ListedDocument:
    return {**shown(ListedDocument, record), "order": record["order"]}


async def document(ctx: Context, record: DocumentRecord, format: DocumentFormat | None = None) -> Document:
    """A document with its text in a form, by default the one that it was written in."""
    form = format or DocumentFormat(record["content_format"])
    [text] = await content_of(ctx, [record], None, format=form)
    [without_text] = await listed([{**record, "content_format": form}])
    return {**without_text, "content": _text(text, form)}


def tree(entries: Sequence[DocumentRecord]) -> list[TreeNode]:
    """A tree out of its documents, each with its depth, right behind its parent."""
    roots: list[TreeNode] = []
    above: list[TreeNode] = []
    for entry in entries:
        node: TreeNode = {**summary(entry), "order": entry["order"], "children": []}
        del above[entry["depth"] :]
        (above[-1]["children"] if above else roots).append(node)
        above.append(node)
    return roots


async def versions(ctx: Context, records: Sequence[DocumentVersionRecord]) -> list[Version]:
    """The versions with the names of their authors."""
    authors = await people(ctx, records, "author_id", frozenset({"name", "email"}))
    return [_version(record, author) for record, author in zip(records, authors, strict=True)]


async def version(ctx: Context, record: DocumentVersionRecord, format: DocumentFormat | None = None) -> VersionDetails:
    """A version with its text in a form, by default the one that it was written in."""
    form = format or DocumentFormat(record["content_format"])
    [text] = await content_of_version(ctx, [record], None, format=form)
    [without_text] = await versions(ctx, [{**record, "content_format": form}])
    return {**without_text, "content": _text(text, form)}


def _version(record: DocumentVersionRecord, author: UserRecord | None) -> Version:
    return {**shown(Version, record), "authorName": name_of(author)}


def _text(text: str | None, form: DocumentFormat) -> str | dict[str, Any]:
    if form is DocumentFormat.MARKDOWN or text is None:
        return text or ""
    parsed: dict[str, Any] = orjson.loads(text)
    return parsed
