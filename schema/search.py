"""What a search finds, and where the words stand in it."""

from typing import Annotated

import strawberry

from models.enums import SearchType
from resolvers.kit.contract import contract
from resolvers.kit.operation import operation_of
from resolvers.search.search import Found, search, totals_of
from schema.connection import ListEdge, Located, PageInfo, ends_of
from schema.loading import derived, edge
from schema.node import Node

_TOLD = {argument.name: argument.description for argument in contract(operation_of(search)).arguments}

Words = Annotated[str, strawberry.argument(description=_TOLD["query"])]
SearchTypes = Annotated[list[SearchType] | None, strawberry.argument(description=_TOLD["types"])]
InProject = Annotated[strawberry.ID | None, strawberry.argument(description=_TOLD["project_id"])]
Archived = Annotated[bool, strawberry.argument(description=_TOLD["archived"])]
SearchFirst = Annotated[int | None, strawberry.argument(description=_TOLD["first"])]
SearchAfter = Annotated[str | None, strawberry.argument(description=_TOLD["after"])]


@strawberry.type(description="A piece of a text.")
class SearchFragment:
    text: str = strawberry.field(description="The piece; all of them in a row are the text.")
    is_match: bool = strawberry.field(description="Whether it is what was searched for.")


def _score(found: Found) -> float:
    return -found.hit.rank


@strawberry.type(description="Something that was found.")
class SearchHit:
    node: Node = derived(
        lambda found: found.node, description="The card, comment, document, project, agent or file.", through=True
    )
    score: float = derived(_score, description="How well it fits; comparable within one search.")
    title: list[SearchFragment] = derived(
        lambda found: found.hit.title, description="Its title, with what was searched for; empty for a comment."
    )
    excerpt: list[SearchFragment] = derived(
        lambda found: found.hit.excerpt, description="Where its text fits best, in some 24 words."
    )


@strawberry.type(description="A page of what was found.")
class SearchConnection:
    edges: list[ListEdge[SearchHit]] = derived(
        lambda page: [Located(node, page.cursor(node)) for node in page.nodes],
        description="What was found, with cursors.",
        through=True,
    )
    nodes: list[SearchHit] = derived(lambda page: page.nodes, description="What was found.", through=True)
    page_info: PageInfo = derived(ends_of, description="Where the page stands.")
    total_count: int = edge(totals_of, description="How much there is to find.")
