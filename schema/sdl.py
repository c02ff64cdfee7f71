"""The graph as text, for the snapshot `graphql/schema.graphql`."""

from graphql import is_introspection_type, is_specified_scalar_type, print_type

from schema.graph import graph


def print_sdl() -> str:
    """The SDL: types by name, their fields as they are declared, with a newline at its end."""
    types = sorted(graph().type_map.values(), key=lambda type_: type_.name)
    shown = [
        graph_type
        for graph_type in types
        if not is_introspection_type(graph_type) and not is_specified_scalar_type(graph_type)
    ]
    return "\n\n".join(print_type(graph_type) for graph_type in shown) + "\n"
