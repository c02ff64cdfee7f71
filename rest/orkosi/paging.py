"""Lists by `limit` and `offset`, out of the graph's pages, and what `meta` tells of them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

from pydantic import Field
from typing_extensions import TypeVar

from models.base import AnyRecord
from resolvers.kit.page import MAX_SIZE, Page
from resolvers.lane.totals import totals
from rest.orkosi.bodies import Query
from rest.routing import Call

MAX_PAGE = 200
MAX_LISTED = 1_000
"""Of a list without `limit`."""

R = TypeVar("R", bound=AnyRecord)
T = TypeVar("T")
Read = Callable[[int, str | None], Awaitable[Page[R]]]
"""Answers a page of some size after a cursor."""


class PageQuery(Query):
    """Which part of a list."""

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 50
    offset: Annotated[int, Field(ge=0, le=10_000)] = 0


async def listed(call: Call, query: PageQuery, read: Read[R]) -> list[R]:
    """The part of a list that was asked for."""
    found, page = await _first(read, query.offset + query.limit)
    return listed_of(call, query, found[query.offset :], await _total(found, page))


def listed_of(call: Call, query: PageQuery, found: list[T], total: int) -> list[T]:
    """The part of a list that was asked for, which is found already, of so many in all."""
    return _told(call, found, total, query.limit, query.offset)


async def whole(call: Call, read: Read[R]) -> list[R]:
    """All of a list, of which that is at most the first 1,000."""
    found, page = await _first(read, MAX_LISTED)
    return _told(call, found, await _total(found, page), MAX_LISTED, 0)


def whole_of(call: Call, found: Sequence[T]) -> list[T]:
    """The same of a list that is found already."""
    return _told(call, list(found[:MAX_LISTED]), len(found), MAX_LISTED, 0)


async def _first(read: Read[R], wanted: int) -> tuple[list[R], Page[R]]:
    """The first records of a list, and the last page of those that were read."""
    page = await read(min(MAX_SIZE, wanted), None)
    found = list(page.nodes)
    while page.has_next and len(found) < wanted:
        page = await read(min(MAX_SIZE, wanted - len(found)), page.cursor(page.nodes[-1]))
        found += page.nodes
    return found, page


async def _total(found: Sequence[R], page: Page[R]) -> int:
    """How long the list is: where all of it was read, that is known."""
    return (await totals([page]))[0] if page.has_next else len(found)


def _told(call: Call, found: list[T], total: int, limit: int, offset: int) -> list[T]:
    more = offset + len(found) < total
    call.meta.update(total=total, limit=limit, offset=offset, has_more=more)
    return found
