"""Documents with their versions, and how they stand in a tree."""

from datetime import datetime
from typing import Annotated

import strawberry
from strawberry import UNSET

from resolvers.column.scope import project_of, scope_of
from resolvers.document import graph as edges
from resolvers.document import link as document_link
from resolvers.document import version as document_version
from resolvers.project.project import workspace_of
from schema.activity import Activity
from schema.connection import After, Connection, First, window
from schema.enums import DocumentContext, DocumentFormat, DocumentStatus, DocumentType
from schema.filters import DocumentFilter, DocumentOrder
from schema.loading import derived, edge
from schema.node import Node
from schema.references import CardRef, DocumentRef, DocumentVersionRef, ProjectRef, ScopeRef, UserRef, WorkspaceRef

Format = Annotated[DocumentFormat | None, strawberry.argument(description="The form; Markdown by default.")]
VersionNumber = Annotated[int, strawberry.argument(description="The number of a version.")]
DocumentFilterArgument = Annotated[DocumentFilter | None, strawberry.argument(description="Which documents.")]
DocumentOrderArgument = Annotated[
    list[DocumentOrder] | None, strawberry.argument(description="What to sort by, the most important key first.")
]
ContextIdArgument = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only those about this object; all by default.")
]


def documents_window(
    first: First = UNSET,
    after: After = UNSET,
    filter: DocumentFilterArgument = UNSET,
    order_by: DocumentOrderArgument = UNSET,
) -> None:
    """The arguments of a list of documents."""


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


@strawberry.type(description="The text of a document at a time.")
class DocumentVersion(Node):
    number: int = strawberry.field(description="Counts the versions of the document, from 1.")
    title: str = strawberry.field(description="The title of the document then.")
    document: DocumentRef = edge(edges.document_of, needs=("document_id",), description="The document.")
    author: UserRef | None = edge(edges.author_of, needs=("author_id",), description="Who wrote it.")
    content_format: DocumentFormat = strawberry.field(description="The form that it was written in.")
    content: str | None = edge(
        document_version.content_of_version,
        needs=("size",),
        arguments=content_arguments,
        description="The text: Markdown, or a TipTap document as JSON text; null once it is deleted.",
    )
    size: int = strawberry.field(description="The bytes of both forms together.")
    created_at: datetime = strawberry.field(description="When it was begun.")
    updated_at: datetime = strawberry.field(description="When it was last saved.")


@strawberry.type(description="A text of a workspace: a specification, a decision, a note, in a tree of documents.")
class Document(Node):
    title: str = strawberry.field(description="The title.")
    doc_type: DocumentType = strawberry.field(description="What it is.")
    tags: list[str] = strawberry.field(description="Its tags.")
    workspace: WorkspaceRef = edge(workspace_of, needs=("workspace_id",), description="The workspace that it is in.")
    context_type: DocumentContext = strawberry.field(description="The kind of what it is about.")
    context_id: strawberry.ID = strawberry.field(description="The id of what it is about.")
    project: ProjectRef | None = edge(
        project_of, needs=("project_id",), description="The project that it is about, itself or by a scope."
    )
    scope: ScopeRef | None = edge(scope_of, needs=("scope_id",), description="The scope that it is about.")
    parent: DocumentRef | None = edge(
        edges.parent_of, needs=("parent_id",), description="The document that it stands below; null at the top."
    )
    order: int = edge(edges.order_of, needs=PLACE, description="Its place among those of the same parent, from 0.")
    children: Connection[DocumentRef] = edge(
        edges.children_of, arguments=window, description="The documents right below it, in order."
    )
    child_count: int = edge(edges.child_count_of, description="How many documents are right below it.")
    content_format: DocumentFormat = strawberry.field(description="The form that its text was last written in.")
    content: str | None = edge(
        document_version.content_of,
        needs=("content_id", "size"),
        arguments=content_arguments,
        description="The text: Markdown, or a TipTap document as JSON text; null, in an event of the past, once it is "
        "deleted.",
    )
    excerpt: str = strawberry.field(description="The beginning of the text, at most 200 characters, without markup.")
    size: int = strawberry.field(description="The bytes of both forms of the text together.")
    status: DocumentStatus = strawberry.field(description="Where it stands in its review.")
    review_notes: str | None = strawberry.field(description="What the last reviewer said.")
    submitted_by: UserRef | None = edge(
        edges.submitter_of, needs=("submitted_by",), description="Who last submitted it for review."
    )
    submitted_at: datetime | None = strawberry.field(description="When it was last submitted for review.")
    reviewed_by: UserRef | None = edge(edges.reviewer_of, needs=("reviewed_by",), description="Who last reviewed it.")
    reviewed_at: datetime | None = strawberry.field(description="When it was last reviewed.")
    author: UserRef | None = edge(edges.author_of, needs=("author_id",), description="Who created it.")
    updated_by: UserRef | None = edge(edges.editor_of, needs=("updated_by",), description="Who last changed it.")
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
    activity: Connection[Activity] = edge(
        edges.activity_of, arguments=window, description="What happened to it, oldest first."
    )
    version: int = strawberry.field(description="Counts its changes; send it back as `expectedVersion`.")
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it last changed.")


@strawberry.type(description="A document at its place in the tree.")
class DocumentTreeEntry:
    document: Document = derived(lambda one: one, description="The document.", through=True)
    depth: int = derived(lambda one: one["depth"], description="How many documents stand above it.")
