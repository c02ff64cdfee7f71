"""How fields of the graph are declared: a plain key of the record, a value derived from some, or an edge.

An edge names the function that loads it for many parents at once. The declaration stands in the field's metadata, so
that an executor can read it without running any resolver.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

import strawberry
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from models.enums import TokenScope
from resolvers.kit.operation import EDGES
from schema.selection import NEEDS, THROUGH

F = TypeVar("F", bound=Callable[..., Any])

EDGE = "orrery.edge"
COMPUTE = "orrery.compute"
SELECTED = "orrery.selected"


Load = Callable[..., Awaitable[Sequence[Any]]]
"""An edge: `(ctx, parents, fields, **arguments)` to one result per parent."""


@dataclass(frozen=True, slots=True)
class Edge:
    """`needs` are the keys of the parent's record that `load` reads."""

    load: Load
    scope: TokenScope | None
    needs: frozenset[str]

    def needing(self, *keys: str) -> "Edge":
        """The same edge, which reads these keys."""
        return replace(self, needs=frozenset(keys))


def edge(
    load: Load,
    *,
    description: str | None = None,
    needs: tuple[str, ...] = (),
    arguments: Callable[..., None] | None = None,
    name: str | None = None,
) -> Any:
    """An edge of the graph. `arguments` lends its signature; `needs` lists the parent's keys beside `_id`.

    What the parent's model declares of a field of the same name says what is left out here (`schema.fields.shows`).
    """
    declared = Edge(load, EDGES[load], frozenset(needs))
    field = StrawberryField(
        description=description, graphql_name=name, metadata={EDGE: declared, NEEDS: declared.needs}
    )
    field.init = field.repr = field.compare = False
    if arguments is not None:
        field.arguments = StrawberryResolver(arguments).arguments
    return field


def derived(
    compute: Callable[..., Any],
    *,
    description: str,
    needs: tuple[str, ...] = (),
    through: bool = False,
    selected: bool = False,
) -> Any:
    """A value made of the record's keys `needs`; `through` leads on to the same records.

    With `selected`, `compute` takes the names of the fields asked for below it too.
    """
    metadata = {COMPUTE: compute, NEEDS: needs, THROUGH: through, SELECTED: selected}
    field = StrawberryField(description=description, metadata=metadata)
    field.init = field.repr = field.compare = False
    return field


def resolved(description: str) -> Callable[[F], F]:
    """A field with a resolver of its own: a root, or what no record holds and no edge leads to."""
    return cast("Callable[[F], F]", strawberry.field(description=description, metadata={NEEDS: ()}))


def from_record(source: Any, name: str) -> Any:
    """The value of a plain field: a key of a record, or an attribute of anything else."""
    if isinstance(source, dict):
        return source["_id"] if name == "id" and "_id" in source else source.get(name)
    return getattr(source, name)
