"""Connections: pages of a list, with cursors and a total that is only counted when it is asked for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, Generic, TypeVar

import strawberry
from strawberry import UNSET
from strawberry.types import get_object_definition

from models.base import Record
from resolvers.kit.context import Context
from resolvers.kit.noun import Fields
from resolvers.kit.operation import edge as enter
from resolvers.kit.page import Page
from resolvers.lane.totals import totals
from schema.loading import derived, edge

T = TypeVar("T")

KEYWORD = Parameter.POSITIONAL_OR_KEYWORD

First = Annotated[int | None, strawberry.argument(description="How many to return: 50 by default, at most 500.")]
After = Annotated[str | None, strawberry.argument(description="Return what follows this cursor.")]
Last = Annotated[int | None, strawberry.argument(description="How many to return, counted from the end.")]
Before = Annotated[str | None, strawberry.argument(description="Return what precedes this cursor.")]


def window(first: First = UNSET, after: After = UNSET) -> None:
    """The arguments of a connection without any of its own."""


def window_of(filter: type, order: type | None = None) -> Callable[..., None]:
    """The arguments of a connection with a filter, and with an order where it has one."""
    which, _, _ = str(get_object_definition(filter, strict=True).description).partition(". ")
    added: dict[str, Any] = {
        "filter": Annotated[filter | None, strawberry.argument(description=f"{which.removesuffix('.')}.")]
    }
    if order is not None:
        told = strawberry.argument(description="What to sort by, the most important key first.")
        added["order_by"] = Annotated[list[order] | None, told]  # type: ignore[valid-type]
    parameters = [*signature(window).parameters.values()]
    parameters += [Parameter(name, KEYWORD, default=UNSET, annotation=type_) for name, type_ in added.items()]

    def arguments() -> None:
        """As its signature says."""

    arguments.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return arguments


@dataclass(frozen=True, slots=True)
class Located:
    """A record with its place in the list."""

    node: Record
    cursor: str


@dataclass(frozen=True, slots=True)
class Ends:
    """What `PageInfo` tells."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@enter()
async def totals_of(ctx: Context, pages: Sequence[Page], fields: Fields) -> list[int]:
    """The totals of many pages: one query a collection."""
    found: dict[int, int] = {}
    for model in {page.model for page in pages}:
        same = [page for page in pages if page.model is model]
        found.update(zip(map(id, same), await totals(same), strict=True))
    return [found[id(page)] for page in pages]


def ends_of(page: Page) -> Ends:
    first, last = (page.nodes[0], page.nodes[-1]) if page.nodes else (None, None)
    return Ends(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=page.cursor(first) if first is not None else None,
        end_cursor=page.cursor(last) if last is not None else None,
    )


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follows.")
    has_previous_page: bool = strawberry.field(description="Whether something precedes.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first element.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last element.")


@strawberry.type(name="Edge", description="An element of a list, with its place.")
class ListEdge(Generic[T]):
    cursor: str = strawberry.field(description="The place of the element in the list.")
    node: T = derived(lambda located: located.node, description="The element.", through=True)


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[ListEdge[T]] = derived(
        lambda page: [Located(node, page.cursor(node)) for node in page.nodes],
        description="The elements with their cursors.",
        through=True,
    )
    nodes: list[T] = derived(lambda page: page.nodes, description="The elements.", through=True)
    page_info: PageInfo = derived(ends_of, description="Where the page stands.")
    total_count: int = edge(totals_of, description="How many elements the whole list has.")


def page_of(page: Page) -> Any:
    """A page as the connection that it is resolved to."""
    return page
