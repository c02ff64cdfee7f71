"""The catalogue: every operation and edge with its policy. GraphQL, REST and MCP call nothing else.

An operation's signature is its contract (`contract` reads it): what it opens, its arguments and its input,
and what it returns.
"""

import functools
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Concatenate, ParamSpec, Protocol, TypedDict, TypeVar, Unpack, cast, overload

from bson import ObjectId
from pydantic.alias_generators import to_camel

from auth.policies.permission import Permission
from models.base import R
from models.enums import ServerRole, TokenScope
from models.errors import Forbidden, NotFound, Unauthenticated
from resolvers.kit.access import access
from resolvers.kit.context import Context
from resolvers.kit.input import Input
from resolvers.kit.noun import Door, Fields, Noun, door_to
from resolvers.kit.rate import one_call
from resolvers.kit.server_role import require_server_role
from resolvers.kit.tombstone import FIELDS, Gone, hiding, known_gone, without_gone

P = ParamSpec("P")
T = TypeVar("T")
V = TypeVar("V", bound=Input)


class Caller(Enum):
    """Which kind of credential an operation takes."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in, or a token with the scope"
    NO_AGENT = "signed in, or a person's token with the scope"
    PERSON = "signed in; never a token"
    AGENT = "an agent's own token"


class Options(TypedDict, total=False):
    """What an operation says of itself beside its name and its door.

    `scope` is what a token needs, and `scope_before` what it needed once: one with that may still. `caller` is who may
    call it; `server_role` what they may at least do with the installation; `read_only` that it changes nothing;
    `reveals` that what it returns holds a credential, which is shown once and not kept. `tool` is what agents call it,
    where that does not follow well from its name; `no_tool` why they are not given it, where that does not follow from
    the rest (`resolvers.kit.tool`). `ungated` says that an agent needs no leave for it: what it makes is a proposal
    alone, or a line that nobody works with. `also` names, by the arguments that make it so, other operations that it
    does the work of, and `includes` those whose work it always does: an agent needs leave for those too. `destroys`
    says that it may take away what nothing brings back, which follows by itself for what deletes an object.
    `always_asks` says that an agent needs an approval for it whatever its policy allows. `in_project` says whether a
    caller that is bound to one project may do it, where that does not follow from its caller and its door
    (`Operation.in_project`).
    """

    scope: TokenScope | None
    scope_before: TokenScope | None
    caller: Caller
    server_role: ServerRole | None
    read_only: bool
    reveals: bool
    tool: str | None
    no_tool: str | None
    ungated: bool
    also: Mapping[str, Sequence[str]]
    includes: Sequence[str]
    destroys: bool
    always_asks: bool
    in_project: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """An entry of the catalogue. `permission` is asked at the one door of the object that it is about; None means that
    it is about the caller's own account, or about nothing that exists yet.

    `door` is what it opens before it runs, `inside` says that a field of its input names that. `body` is the function
    as it was written, `run` what everybody calls.
    `in_project` says that whoever is bound to one project may do it (`Subject.project_id`): by itself, what opens a
    project or something in one, and is neither for people alone nor for agents.
    """

    name: str
    caller: Caller
    scope: TokenScope | None
    scope_before: TokenScope | None
    permission: Permission | None
    server_role: ServerRole | None
    read_only: bool
    reveals: bool
    tool: str | None
    no_tool: str | None
    also: Mapping[str, Sequence[str]] = field(hash=False)
    includes: tuple[str, ...]
    destroys: bool
    always_asks: bool
    in_project: bool
    door: Door[Any] | None
    inside: bool
    body: Callable[..., Awaitable[Any]]
    run: Callable[..., Awaitable[Any]]

    def admit(self, ctx: Context) -> None:
        """Raise Unauthenticated or Forbidden for whoever may not call it, whatever it is about."""
        _check_caller(ctx, self.name, self.caller)
        had = self.scope_before is not None and ctx.subject.may(self.scope_before)
        if self.caller is not Caller.ANYONE and not had:
            check_scope(ctx, self.scope, self.name)
        if ctx.subject.project_id is not None and not self.in_project:
            raise Forbidden(f"{self.name} reaches beyond a project, or decides: a person does it themselves")


class Gate(Protocol):
    """Decides how far agents go by themselves."""

    async def __call__(
        self,
        ctx: Context,
        operation: Operation,
        args: Sequence[Any],
        kwargs: Mapping[str, Any],
        missing: NotFound | None = None,
    ) -> None:
        """Let an agent pass that is about to change something, and may as far as its token and its role go. Raises
        Forbidden for what its tools and its policy do not allow, ApprovalRequired for what waits for a decision.

        It is asked once more where something is `missing`, and says so, unless that is what a proposal would make.
        """


GATES: list[Gate] = []
"""The one that agents pass (`resolvers.proposal.gate`). Where it is not there, they change nothing."""

CATALOGUE: dict[str, Operation] = {}
"""By name, as GraphQL names its field."""

_BY_RUN: dict[Callable[..., Awaitable[Any]], Operation] = {}


def operation_of(run: Callable[..., Awaitable[Any]]) -> Operation:
    """The entry of an operation, by the function that everybody calls."""
    return _BY_RUN[run]


EDGES: dict[Callable[..., Awaitable[Any]], TokenScope | None] = {}
"""Every edge of the graph, with the token scope that reaching it takes."""

VIEWER_EDGES: set[Callable[..., Awaitable[Any]]] = set()
"""Those whose answer depends on who asks, beyond the scopes. All others answer the same to every member of a tenant."""


def check_scope(ctx: Context, scope: TokenScope | None, what: str) -> None:
    """Raise Forbidden where the caller's token lacks a scope."""
    if scope is not None and not ctx.subject.may(scope):
        if ctx.subject.restricted:
            raise Forbidden("Confirm your e-mail address first: open the link of the mail that was sent to it")
        raise Forbidden(f"{what} takes a token with the scope {scope}", scope=scope.value)


