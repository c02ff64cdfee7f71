"""The REST interfaces as one set of routes and one document."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import combinations
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from rest import agent_board, orkosi, stellary
from rest.agent_board.dialect import AGENT_BOARD
from rest.agent_board.live import routes as live
from rest.dialect import PLAIN, Dialect
from rest.endpoint import MakeContext, Recall, starlette_routes
from rest.openapi import build
from rest.orkosi.dialect import BASE, ORKOSI, SCOPED
from rest.prefixes import DEFAULT, Prefixes
from rest.routing import Route
from rest.tables import table_of
from serving.cookies import CookieScope
from serving.errors import answer_http_exception


@dataclass(frozen=True, slots=True, eq=False)
class Interface:
    """Routes that speak one dialect, with the descriptions of their groups. `table` has them as they are mounted, and
    `scoped` once more, below addresses that name a workspace; `also` are paths of the document that no route of the
    table serves."""

    prefix: str
    dialect: Dialect
    table: tuple[Route, ...]
    tags: Mapping[str, str]
    also: Mapping[str, Any] = field(default_factory=dict)
    scoped: tuple[Route, ...] = ()

    @property
    def routes(self) -> tuple[Route, ...]:
        """All that it serves."""
        return self.table + self.scoped


class Collision(Exception):  # noqa: N818
    """Two routes that one address leads to."""


@cache
def interfaces(prefixes: Prefixes = DEFAULT) -> tuple[Interface, ...]:
    """Every interface where it is mounted. Raises Collision where a route is over one of another interface."""
    found = [Interface("", PLAIN, *table_of(stellary))]
    if prefix := prefixes.agent_board:
        table, tags = table_of(agent_board)
        also = {prefix + live.PATH: live.DOCUMENT}
        found.append(Interface(prefix, AGENT_BOARD, _mounted(prefix, table), tags | live.TAGS, also))
    if prefix := prefixes.orkosi:
        table, tags = table_of(orkosi)
        mounted, scoped = (_mounted(prefix + base, table) for base in (BASE, SCOPED))
        found.append(Interface(prefix, ORKOSI, mounted, tags, scoped=scoped))
    for first, second in combinations(found, 2):
        begun_alike = defaultdict(list)
        for known in first.routes:
            begun_alike[_beginning(known.path)].append(known.path)
        for route in second.routes:
            for path in begun_alike[_beginning(route.path)]:
                if overlap(path, route.path):
                    raise Collision(f"{route.path} is over {path}")
    return tuple(found)


def _beginning(path: str) -> str:
    """The first segment of a path of the tables, or of where one is mounted: a word, and never a parameter."""
    first = path.split("/", 2)[1]
    if first[:1] == "{":
        raise ValueError(f"{path} begins with a parameter")
    return first


def _mounted(base: str, table: tuple[Route, ...]) -> tuple[Route, ...]:
    return tuple(replace(route, path=base + route.path) for route in table)


def overlap(path: str, known: str) -> bool:
    """Whether an address may be that of two paths."""
    parts, others = path.split("/"), known.split("/")
    return len(parts) == len(others) and all(
        part == other or "{" in (part[:1], other[:1]) for part, other in zip(parts, others, strict=True)
    )


TABLE: tuple[Route, ...] = tuple(route for interface in interfaces() for route in interface.table)
"""Every route of every interface, where they are unless a setting says otherwise."""


def build_routes(
    make_context: MakeContext,
    *,
    cookies: CookieScope,
    recall: Recall = lambda _: None,
    prefixes: Prefixes = DEFAULT,
) -> list[BaseRoute]:
    """The routes to mount at the root. `make_context` raises Unauthenticated for a credential that is not valid.

    The app's handler of `HTTPException` is `failures`, so that unknown paths answer alike.
    """
    table = [route for interface in interfaces(prefixes) for route in interface.routes]
    return starlette_routes(table, make_context, cookies=cookies, recall=recall)


def failures(prefixes: Prefixes = DEFAULT) -> Callable[[Request, Exception], Awaitable[Response]]:
    """The handler of Starlette's own failures, which speaks as the interface does whose prefix the path begins with."""
    longest_first = sorted(interfaces(prefixes), key=lambda interface: -len(interface.prefix))
    speakers = [(f"{interface.prefix}/", interface.dialect.render) for interface in longest_first]

    async def failed(request: Request, error: Exception) -> Response:
        path = f"{request.url.path}/"
        render = next(render for prefix, render in speakers if path.startswith(prefix))
        return answer_http_exception(request, error, render)

    return failed


@cache
def openapi(version: str, base_url: str, prefixes: Prefixes = DEFAULT) -> dict[str, Any]:
    """The OpenAPI 3.1 document of every route, made once."""
    found = interfaces(prefixes)
    tags = {name: text for interface in found for name, text in interface.tags.items()}
    table = [route for interface in found for route in interface.table]
    also = {path: shape for interface in found for path, shape in interface.also.items()}
    return build(table, tags, version=version, base_url=base_url, also=also)
