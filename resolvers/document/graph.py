"""What can be reached from documents, and the documents that can be reached from their contexts."""

from collections.abc import Mapping, Sequence
from typing import Any

from models import Document
from models.base import AnyRecord
from models.enums import TokenScope
from models.ids import parse_id
from models.records import DocumentRecord, WorkspaceRecord
from resolvers.document.document import trees_of
from resolvers.document.place import places_of
from resolvers.kit.context import Context
from resolvers.kit.fields import sorted_by
from resolvers.kit.filters import compile_filter, compile_order
from resolvers.kit.load import counts
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import ACTIVITY
from resolvers.kit.operation import edge
from resolvers.kit.page import ListEdge, Page, Sort, Window, pages, pages_by

READ = TokenScope.PROJECTS_READ
BY_RANK: Sort = [("rank", 1)]

Filter = Mapping[str, Any] | None
Orders = Sequence[Mapping[str, Any]] | None


async def _documents(
    parents: Sequence[AnyRecord],
    key: str,
    fields: Fields,
    first: int | None,
    after: str | None,
    filter: Filter,
    order_by: Orders,
) -> list[Page]:
    ids = [parent["_id"] for parent in parents]
    sort, where = compile_order(order_by, sorted_by(Document), BY_RANK), compile_filter(filter, Document)
    found = await pages(Document, key, ids, Window.read(first, after), sort=sort, where=where, fields=fields)
    return [found[object_id] for object_id in ids]


def documents_by(key: str) -> ListEdge:
    """The edge from records to the documents that carry their id under `key`."""

    @edge(scope=READ)
    async def documents_of(
        ctx: Context,
        parents: Sequence[AnyRecord],
        fields: Fields,
        *,
        first: int | None = None,
        after: str | None = None,
        filter: Filter = None,
        order_by: Orders = None,
    ) -> list[Page]:
        return await _documents(parents, key, fields, first, after, filter, order_by)

    return documents_of


documents_of_workspace = documents_by("workspace_id")
"""All documents of a workspace, whatever they are about."""
documents_of_project = documents_by("project_id")
"""The documents about a project, those about its scopes included."""
documents_of_scope = documents_by("scope_id")
"""The documents about a scope."""


@edge(scope=READ)
async def children_of(
    ctx: Context,
    documents: Sequence[DocumentRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
) -> list[Page]:
    """The documents right below each, in order."""
    found = await _documents(documents, "parent_id", fields, first, after, None, None)
    if after is None:  # the head of the list: the index is the place
        for page in found:
            for place, document in enumerate(page.nodes):
                document["order"] = place
    return found


@edge(scope=READ)
async def child_count_of(ctx: Context, documents: Sequence[DocumentRecord], fields: Fields) -> list[int]:
    """How many documents are right below each."""
    found = await counts(Document, "parent_id", (document["_id"] for document in documents))
    return [found.get(document["_id"], 0) for document in documents]


@edge(scope=READ)
async def tree_of_workspace(
    ctx: Context, workspaces: Sequence[WorkspaceRecord], fields: Fields, *, context_id: str | None = None
) -> list[list[DocumentRecord]]:
    """The documents of each workspace (or of one context in it) as a tree, parents before their children."""
    wanted = None if context_id is None else parse_id(context_id, field="contextId")
    found = await trees_of([workspace["_id"] for workspace in workspaces], wanted, fields)
    return [found[workspace["_id"]] for workspace in workspaces]


@edge(scope=READ)
async def order_of(ctx: Context, documents: Sequence[DocumentRecord], fields: Fields) -> list[int]:
    """A document's place among those of the same parent, from 0."""
    return await places_of(documents)


activity_of = pages_by(ACTIVITY, "document_id")
"""What happened to a document, oldest first."""