@overload
def operation(
    name: str, *, opens: Noun[R] | Door[R], permission: Permission, **options: Unpack[Options]
) -> Callable[
    [Callable[Concatenate[Context, R, P], Awaitable[T]]],
    Callable[Concatenate[Context, ObjectId | str, P], Awaitable[T]],
]: ...


@overload
def operation(
    name: str, *, inside: Noun[R] | Door[R], permission: Permission, **options: Unpack[Options]
) -> Callable[
    [Callable[Concatenate[Context, R, V, P], Awaitable[T]]],
    Callable[Concatenate[Context, V, P], Awaitable[T]],
]: ...


@overload
def operation(
    name: str, *, permission: Permission | None = None, **options: Unpack[Options]
) -> Callable[[Callable[Concatenate[Context, P], Awaitable[T]]], Callable[Concatenate[Context, P], Awaitable[T]]]: ...


def operation(
    name: str,
    *,
    opens: Noun[Any] | Door[Any] | None = None,
    inside: Noun[Any] | Door[Any] | None = None,
    permission: Permission | None = None,
    **options: Unpack[Options],
) -> Any:
    """Enter an async function `(ctx, …)` into the catalogue; the caller and its scope are checked before it runs.

    One that `opens` an object is called with its id and is given its record (of a tenant, the caller's membership):
    what `permission` asks is checked at that door. One that works `inside` an object is called with its input, a field
    of which names that, and is given the record before the input.
    """
    opened = opens or inside
    if opened is not None and permission is None:
        raise TypeError(f"{name} opens something and says no permission")
    door = None if opened is None else door_to(opened, inside=inside is not None)
    caller, scope = options.get("caller", Caller.SIGNED_IN), options.get("scope")
    least = options.get("server_role")
    read_only, reveals = options.get("read_only", False), options.get("reveals", False)
    tool, no_tool = options.get("tool"), options.get("no_tool")
    gated = not (read_only or caller is Caller.AGENT or options.get("ungated", False))

    def enter(body: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        behind = _without_door(body)
        if door is not None and permission is not None:
            behind = _inside(body, door, permission) if inside else _opened(body, door, permission)

        @functools.wraps(body)
        async def checked(ctx: Context, /, *args: Any, **kwargs: Any) -> Any:
            entry.admit(ctx)
            if least is not None:
                await require_server_role(ctx.user_id, least, name)
            if ctx.subject.calls_a_minute is None or caller is Caller.AGENT:  # what it reports is of no use unheard
                return await admitted(ctx, *args, **kwargs)
            async with one_call(ctx.subject):
                return await admitted(ctx, *args, **kwargs)

        async def admitted(ctx: Context, /, *args: Any, **kwargs: Any) -> Any:
            if reveals:
                for mark in ctx.marks:
                    mark.reveals = True
            if not gated or ctx.subject.agent_id is None:
                result = await behind(None, ctx, *args, **kwargs)
                return await _shown(ctx, result) if read_only else result
            passing = functools.partial(_pass, ctx, entry, args, kwargs)
            try:
                return await behind(passing, ctx, *args, **kwargs)
            except NotFound as missing:
                await passing(missing)
                raise

        if name in CATALOGUE:
            raise ValueError(f"two operations are named {name}")
        entry = Operation(
            name=name,
            caller=caller,
            scope=scope,
            scope_before=options.get("scope_before"),
            permission=permission,
            server_role=least,
            read_only=read_only,
            reveals=reveals,
            tool=tool,
            no_tool=no_tool,
            also=options.get("also", {}),
            includes=tuple(options.get("includes", ())),
            destroys=options.get("destroys", False),
            always_asks=options.get("always_asks", False),
            in_project=options.get(
                "in_project", caller is Caller.SIGNED_IN and door is not None and door.noun.is_in_project
            ),
            door=door,
            inside=inside is not None,
            body=body,
            run=checked,
        )
        CATALOGUE[name] = _BY_RUN[checked] = entry
        return checked

    return enter


Pass = Callable[..., Awaitable[None]]
"""Has an agent pass the gate, behind the door of what it changes."""


async def _pass(
    ctx: Context,
    operation: Operation,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    missing: NotFound | None = None,
) -> None:
    if not GATES:
        raise Forbidden(f"{operation.name} is nothing that an agent does by itself")
    for gate in GATES:
        await gate(ctx, operation, args, kwargs, missing)


def _without_door(body: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def passed(passing: Pass | None, ctx: Context, /, *args: Any, **kwargs: Any) -> Any:
        if passing is not None:
            await passing()
        return await body(ctx, *args, **kwargs)

    return passed


def _opened(
    body: Callable[..., Awaitable[Any]], door: Door[Any], permission: Permission
) -> Callable[..., Awaitable[Any]]:
    field = to_camel(door.argument or "id")

    async def enter(ctx: Context, object_id: ObjectId | str, fields: Fields) -> Any:
        return await access(ctx, door.noun, object_id, permission, field=field, fields=fields)

    async def opened(
        passing: Pass | None, ctx: Context, object_id: ObjectId | str, /, *args: Any, **kwargs: Any
    ) -> Any:
        record = await enter(ctx, object_id, door.fields)
        if passing is not None:
            await passing()
        return await body(ctx, record, *args, **kwargs)

    async def opened_as_asked(_: Pass | None, ctx: Context, object_id: ObjectId | str, /, fields: Fields = None) -> Any:
        return await body(ctx, await enter(ctx, object_id, fields))

    return opened_as_asked if door.as_asked else opened


def _inside(
    body: Callable[..., Awaitable[Any]], door: Door[Any], permission: Permission
) -> Callable[..., Awaitable[Any]]:
    key = door.argument or door.noun.key
    field = to_camel(key)

    async def inside(passing: Pass | None, ctx: Context, values: Input, /, *args: Any, **kwargs: Any) -> Any:
        record = await access(ctx, door.noun, getattr(values, key), permission, field=field, fields=door.fields)
        if passing is not None:
            await passing()
        return await body(ctx, record, values, *args, **kwargs)

    return inside


def reader(name: str, noun: Noun[R], *, no_tool: str | None = None) -> Callable[..., Awaitable[R]]:
    """The operation that reads one object by its id: `(ctx, id, fields)` to what is asked for of its record."""

    async def read(_ctx: Context, record: R) -> R:
        return record

    read.__doc__ = f"A {noun.word} by its id."
    door = Door(noun, as_asked=True)
    named = operation(name, opens=door, permission=noun.reads, scope=noun.scope, read_only=True, no_tool=no_tool)
    return named(read)


def edge(
    *, scope: TokenScope | None = None, viewer: bool = False
) -> Callable[[Callable[Concatenate[Context, P], Awaitable[T]]], Callable[Concatenate[Context, P], Awaitable[T]]]:
    """Mark a function from (ctx, parents, …) to one result per parent as an edge of the graph.

    `viewer` says that the answer depends on who asks, so that it cannot be shared among subscribers.
    """

    def enter(run: Callable[Concatenate[Context, P], Awaitable[T]]) -> Callable[Concatenate[Context, P], Awaitable[T]]:
        @functools.wraps(run)
        async def shown(ctx: Context, /, *args: P.args, **kwargs: P.kwargs) -> T:
            gone = await known_gone(ctx)
            if gone is None:
                return await run(ctx, *args, **kwargs)
            return cast(T, await _of_the_rest(gone, functools.partial(run, ctx), *args, **kwargs))

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
    if caller is Caller.NO_AGENT and ctx.subject.agent_id is not None:
        raise Forbidden(f"{name} is for people: an agent may not do it")
    if caller is Caller.AGENT and ctx.subject.agent_id is None:
        raise Forbidden(f"{name} takes the token of an agent")
