"""Which record fields a selection needs, so that an edge reads no more than that."""

from collections.abc import Iterable
from typing import Any

from graphql import GraphQLField, GraphQLResolveInfo

from execution import Selection
from execution.planner import selection_of

NEEDS = "orrery.needs"
"""Metadata of a field: the record fields that its value is made of."""

THROUGH = "orrery.through"
"""Metadata of a field that leads on to the same records (`nodes` of a connection)."""

DEFINITION = "strawberry-definition"


def wanted_fields(info: "GraphQLResolveInfo[Any]") -> frozenset[str]:
    """The record fields that the selection below a field asks for; `_id` goes without saying."""
    return needed(selection_of(info))


def needed(selection: Selection) -> frozenset[str]:
    """The record fields that a selection is made of; `_id` goes without saying."""
    wanted: set[str] = set()
    for field in selection:
        metadata = metadata_of(field.definition)
        if metadata.get(THROUGH):
            wanted |= needed(field.selection)
        else:
            wanted.update(_needs(field.definition, metadata))
    return frozenset(wanted)


def metadata_of(field: GraphQLField) -> dict[str, Any]:
    """What was declared of a field; nothing for the fields of introspection."""
    definition = field.extensions.get(DEFINITION)
    return {} if definition is None else definition.metadata


def _needs(field: GraphQLField, metadata: dict[str, Any]) -> Iterable[str]:
    """A plain field is kept under its own name."""
    definition = field.extensions.get(DEFINITION)
    if NEEDS in metadata:
        needs: Iterable[str] = metadata[NEEDS]
        return needs
    return () if definition is None or definition.python_name == "id" else (definition.python_name,)
