"""One search over tasks, products and agents."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Any

from bson import ObjectId

from models.base import Record
from models.enums import SearchType, TokenScope
from models.errors import NotFound
from models.limits import Text
from resolvers.agent.agent import get_agent
from resolvers.card.card import get_card
from resolvers.kit.noun import Noun
from resolvers.kit.nouns import AGENT, CARD, PROJECT
from resolvers.kit.numbered import find_counted
from resolvers.kit.slugs import INBOX, agent_by_slug, project_by_slug
from resolvers.project.project import get_project
from resolvers.search.search import search
from resolvers.words.query import MAX_QUERY
from rest.orkosi.bodies import Query
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.present.found import FoundByKind, found_by_kind
from rest.orkosi.workspace import workspace_of
from rest.routing import Call

routes = orkosi_routes(
    "search", "/search", about="One search over tasks, products and agents.", place=140, tag_place=270
)

MOST = 20
"""Of each kind."""
MOST_DIGITS = 10
_SHOWN = frozenset({"number", "title", "name", "slug"})

BySlug = Callable[[ObjectId, str], Awaitable[ObjectId | None]]


class SearchQuery(Query):
    """What to search for: words, or a number or a name."""

    q: Annotated[str, Text(1, MAX_QUERY)]


@routes.get("", "Search tasks, products and agents", runs=search, query=SearchQuery, names_object=True)
async def find(call: Call) -> FoundByKind:
    """What has the number `q` or is called so first, then what has all its words; 20 of each kind at most."""
    workspace_id, q = await workspace_of(call), call.query(SearchQuery).q
    tasks = await _found(call, workspace_id, q, SearchType.CARD, CARD, get_card)
    projects = await _found(call, workspace_id, q, SearchType.PROJECT, PROJECT, get_project, project_by_slug)
    products = [project for project in projects if project.get("slug") != INBOX]
    agents: Sequence[Record] = []
    if TokenScope.PILOTAGE_READ in call.ctx.subject.scopes:
        agents = await _found(call, workspace_id, q, SearchType.AGENT, AGENT, get_agent, agent_by_slug)
    return found_by_kind(tasks, products, agents)


async def _found(
    call: Call,
    workspace_id: ObjectId,
    q: str,
    kind: SearchType,
    noun: Noun[Any],
    read: Callable[..., Awaitable[Any]],
    by_slug: BySlug | None = None,
) -> list[Record]:
    page = await search(call.ctx, workspace_id, q, types=[kind], first=MOST, fields=_SHOWN)
    found = [hit.node for hit in page.nodes]
    called = await _called(workspace_id, q, noun, by_slug)
    if called is None:
        return found
    first = await read(call.ctx, called, fields=_SHOWN)
    return [first, *(record for record in found if record["_id"] != called)][:MOST]


async def _called(workspace_id: ObjectId, q: str, noun: Noun[Any], by_slug: BySlug | None) -> ObjectId | None:
    """What has the number `q`, or is called so."""
    if q.isascii() and q.isdecimal() and len(q) <= MOST_DIGITS:
        try:
            return await find_counted(noun, int(q), workspace_id)
        except NotFound:
            return None
    return None if by_slug is None else await by_slug(workspace_id, q)
