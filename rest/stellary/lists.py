"""Plain lists out of the graph's pages: the interface answers arrays, of at most `limit` entries."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from pydantic import Field

from models.base import Record
from models.enums import MissionStatus
from resolvers.inputs.base import Input
from resolvers.page import DEFAULT_SIZE, MAX_SIZE, Page

LIST_LIMIT = 5000


class NotificationQuery(Input):
    """How many notifications, and whether those that are read already are left out."""

    limit: Annotated[int, Field(ge=1, le=MAX_SIZE)] = DEFAULT_SIZE
    unread_only: bool = False


class MissionQuery(Input):
    """How many missions, the newest first, and of which status."""

    limit: Annotated[int, Field(ge=1, le=LIST_LIMIT)] = LIST_LIMIT
    status: MissionStatus | None = None

    def filter(self) -> dict[str, Any]:
        """The filter of the graph that it stands for."""
        return {} if self.status is None else {"status": {"eq": self.status.value}}


async def whole(read: Callable[[int, str | None], Awaitable[Page]], limit: int = LIST_LIMIT) -> list[Record]:
    """The first `limit` records of a list; `read` answers a page of some size after a cursor."""
    found: list[Record] = []
    after: str | None = None
    while len(found) < limit:
        page = await read(min(MAX_SIZE, limit - len(found)), after)
        found += page.nodes
        if not page.has_next:
            break
        after = page.cursor(page.nodes[-1])
    return found
