"""The catalogue: every operation and edge with its policy. GraphQL, REST and MCP call nothing else."""

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from auth.policies.permission import Permission
from models.enums import TokenScope
from models.errors import Forbidden, Unauthenticated
from resolvers.context import Context
from resolvers.tombstone import FIELDS, Gone, hiding, known_gone, without_gone

P = ParamSpec("P")
R = TypeVar("R")


class Caller(Enum):
    """Which kind of credential an operation takes."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in, or a token with the scope"
    PERSON = "signed in; never a token"
    AGENT = "an agent's own token"


@dataclass(frozen=True, slots=True)
class Operation:
    """An entry of the catalogue. `permission` is asked by the operation at the one door of the object it is about;
    None means that it is about the caller's own account, or about nothing that exists yet."""

    name: str
    caller: Caller
    scope: TokenScope | None
    permission: Permission | None
    read_only: bool
    reveals: bool
    run: Callable[..., Awaitable[Any]]


CATALOGUE: dict[str, Operation] = {}
"""By name, as GraphQL names its field."""

EDGES: dict[Callable[..., Awaitable[Any]], TokenScope | None] = {}
"""Every edge of the graph, with the token scope that reaching it takes."""

VIEWER_EDGES: set[Callable[..., Awaitable[Any]]] = set()
"""Those whose answer depends on who asks, beyond the scopes. All others answer the same to every member of a tenant."""


def check_scope(ctx: Context, scope: TokenScope | None, what: str) -> None:
    """Raise Forbidden where the caller's token lacks a scope."""
    if scope is not None and scope not in ctx.subject.scopes:
        if ctx.subject.restricted:
            raise Forbidden("Confirm your e-mail address first: open the link of the mail that was sent to it")
        raise Forbidden(f"{what} takes a token with the scope {scope}", scope=scope.value)


def operation(
    name: str,
    *,
    scope: TokenScope | None = None,
    permission: Permission | None = None,
    caller: Caller = Caller.SIGNED_IN,
    read_only: bool = False,
    reveals: bool = False,
) -> Callable[[Callable[Concatenate[Context, P], Awaitable[R]]], Callable[Concatenate[Context, P], Awaitable[R]]]:
    """Enter an async function `(ctx, …)` into the catalogue; the caller and its scope are checked before it runs.

    `reveals` says that what it returns holds a credential, which is shown once and not kept.
    """

    def enter(run: Callable[Concatenate[Context, P], Awaitable[R]]) -> Callable[Concatenate[Context, P], Awaitable[R]]:
        @functools.wraps(run)
        async def checked(ctx: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
            _check_caller(ctx, name, caller)
            if caller is not Caller.ANYONE:
                check_scope(ctx, scope, name)
            if reveals and ctx.claim is not None:
                ctx.claim.reveals = True
            result = await run(ctx, *args, **kwargs)
            return await _shown(ctx, result) if read_only else result

        if name in CATALOGUE:
            raise ValueError(f"two operations are named {name}")
        CATALOGUE[name] = Operation(name, caller, scope, permission, read_only, reveals, checked)
        return checked

    return enter


def edge(
    *, scope: TokenScope | None = None, viewer: bool = False
) -> Callable[[Callable[Concatenate[Context, P], Awaitable[R]]], Callable[Concatenate[Context, P], Awaitable[R]]]:
    """Mark a function from (ctx, parents, …) to one result per parent as an edge of the graph.

    `viewer` says that the answer depends on who asks, so that it cannot be shared among subscribers.
    """

    def enter(run: Callable[Concatenate[Context, P], Awaitable[R]]) -> Callable[Concatenate[Context, P], Awaitable[R]]:
        @functools.wraps(run)
        async def shown(ctx: Context, /, *args: P.args, **kwargs: P.kwargs) -> R:
            gone = await known_gone(ctx)
            if gone is None:
                return await run(ctx, *args, **kwargs)
            return cast(R, await _of_the_rest(gone, functools.partial(run, ctx), *args, **kwargs))

        EDGES[shown] = scope
        if viewer:
            VIEWER_EDGES.add(shown)
        return shown

    return enter


async def _of_the_rest(
    gone: Gone, run: Callable[..., Awaitable[Any]], parents: Any, fields: Any = None, **arguments: Any
) -> list[Any]:
    """What an edge answers, without what was deleted and is not gone yet."""
    with hiding(gone):
        results = await run(parents, None if fields is None else fields | FIELDS, **arguments)
    return await without_gone(gone, results, parents)


async def _shown(ctx: Context, result: Any) -> Any:
    """What a list answers, without what was deleted and is not gone yet. Of a single object the door knows."""
    if isinstance(getattr(result, "nodes", result), list) and (gone := await known_gone(ctx)) is not None:
        (result,) = await without_gone(gone, [result])
    return result


def _check_caller(ctx: Context, name: str, caller: Caller) -> None:
    if caller is Caller.ANYONE:
        return
    if ctx.subject.user_id is None:
        raise Unauthenticated
    if caller is Caller.PERSON and not ctx.subject.is_person:
        raise Forbidden(f"{name} takes a signed-in person: a token may not do it")
    if caller is Caller.AGENT and ctx.subject.agent_id is None:
        raise Forbidden(f"{name} takes the token of an agent")
