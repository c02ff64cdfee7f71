"""The `info` of resolvers, with a path that is made only where somebody reads it."""

from typing import Any, NamedTuple

from graphql import GraphQLResolveInfo
from graphql.pyutils import Path

from execution.columns import Column


class Place(NamedTuple):
    """A value of a column, whose field's path an info can ask for."""

    column: Column
    position: int
    operation_extensions: Any


class LazyInfo(GraphQLResolveInfo):  # type: ignore[type-arg]
    """A `GraphQLResolveInfo` in whose path's place stands a `Place`."""

    __slots__ = ()

    @property
    def path(self) -> Path:
        """The response path of the field."""
        place = self[4]
        return place.column.field_path(place.position) if isinstance(place, Place) else place

    @property
    def operation_extensions(self) -> Any:
        """The extensions of the request, which Strawberry's own info reads."""
        place: Any = self[4]
        return place.operation_extensions if isinstance(place, Place) else None

    def __reduce__(self) -> Any:
        return GraphQLResolveInfo, (*self[:4], self.path, *self[5:])
