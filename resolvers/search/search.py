"""Full-text search in a workspace by words and their beginnings, the best first."""

import base64
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated

import orjson
from bson import ObjectId

from auth.policies import board
from models.base import Record
from models.enums import SearchType, TokenScope
from models.errors import BadUserInput
from models.ids import Kind, kind_of, parse_id
from resolvers.kit.access import check_workspace
from resolvers.kit.context import Context
from resolvers.kit.load import by_ids
from resolvers.kit.noun import Fields
from resolvers.kit.operation import edge, operation
from resolvers.kit.page import Window
from resolvers.kit.tombstone import FIELDS, shut
from resolvers.search.follow import SEARCHABLE, follow
from resolvers.words.index import Hit, Terms
from resolvers.words.query import read_query

READ = TokenScope.PROJECTS_READ
DEFAULT_SIZE, MAX_SIZE = 20, 100
_SCOPES = {SearchType.AGENT: TokenScope.PILOTAGE_READ}
"""What finding some of it takes beside the scope of a search."""


@dataclass(frozen=True, slots=True)
class Found:
    """An object with how well it fits and where."""

    node: Record
    hit: Hit


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page of what was found; `workspace_id` and `terms` tell how to count all of it."""

    nodes: list[Found]
    has_next: bool
    has_previous: bool
    workspace_id: ObjectId
    terms: Terms

    def cursor(self, found: Found) -> str:
        """Where something stands in the list."""
        return base64.urlsafe_b64encode(orjson.dumps([found.hit.rank, found.hit.place])).decode().rstrip("=")


@operation("search", scope=READ, permission=board.READ, read_only=True, tool="search", in_project=True)
async def search(
    ctx: Context,
    workspace_id: ObjectId | str,
    query: Annotated[
        str, 'Words, or their beginnings, that all have to be there; "words in quotes" stand side by side.'
    ],
    *,
    types: Annotated[Collection[SearchType] | None, "Find these alone; all by default."] = None,
    project_id: Annotated[ObjectId | str | None, "Find in this project alone."] = None,
    archived: Annotated[bool, "Find archived cards too."] = False,
    first: Annotated[int | None, "How many to return: 20 by default, at most 100."] = None,
    after: Annotated[str | None, "Return what follows this cursor."] = None,
    fields: Fields = None,
) -> FoundPage:
    """What holds every word of `query`, or a word that begins with it; "words in quotes" stand side by side.

    Everything written before is found. Archived cards are, where `archived` says so; agents, where the caller may read
    them.
    """
    wanted = parse_id(workspace_id, Kind.WORKSPACE, field="workspaceId")
    await check_workspace(ctx, wanted, board.READ)
    named = ctx.subject.project_id or project_id
    project = None if named is None else parse_id(named, Kind.PROJECT, field="projectId")
    kinds = [kind for kind in (SearchType if types is None else types) if _SCOPES.get(kind, READ) in ctx.subject.scopes]
    terms = Terms(read_query(query), kinds, project, archived)
    window = Window.read(DEFAULT_SIZE if first is None else first, after)
    if window.size > MAX_SIZE:
        raise BadUserInput(f"must be between 0 and {MAX_SIZE}", field="first")
    beyond = None if after is None else _place(after)
    await follow(ctx.services, wanted)
    hits = await ctx.services.search.find(wanted, terms, window.size + 1, beyond)
    found = await _records(hits[: window.size], None if fields is None else fields | FIELDS)
    # What was deleted, or left the workspace, since the index was read is left out.
    inside = {object_id for object_id, record in found.items() if record["workspace_id"] == wanted}
    inside -= await shut(ctx, [found[record] for record in inside])
    nodes = [Found(found[hit.id], hit) for hit in hits[: window.size] if hit.id in inside]
    return FoundPage(nodes, len(hits) > window.size, beyond is not None, wanted, terms)


@edge()
async def totals_of(ctx: Context, pages: Sequence[FoundPage], fields: Fields) -> list[int]:
    """How many objects the whole lists have."""
    return [await ctx.services.search.count(page.workspace_id, page.terms) for page in pages]


async def _records(hits: Sequence[Hit], fields: Fields) -> dict[ObjectId, Record]:
    """The objects behind hits, one query a kind."""
    found: dict[ObjectId, Record] = {}
    for kind, searchable in SEARCHABLE.items():
        ids = [hit.id for hit in hits if kind_of(hit.id) is kind]
        for record in (await by_ids(searchable.model, ids, fields)).values():
            found[record["_id"]] = record
    return found


def _place(cursor: str) -> tuple[float, int]:
    try:
        rank, place = orjson.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)))
    except (ValueError, TypeError) as error:
        raise BadUserInput("is not a cursor of this list", field="after") from error
    if not isinstance(rank, float) or not isinstance(place, int) or abs(place) >= 2**63:
        raise BadUserInput("is not a cursor of this list", field="after")
    return rank, place
