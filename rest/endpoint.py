"""From the table of routes to Starlette's: how a request is checked, read, done and answered."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import ExitStack, nullcontext
from random import uniform
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.routing import Route as StarletteRoute

from auth.authenticate import CSRF_HEADER, check_csrf
from models.errors import BadUserInput, OrreryError, RateLimited
from resolvers.kit.context import Context
from resolvers.kit.idempotency import HEADER, KEEPS, REPLAYED, Claim, Reply, check_key, fingerprint, once
from resolvers.kit.upload import spool
from rest.dialect import NO_CONTENT
from rest.routing import Call, Route
from serving.body import read_bytes, read_object
from serving.cookies import CookieScope
from serving.errors import answer, answer_error, answer_unexpected
from serving.key_header import with_token
from serving.key_use import leave_route
from serving.multipart import upload_of

REFUSED_AFTER = (0.2, 0.6)
"""Seconds after which somebody is told that they have as many under way as they may; not all of a flood at once."""

MakeContext = Callable[[Request], Awaitable[Context]]
Recall = Callable[[Request], Context | None]
"""The context of a caller who was recognised a moment ago, without a look into the database; None for others."""


def starlette_routes(
    table: Iterable[Route], make_context: MakeContext, *, cookies: CookieScope, recall: Recall = lambda _: None
) -> list[BaseRoute]:
    """One Starlette route per path, fixed paths before those with parameters, so that `/import` is no project's id."""
    paths: dict[str, dict[str, Route]] = {}
    for route in table:
        paths.setdefault(route.path, {})[route.method] = route
    ordered = sorted(paths, key=lambda path: [part.startswith("{") for part in path.split("/")])
    return [
        StarletteRoute(
            path,
            _endpoint(paths[path], make_context, cookies=cookies, recall=recall),
            methods=list(paths[path]),
            name=path,
        )
        for path in ordered
    ]


def _endpoint(
    methods: Mapping[str, Route], make_context: MakeContext, *, cookies: CookieScope, recall: Recall
) -> Callable[[Request], Awaitable[Response]]:
    render = next(iter(methods.values())).dialect.render

    async def endpoint(request: Request) -> Response:
        route = methods["GET" if request.method == "HEAD" else request.method]
        leave_route(request.scope, route.path)
        if (header := route.dialect.key_header) is not None:
            request = with_token(request, header, route.dialect.key_parameter)
        try:
            await _check_bound(route, recall(request))
            return await _serve(route, request, await make_context(request), cookies=cookies)
        except OrreryError as error:
            return answer_error(error, render)
        except HTTPException:
            raise
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is left to read it
        except Exception as error:
            return answer_unexpected(request, error, render)

    return endpoint


async def _check_bound(route: Route, recent: Context | None) -> None:
    """Refuse whoever has as many under way as they may before the database is asked who that is, and a moment later.

    Else a flood of refused requests would be looked up, and come again, in front of everybody else's.
    """
    if recent is None or recent.subject.user_id is None or (bound := route.bound(recent)) is None:
        return
    try:
        bound.check(recent.subject.user_id)
    except RateLimited:
        await asyncio.sleep(uniform(*REFUSED_AFTER))
        raise


async def _serve(route: Route, request: Request, ctx: Context, *, cookies: CookieScope) -> Response:
    if not route.anonymous:
        ctx.subject.require_user()
        if not route.is_safe:
            check_csrf(ctx.subject, request.headers.get(CSRF_HEADER))
    if route.file is not None:
        return await _serve_file(route, request, ctx, route.file, cookies=cookies)
    with nullcontext() if (bound := route.bound(ctx)) is None else bound.one(ctx.user_id):
        return await _serve_body(route, request, ctx, cookies=cookies)


async def _serve_body(route: Route, request: Request, ctx: Context, *, cookies: CookieScope) -> Response:
    raw = b"" if route.is_safe else await read_bytes(request, route.max_body)
    call = _call(route, request, ctx, raw, cookies=cookies)
    if route.body:
        call.raw_body = await read_object(raw, request.headers.get("content-type", ""))
    key = request.headers.get(HEADER) if route.takes_key else None
    answered = await (_handle(call) if key is None else _handle_once(call, key, raw))
    if route.follows is None or answered.status_code != route.status:
        return answered
    return await route.follows(call, answered)


async def _serve_file(route: Route, request: Request, ctx: Context, name: str, *, cookies: CookieScope) -> Response:
    """The bytes of a file go where the handler puts them as they come; with a key, once they are known to be new."""
    call = _call(route, request, ctx, cookies=cookies)
    with route.uploads(ctx).one(ctx.user_id), ExitStack() as kept:
        if (key := request.headers.get(HEADER)) is None:
            return await _handle(call)
        check_key(key)
        if route.guard is not None:
            await route.guard(call)
        limit = route.max_file(ctx)
        upload = await upload_of(request, name, limit=limit, extra=route.dialect.extra)
        call.received = await spool(upload, limit, kept)
        return await _handle_once(call, key, repr(call.received).encode())


async def _handle_once(call: Call, key: str, sent: bytes) -> Response:
    request, answered = call.request, list[Response]()

    async def run(claim: Claim) -> Reply:
        call.ctx.marks = (claim,)
        try:
            response = await _handle(call)
        except OrreryError as error:
            response = answer_error(error, call.route.dialect.render)
        answered.append(response)
        return Reply(response.status_code, bytes(response.body), response.headers.get("content-type", ""))

    path = request.url.path + "?" + request.url.query
    reply = await once(call.ctx.subject, key, fingerprint(request.method.encode(), path.encode(), sent), run)
    if not answered:
        return _replay(reply)
    if not reply.kept:
        answered[0].headers[KEEPS] = "false"
    return answered[0]


def _replay(reply: Reply) -> Response:
    headers = {"content-type": reply.media_type, "cache-control": "no-store", REPLAYED: "true"}
    return Response(reply.body, reply.status, headers={name: value for name, value in headers.items() if value})


def _call(route: Route, request: Request, ctx: Context, raw: bytes = b"", *, cookies: CookieScope) -> Call:
    if not raw and route.method in ("PUT", "PATCH") and route.needs_body:
        raise BadUserInput("The body must be a JSON object")
    return Call(
        ctx=ctx,
        route=route,
        request=request,
        path=request.path_params,
        raw_body={},
        raw_query=request.query_params,
        raw=raw,
        headers=request.headers,
        cookies=cookies,
    )


def _answer(route: Route, answered: Any, meta: Mapping[str, Any]) -> Response:
    if route.status == NO_CONTENT:
        return Response(status_code=NO_CONTENT, headers={"cache-control": "no-store"})
    return answer(route.dialect.wrap(answered, meta), route.status)


async def _handle(call: Call) -> Response:
    for read in call.route.reads:
        read.admit(call.ctx)
    answered = await call.route.handler(call)
    response = answered if isinstance(answered, Response) else _answer(call.route, answered, call.meta)
    for change in call.finish:
        change(response)
    return response
