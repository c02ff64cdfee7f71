"""Documents with their versions, and how they stand in a tree."""

from typing import Annotated

import strawberry
from strawberry import UNSET

import models
from models.enums import DocumentFormat
from resolvers.document import graph as edges
from resolvers.document import link as document_link
from resolvers.document import version as document_version
from schema.connection import Connection, window, window_of
from schema.extension import extends
from schema.fields import shows
from schema.filters import DocumentFilter, DocumentOrder
from schema.loading import derived, edge
from schema.node import Node
from schema.references import CardRef, DocumentRef, DocumentVersionRef, ProjectRef, ScopeRef, WorkspaceRef

Format = Annotated[DocumentFormat | None, strawberry.argument(description="The form; Markdown by default.")]
VersionNumber = Annotated[int, strawberry.argument(description="The number of a version.")]
ContextIdArgument = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only those about this object; all by default.")
]


documents_window = window_of(DocumentFilter, DocumentOrder)


def tree_arguments(context_id: ContextIdArgument = UNSET) -> None:
    """The arguments of a tree of documents."""


def content_arguments(format: Format = UNSET) -> None:
    """The arguments of a text."""


def diff_arguments(
    from_: Annotated[int, strawberry.argument(name="from", description="The number of the older version.")],
    to: Annotated[int, strawberry.argument(description="The number of the newer version.")],
) -> None:
    """The arguments of a comparison."""


PLACE = ("workspace_id", "context_id", "parent_id", "rank")


@shows(models.DocumentVersion, "The text of a document at a time.")
class DocumentVersion(Node):
    content: str | None = edge(
        document_version.content_of_version,
        needs=("size",),
        arguments=content_arguments,
        description="The text: Markdown, or a TipTap document as JSON text; null once it is deleted.",
    )


@shows(models.Document, "A text of a workspace: a specification, a decision, a note, in a tree of documents.")
class Document(Node):
    context_id: strawberry.ID = strawberry.field(description="The id of what it is about.")
    order: int = edge(edges.order_of, needs=PLACE, description="Its place among those of the same parent, from 0.")
    children: Connection[DocumentRef] = edge(
        edges.children_of, arguments=window, description="The documents right below it, in order."
    )
    child_count: int = edge(edges.child_count_of, description="How many documents are right below it.")
    content: str | None = edge(
        document_version.content_of,
        needs=("content_id", "size"),
        arguments=content_arguments,
        description="The text: Markdown, or a TipTap document as JSON text; null, in an event of the past, once it is "
        "deleted.",
    )
    versions: Connection[DocumentVersionRef] = edge(
        document_version.versions_of,
        arguments=window,
        description="Its texts over time, the newest first; 100 at most.",
    )
    diff: str | None = edge(
        document_version.diff_of,
        arguments=diff_arguments,
        description="What changed in the Markdown between two versions, as a unified diff; null where one is missing.",
    )
    linked_cards: Connection[CardRef] = edge(
        document_link.cards_of_document, arguments=window, description="The cards that it is linked to."
    )


@strawberry.type(description="A document at its place in the tree.")
class DocumentTreeEntry:
    document: Document = derived(lambda link: link, description="The document.", through=True)
    depth: int = derived(lambda link: link["depth"], description="How many documents stand above it.")


@extends(ProjectRef, after="active_missions")
class OfProject:
    documents: Connection[Document] = edge(
        edges.documents_of_project,
        arguments=documents_window,
        description="The documents about it, those about its scopes included.",
    )


@extends(ScopeRef, after="cards")
class OfScope:
    documents: Connection[Document] = edge(
        edges.documents_of_scope, arguments=documents_window, description="The documents about it."
    )


@extends(CardRef, after="activity")
class OfCard:
    documents: Connection[Document] = edge(
        document_link.documents_of_card, arguments=window, description="The documents that are linked to it."
    )


@extends(WorkspaceRef, after="transfer_jobs")
class OfWorkspace:
    documents: Connection[Document] = edge(
        edges.documents_of_workspace,
        arguments=documents_window,
        description="All its documents, whatever they are about.",
    )
    document_tree: list[DocumentTreeEntry] = edge(
        edges.tree_of_workspace,
        arguments=tree_arguments,
        description="Its documents as a tree: each right behind its parent and what precedes it there; 5,000 at most.",
    )
