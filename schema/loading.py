"""How fields of the graph are declared: a plain key of the record, a value derived from some, or an edge.

An edge names the function that loads it for many parents at once. The declaration stands in the field's metadata, so
that an executor can read it without running any resolver.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import strawberry
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from models.enums import TokenScope
from resolvers.operation import EDGES, check_scope
from schema.batching import Load
from schema.inputs.base import plain
from schema.selection import NEEDS, THROUGH, wanted_fields

F = TypeVar("F", bound=Callable[..., Any])

EDGE = "orrery.edge"
COMPUTE = "orrery.compute"


@dataclass(frozen=True, slots=True)
class Edge:
    """`needs` are the keys of the parent's record that `load` reads."""

    load: Load
    scope: TokenScope | None
    needs: frozenset[str]


class EdgeField(StrawberryField):
    """A field that is loaded for all its parents at once."""

    @property
    def is_basic_field(self) -> bool:
        return False

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        declared: Edge = self.metadata[EDGE]
        check_scope(info.context.ctx, declared.scope, f"{info._raw_info.parent_type.name}.{info.field_name}")
        arguments = {name: plain(value) for name, value in kwargs.items()}
        parent = getattr(source, "record", source)
        return info.context.loader.load(declared.load, parent, wanted_fields(info._raw_info), arguments)


class DerivedField(StrawberryField):
    """A field computed from the record alone."""

    def get_result(self, source: Any, info: Any, args: list[Any], kwargs: Any) -> Any:
        return self.metadata[COMPUTE](source)


def edge(
    load: Load,
    *,
    description: str,
    needs: tuple[str, ...] = (),
    arguments: Callable[..., None] | None = None,
    name: str | None = None,
) -> Any:
    """An edge of the graph. `arguments` lends its signature; `needs` lists the parent's keys beside `_id`."""
    declared = Edge(load, EDGES[load], frozenset(needs))
    field = EdgeField(description=description, graphql_name=name, metadata={EDGE: declared, NEEDS: declared.needs})
    field.init = field.repr = field.compare = False
    if arguments is not None:
        field.arguments = StrawberryResolver(arguments).arguments
    return field


def derived(
    compute: Callable[[Any], Any], *, description: str, needs: tuple[str, ...] = (), through: bool = False
) -> Any:
    """A value made of the record's keys `needs`; `through` leads on to the same records."""
    field = DerivedField(description=description, metadata={COMPUTE: compute, NEEDS: needs, THROUGH: through})
    field.init = field.repr = field.compare = False
    return field


def resolved(description: str) -> Callable[[F], F]:
    """A field with a resolver of its own: a root, or what no record holds and no edge leads to."""
    return cast("Callable[[F], F]", strawberry.field(description=description, metadata={NEEDS: ()}))


def mutation(description: str) -> Callable[[F], F]:
    """A root field that changes something."""
    return cast("Callable[[F], F]", strawberry.mutation(description=description))


def from_record(source: Any, name: str) -> Any:
    """The value of a plain field: a key of a record, or an attribute of anything else."""
    if isinstance(source, dict):
        return source["_id"] if name == "id" and "_id" in source else source.get(name)
    return getattr(source, name)
