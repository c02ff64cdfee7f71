"""The graph that is served, as far as it is known here: its schema, and what its types alone tell."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from graphql import GraphQLSchema, ValidationContext, ValidationRule

from realtime.told import ToldEvent
from resolvers.account.sign_in import SignIn
from resolvers.kit.context import Context


class FieldContext(Protocol):
    """What the fields of one request, or of one event, are resolved with. Those that sign in or out say so in it."""

    @property
    def ctx(self) -> Context: ...

    @property
    def signed_in(self) -> SignIn | None: ...

    @property
    def signed_out(self) -> bool: ...


@dataclass(slots=True)
class Selects:
    """What a document selects: whether two members of a workspace with the same scopes may see different values in it,
    and whether it asks where a stream stands, so that this has to be noted before anything is read."""

    by_viewer: bool = False
    cursor: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """`context` makes what fields are resolved with, of a request and the `Last-Event-ID` that it came with. `event` is
    what a subscription sends of an event's record; None for one that none shows. `look` is a rule of validation that
    finds what a document selects."""

    schema: GraphQLSchema
    context: Callable[[Context, str | None], FieldContext]
    event: Callable[[ToldEvent], Any]
    look: Callable[[ValidationContext, Selects], ValidationRule]
