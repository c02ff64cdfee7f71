"""The endpoints of OAuth: where clients read what there is, register, and come for tokens, and where a person agrees.

What is in a request is bounded and counted here, and handed to the SDK's handlers then (`protocol`); the pages are
`page`'s. Nothing is kept in the process: each request of a client may be answered by another worker.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from agents.loading import LOADING
from agents.oauth.consent import ConsentPages
from agents.oauth.forms import one_each, read_form
from agents.oauth.place import MCP, METADATA, OPENID_METADATA, SERVER_METADATA, Place
from auth.counting import count_attempt
from models.caller import note_asking
from models.errors import OrreryError
from models.reach import reachable
from resolvers.kit.context import Context
from resolvers.oauth.description import NO_SECRET
from serving.body import parse_object, read_bytes
from serving.cookies import CookieScope
from serving.errors import answer, headers_of
from serving.graph.engine import GraphEngine

MAX_BODY = 16 * 1024
MAX_COMING = 3_000
"""How often clients of one address come for tokens in an hour: a house full of people, each with several."""

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(slots=True)
class OAuthEndpoints:
    """The routes. `find` gives the engine once the gateway has started; pages of `origins` may post to the pages here,
    as those of the gateway's own host may."""

    find: Callable[[], GraphEngine]
    place: Place
    cookies: CookieScope
    origins: frozenset[str]

    def routes(self) -> list[BaseRoute]:
        """Metadata is found below the gateway's path, and where the standards put that of an address with a path."""
        pages = ConsentPages(self.find, self.place, self.cookies, self.origins, _protocol)
        metadata = {METADATA, METADATA + MCP, f"{METADATA}{self.place.path}{MCP}"}
        servers = {SERVER_METADATA, SERVER_METADATA + self.place.path, OPENID_METADATA}
        return [
            *(_get(path, self._described("resource_metadata")) for path in sorted(metadata)),
            *(_get(path, self._described("server_metadata")) for path in sorted(servers)),
            _post("/oauth/token", partial(self._coming, "token")),
            _post("/oauth/revoke", partial(self._coming, "revoked")),
            _post("/oauth/register", self._registering),
            *pages.routes(),
        ]

    def _described(self, what: str) -> Handler:
        async def described(request: Request) -> Response:
            protocol = await _protocol()
            told: Response = await getattr(protocol, what)(self.place.base(request), request)
            return told

        return described

    async def _coming(self, handler: str, request: Request) -> Response:
        """A client that comes with a code, or with a token to renew or to revoke."""
        ctx = await self._context(request)
        await count_attempt("oauth-token", ctx.source or "", limit=MAX_COMING, window=timedelta(hours=1))
        given = one_each(await read_form(request, MAX_BODY))
        resource = given.get("resource")
        if resource is not None and resource.rstrip("/") not in self.place.resources(request):
            return refusal(400, "invalid_target", "Tokens are given for this server's own address of MCP alone")
        # The SDK's model asks for a secret to revoke, even of a client that has none.
        passed = _with_body(
            request, urlencode({"client_secret": "", **given}).encode(), "application/x-www-form-urlencoded"
        )
        return await self._handled(handler, ctx, passed)

    async def _registering(self, request: Request) -> Response:
        """A client that makes itself known. It is given no secret, whatever it asks for: PKCE is what it proves itself
        by, and what any installed program calls a secret is none."""
        ctx = await self._context(request)
        given = parse_object(await read_bytes(request, MAX_BODY), request.headers.get("content-type", ""))
        known = {name: value for name, value in given.items() if name in _REGISTERED}
        known["token_endpoint_auth_method"] = NO_SECRET
        return await self._handled("registered", ctx, _with_body(request, orjson.dumps(known), "application/json"))

    async def _handled(self, handler: str, ctx: Context, request: Request) -> Response:
        protocol = await _protocol()
        provider = protocol.Provider(ctx, self.place.server(request))
        handled: Response = await getattr(protocol, handler)(provider, request)
        handled.headers["cache-control"] = "no-store"
        return handled

    async def _context(self, request: Request) -> Context:
        """Nobody's, with the address that it comes from: what a client is given stands on what it sends alone."""
        note_asking()
        engine = self.find()
        return engine.context_of(engine.stranger_of(request))


_REGISTERED = frozenset({"client_name", "redirect_uris", "grant_types", "response_types", "application_type"})
"""What is looked at of what a client says of itself."""


_loaded: list[ModuleType] = []


async def _protocol() -> ModuleType:
    """The SDK's handlers, which the first request loads."""
    if not _loaded:
        _loaded.append(await LOADING.run(_load))
    return _loaded[0]


def _load() -> ModuleType:
    from agents.oauth import protocol

    return protocol


def _get(path: str, handler: Handler) -> Route:
    return Route(path, _answering(handler), methods=["GET"])


def _post(path: str, handler: Handler) -> Route:
    return Route(path, _answering(handler), methods=["POST"])


def _answering(handler: Handler) -> Handler:
    """A handler whose refusals are told as OAuth tells them."""

    async def answering(request: Request) -> Response:
        try:
            with reachable():
                return await handler(request)
        except ClientDisconnect:
            return Response(status_code=400)
        except OrreryError as error:
            name = "temporarily_unavailable" if error.status in (429, 503) else "invalid_request"
            return refusal(error.status, name, error.message, headers_of(error))

    return answering


def refusal(status: int, error: str, description: str, headers: dict[str, str] | None = None) -> Response:
    """What is wrong, as a client of OAuth reads it."""
    told: dict[str, Any] = {"error": error, "error_description": description}
    return answer(told, status, headers)


def _with_body(request: Request, body: bytes, content_type: str) -> Request:
    """The request with another body, which is there whole."""
    replaced = (b"content-type", b"content-length", b"transfer-encoding", b"authorization")
    headers = [(name, value) for name, value in request.scope["headers"] if name not in replaced]
    headers += [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request({**request.scope, "headers": headers}, receive)
