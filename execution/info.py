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


_PATH = GraphQLResolveInfo._fields.index("path")


class LazyInfo(GraphQLResolveInfo):  # type: ignore[type-arg]
    """A `GraphQLResolveInfo` in whose path's place stands a `Place`; whoever reads it finds the path there."""

    __slots__ = ()

    @property
    def path(self) -> Path:
        """The response path of the field."""
        place: Any = tuple.__getitem__(self, _PATH)
        return place.column.field_path(place.position) if isinstance(place, Place) else place

    @property
    def operation_extensions(self) -> Any:
        """The extensions of the request, which Strawberry's own info reads."""
        place: Any = tuple.__getitem__(self, _PATH)
        return place.operation_extensions if isinstance(place, Place) else None

    def __reduce__(self) -> Any:
        return GraphQLResolveInfo, tuple(self._plain())

    def _plain(self) -> GraphQLResolveInfo[Any]:
        """The same with the path itself."""
        items = list(tuple.__iter__(self))
        items[_PATH] = self.path
        return GraphQLResolveInfo._make(items)


def place_of(info: GraphQLResolveInfo[Any]) -> Place | None:
    """Where the value of an info that our engine made is to stand."""
    place: Any = tuple.__getitem__(info, _PATH) if isinstance(info, LazyInfo) else None
    return place if isinstance(place, Place) else None


def _delegate(name: str) -> None:
    def method(self: LazyInfo, *args: Any, **options: Any) -> Any:
        others = [other._plain() if isinstance(other, LazyInfo) else other for other in args]
        return getattr(self._plain(), name)(*others, **options)

    method.__name__ = name
    setattr(LazyInfo, name, method)


# What a tuple does with its items, it does without asking for them by name.
for _name in (
    *("__add__", "__contains__", "__eq__", "__ge__", "__getitem__", "__getnewargs__", "__gt__", "__hash__", "__iter__"),
    *("__le__", "__lt__", "__mul__", "__ne__", "__repr__", "__rmul__", "_asdict", "_replace", "count", "index"),
):
    _delegate(_name)
