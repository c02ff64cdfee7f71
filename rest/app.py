"""The REST interfaces as one set of routes and one document."""

from functools import cache
from typing import Any

from starlette.routing import BaseRoute

from rest.openapi import build
from rest.routing import MakeContext, Recall, starlette_routes
from rest.stellary.table import TABLE, TAGS
from serving.cookies import CookieScope


def build_routes(
    make_context: MakeContext, *, cookies: CookieScope, recall: Recall = lambda _: None
) -> list[BaseRoute]:
    """The routes to mount at the root. `make_context` raises Unauthenticated for a credential that is not valid.

    The app's handler of `HTTPException` is `serving.errors.answer_http_exception`, so that unknown paths answer alike.
    """
    return starlette_routes(TABLE, make_context, cookies=cookies, recall=recall)


@cache
def openapi(version: str, base_url: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of every route, made once."""
    return build(TABLE, TAGS, version=version, base_url=base_url)
