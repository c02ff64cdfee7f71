"""Everything with an id of its own."""

from typing import Any

import strawberry
from bson import ObjectId
from graphql import GraphQLResolveInfo

from models.ids import Kind, kind_of
from schema import references

TYPE_NAMES = {kind: kind.name.title().replace("_", "") for kind in Kind}


@strawberry.interface(description="An object with an id of its own, to be fetched again with `node`.")
class Node:
    """The id of a record names its type; records are plain mappings."""

    id: strawberry.ID = strawberry.field(description="The id, the same in every API.")

    @classmethod
    def is_type_of(cls, _value: Any, _info: GraphQLResolveInfo[Any]) -> bool:
        return True

    @classmethod
    def resolve_type(cls, value: Any, _info: GraphQLResolveInfo[Any], _type: Any) -> str | None:
        kind = kind_of(ObjectId(value["_id"]))
        return None if kind is None else TYPE_NAMES[kind]


def reference(name: str) -> Any:
    """The reference to a type of the graph by its name, as what is made of declarations knows it."""
    return getattr(references, f"{name}Ref")
