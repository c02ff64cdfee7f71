"""Plain lists out of the graph's pages: the interface answers arrays, of at most `limit` entries."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from pydantic import Field

from models.base import R
from models.enums import DocumentContext, DocumentFormat, DocumentStatus, DocumentType, MissionStatus, ProposalStatus
from resolvers.inputs.document import ContextId, Tag
from resolvers.kit.input import Input
from resolvers.kit.page import DEFAULT_SIZE, MAX_SIZE, Page
from rest.parameters import at_most

LIST_LIMIT = 5000

Limit = Annotated[int, Field(ge=1, le=LIST_LIMIT), at_most(LIST_LIMIT)]
"""How many entries of a list are asked for."""


class NotificationQuery(Input):
    """How many notifications, and whether those that are read already are left out."""

    limit: Annotated[int, Field(ge=1, le=MAX_SIZE), at_most(MAX_SIZE)] = DEFAULT_SIZE
    unread_only: bool = False


class MissionQuery(Input):
    """How many missions, the newest first, and of which status."""

    limit: Limit = LIST_LIMIT
    status: MissionStatus | None = None

    def filter(self) -> dict[str, Any]:
        """The filter of the graph that it stands for."""
        return {} if self.status is None else {"status": {"eq": self.status.value}}


class ProposalQuery(Input):
    """How many proposals, the newest first, and of which status."""

    limit: Limit = MAX_SIZE
    status: ProposalStatus | None = None

    def filter(self) -> dict[str, Any]:
        """The filter of the graph that it stands for."""
        return {} if self.status is None else {"status": {"eq": self.status.value}}


class PendingProposalQuery(ProposalQuery):
    """How many proposals, the newest first: those that wait for a decision, or of another status."""

    status: ProposalStatus = ProposalStatus.PENDING


class DocumentQuery(Input):
    """Which documents, and how many: of a type, a status, about something, below a document (`root`: at the top)."""

    limit: Limit = LIST_LIMIT
    doc_type: DocumentType | None = None
    status: DocumentStatus | None = None
    context_type: DocumentContext | None = None
    context_id: ContextId | None = None
    parent_id: Annotated[str, Field(pattern=r"^([0-9a-f]{24}|root)$")] | None = None
    tag: Tag | None = None

    def filter(self) -> dict[str, Any]:
        """The filter of the graph that it stands for."""
        given = {
            "doc_type": self.doc_type,
            "status": self.status,
            "context_type": self.context_type,
            "context": self.context_id,
            "tag": self.tag,
        }
        found: dict[str, Any] = {name: {"eq": value} for name, value in given.items() if value is not None}
        if self.parent_id is not None:
            found["parent"] = {"null": True} if self.parent_id == "root" else {"eq": self.parent_id}
        return found


class DocumentTreeQuery(Input):
    """The tree of one context alone."""

    context_id: ContextId | None = None


class DocumentFormatQuery(Input):
    """The form of the text; by default the one that it was last written in."""

    content_format: DocumentFormat | None = None


class DocumentDiffQuery(Input):
    """The numbers of two versions; without them the last two."""

    from_: Annotated[int | None, Field(ge=1, le=2**31, alias="from")] = None
    to: Annotated[int | None, Field(ge=1, le=2**31)] = None


async def whole(read: Callable[[int, str | None], Awaitable[Page[R]]], limit: int = LIST_LIMIT) -> list[R]:
    """The first `limit` records of a list; `read` answers a page of some size after a cursor."""
    found: list[R] = []
    after: str | None = None
    while len(found) < limit:
        page = await read(min(MAX_SIZE, limit - len(found)), after)
        found += page.nodes
        if not page.has_next:
            break
        after = page.cursor(page.nodes[-1])
    return found
