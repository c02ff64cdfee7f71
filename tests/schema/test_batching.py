"""How the declarations of the graph reach the executor."""

from graphql import GraphQLObjectType

from execution import Batch, Read
from schema.graph import graph
from schema.loading import EDGE
from schema.selection import metadata_of

ROOTS = {"Query", "Mutation", "Subscription"}


def fields_of_objects() -> dict[str, object]:
    """What each field of an object type gave the executor, introspection's aside."""
    types = [type_ for name, type_ in graph().type_map.items() if not name.startswith("__")]
    return {
        f"{type_.name}.{name}": field.extensions.get("batch")
        for type_ in types
        if isinstance(type_, GraphQLObjectType) and type_.name not in ROOTS
        for name, field in type_.fields.items()
    }


def test_every_edge_is_one_call_a_level() -> None:
    edges = {
        f"{type_.name}.{name}"
        for type_ in graph().type_map.values()
        if isinstance(type_, GraphQLObjectType)
        for name, field in type_.fields.items()
        if EDGE in metadata_of(field)
    }

    assert {"Card.labels", "Column.cards", "Organization.workspaces", "User.notifications"} <= edges
    assert {
        name for name, given in fields_of_objects().items() if name in edges and not isinstance(given, Batch)
    } == set()


def test_no_field_of_an_object_is_resolved_object_by_object() -> None:
    one_by_one = {name for name, given in fields_of_objects().items() if not isinstance(given, Batch | Read)}

    # Of the viewer alone, so of one object.
    assert one_by_one == {"User.apiTokens", "User.consents", "User.oauthGrants", "User.sessions"}
