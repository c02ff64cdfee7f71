"""An output type as the chain of its layers: lists and non-nulls around a leaf, an object or an abstract type."""

from enum import Enum
from typing import Any

from graphql import (
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLOutputType,
    is_abstract_type,
    is_leaf_type,
)

from execution.leaves import Look, Serialize, quick_look, serializer


class Kind(Enum):
    """What a layer holds."""

    LEAF = 0
    OBJECT = 1
    ABSTRACT = 2
    LIST = 3


class Shape:
    """One layer of an output type; `item` is the next one inwards of a list."""

    __slots__ = ("composite", "item", "kind", "look", "nullable", "serialize", "type")

    def __init__(self, type_: GraphQLOutputType) -> None:
        self.nullable = not isinstance(type_, GraphQLNonNull)
        inner: Any = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        self.type: GraphQLNamedType = inner
        self.item: Shape | None = None
        self.serialize: Serialize | None = None
        self.look: Look | None = None
        if isinstance(inner, GraphQLList):
            self.kind = Kind.LIST
            self.item = Shape(inner.of_type)
        elif is_leaf_type(inner):
            self.kind = Kind.LEAF
            self.serialize = serializer(inner)
            self.look = quick_look(inner, self.nullable)
        else:
            self.kind = Kind.ABSTRACT if is_abstract_type(inner) else Kind.OBJECT
        self.composite = self.kind is Kind.OBJECT or self.kind is Kind.ABSTRACT
