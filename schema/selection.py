"""Which record fields a selection needs, so that an edge reads no more than that."""

from collections.abc import Iterable
from typing import Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLResolveInfo,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
)

NEEDS = "orrery.needs"
"""Metadata of a field: the record fields that its value is made of."""

THROUGH = "orrery.through"
"""Metadata of a field that leads on to the same records (`nodes` of a connection)."""

ResolveInfo = GraphQLResolveInfo[Any]

_DEFINITION = "strawberry-definition"


def wanted_fields(info: ResolveInfo) -> frozenset[str]:
    """The record fields that the selection below a field asks for; `_id` goes without saying."""
    wanted: set[str] = set()
    seen: set[tuple[str, str]] = set()
    type_ = get_named_type(info.return_type)
    for node in info.field_nodes:
        if node.selection_set:
            _collect(info, type_, node.selection_set, wanted, seen)
    return frozenset(wanted)


def needs_of(definition: Any) -> Iterable[str]:
    """The record fields behind a field of the graph; a plain one is kept under its own name."""
    if NEEDS in definition.metadata:
        needs: Iterable[str] = definition.metadata[NEEDS]
        return needs
    return () if definition.python_name == "id" else (definition.python_name,)


def _collect(
    info: ResolveInfo,
    type_: Any,
    selections: SelectionSetNode,
    wanted: set[str],
    seen: set[tuple[str, str]],
) -> None:
    for node in selections.selections:
        match node:
            case FieldNode() if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
                field = type_.fields.get(node.name.value)
                definition = field and field.extensions.get(_DEFINITION)
                if field is None or definition is None:
                    continue
                if definition.metadata.get(THROUGH):
                    if node.selection_set:
                        _collect(info, get_named_type(field.type), node.selection_set, wanted, seen)
                else:
                    wanted.update(needs_of(definition))
            case InlineFragmentNode():
                condition = node.type_condition
                inner = info.schema.get_type(condition.name.value) if condition else type_
                _collect(info, inner, node.selection_set, wanted, seen)
            case FragmentSpreadNode():
                fragment = info.fragments[node.name.value]
                key = (node.name.value, getattr(type_, "name", ""))
                if key not in seen:
                    seen.add(key)
                    inner = info.schema.get_type(fragment.type_condition.name.value)
                    _collect(info, inner, fragment.selection_set, wanted, seen)
