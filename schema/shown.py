"""What a mutation shows of what it wrote: an object in a payload is read like any other, with the scope of its type."""

from collections.abc import Callable, Iterator, Mapping
from inspect import isawaitable
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLResolveInfo, default_field_resolver, get_named_type

from execution import Selection
from execution.planner import selection_of
from models.enums import TokenScope
from resolvers.kit.nouns import NOUNS, USER
from resolvers.kit.operation import CATALOGUE, Caller, check_scope
from schema.loading import EDGE
from schema.selection import metadata_of

READS: Mapping[str, TokenScope] = {
    **{noun.name: noun.scope for noun in NOUNS.values()},
    USER.name: TokenScope.ACCOUNT_READ,
}
"""By the type of an object in a payload. A payload's user is the caller, and invitations take what making one takes."""


def guard_payloads(mutations: GraphQLObjectType) -> None:
    """Have each mutation ask for the scopes of what it is to show, before it changes anything."""
    for name, field in mutations.fields.items():
        if CATALOGUE[name].caller is not Caller.ANYONE:
            _guard(name, field)


def _guard(name: str, field: GraphQLField) -> None:
    resolve: Callable[..., Any] = field.resolve or default_field_resolver

    async def guarded(source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        ctx = info.context.ctx
        if ctx.subject.user_id is not None and not ctx.subject.scopes >= set(READS.values()):
            for shown, scope in _shown(selection_of(info)):
                check_scope(ctx, scope, f"{shown} of {name}")
        result = resolve(source, info, **arguments)
        return await result if isawaitable(result) else result

    field.resolve = guarded


def _shown(selection: Selection) -> Iterator[tuple[str, TokenScope]]:
    """The objects that a payload shows without an edge, which would ask by itself; those of lists of results too."""
    for field in selection:
        if EDGE in metadata_of(field.definition):
            continue
        scope = READS.get(get_named_type(field.definition.type).name)
        if scope is None:
            yield from _shown(field.selection)
        else:
            yield field.name, scope
