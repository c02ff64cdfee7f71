"""Full-text search in a workspace."""

from typing import Annotated, Any, Literal

from bson import ObjectId
from pydantic import BeforeValidator, Field, WithJsonSchema

from models.enums import SearchType
from models.ids import Kind
from models.limits import Text
from resolvers.kit.input import IdOf, Input
from resolvers.search.search import DEFAULT_SIZE, MAX_SIZE, search
from resolvers.words.query import MAX_QUERY
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import WORKSPACE
from rest.stellary.present.search import Hit, hit

routes = Routes(
    "Search", WORKSPACE + "/search", about="Cards, comments, documents and projects by their words.", place=140
)

TYPES = (SearchType.CARD, SearchType.COMMENT, SearchType.DOCUMENT, SearchType.PROJECT)
"""What this interface finds."""


def _listed(value: Any) -> Any:
    return value.split(",") if isinstance(value, str) else value


class SearchQuery(Input):
    """What to search for; `types` are separated by commas."""

    q: Annotated[str, Text(1, MAX_QUERY)]
    types: Annotated[
        list[Literal[SearchType.CARD, SearchType.COMMENT, SearchType.DOCUMENT, SearchType.PROJECT]] | None,
        BeforeValidator(_listed),
        WithJsonSchema(
            {"type": "string", "pattern": "^(card|comment|document|project)(,(card|comment|document|project))*$"}
        ),
    ] = None
    project_id: Annotated[ObjectId, IdOf(Kind.PROJECT)] | None = None
    archived: bool = False
    limit: Annotated[int, Field(ge=1, le=MAX_SIZE)] = DEFAULT_SIZE


@routes.get("", "Search the workspace, the best first", runs=search, query=SearchQuery)
async def find(call: Call) -> list[Hit]:
    """Every word of `q` has to be there, or a word that begins with it; "words in quotes" stand side by side."""
    workspace = await guards.workspace(call)
    wanted = call.query(SearchQuery)
    page = await search(
        call.ctx,
        workspace["_id"],
        wanted.q,
        types=TYPES if wanted.types is None else wanted.types,
        project_id=wanted.project_id,
        archived=wanted.archived,
        first=wanted.limit,
        fields=frozenset({"project_id", "card_id"}),
    )
    return [hit(found) for found in page.nodes]
