"""Whether a GraphQL response is one that the schema and the document allow."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    is_abstract_type,
)

from models.errors import Internal, OrreryError

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_LEAVES: dict[str, Callable[[Any], bool]] = {
    "Int": lambda value: type(value) is int and -(2**31) <= value < 2**31,
    "Float": lambda value: type(value) in (int, float),
    "String": lambda value: type(value) is str,
    "ID": lambda value: type(value) is str,
    "Boolean": lambda value: type(value) is bool,
    "Cursor": lambda value: type(value) is str,
    "DateTime": lambda value: type(value) is str and bool(_MOMENT.fullmatch(value)),
    "JSON": lambda value: True,
}


def codes() -> frozenset[str]:
    """The codes that a client may be refused with; that of our own failures is none of them."""
    found, pending = set(), [OrreryError]
    while pending:
        pending += (one := pending.pop()).__subclasses__()
        found.add(one.code)
    return frozenset(found - {Internal.code})


def response_problems(schema: GraphQLSchema, document: DocumentNode, body: Any) -> list[str]:
    """Where a response differs from what it may be. Every object has to be asked for its `__typename`."""
    if not isinstance(body, dict) or not body.keys() <= {"data", "errors", "extensions"}:
        return ["the response is no object of data and errors"]
    found = [one for error in body.get("errors", ()) for one in _error_problems(error, body.get("data"))]
    if "errors" in body and not body["errors"]:
        found.append("errors is empty")
    if body.get("data") is None:
        return found if body.get("errors") else [*found, "there is neither data nor an error"]
    operation = next(one for one in document.definitions if isinstance(one, OperationDefinitionNode))
    root = schema.get_root_type(operation.operation)
    assert root is not None
    return found + _object_problems(schema, root, [operation.selection_set], body["data"], "data")


def _error_problems(error: Any, data: Any) -> list[str]:
    if not isinstance(error, dict) or not isinstance(error.get("message"), str) or not error["message"]:
        return ["an error has no message"]
    found = []
    code = (error.get("extensions") or {}).get("code")
    if code not in codes():
        found.append(f"an error has the code {code}: {error['message']}")
    reached = data
    for step in error.get("path", ()):
        if reached is None:
            break
        try:
            reached = reached[step]
        except (KeyError, IndexError, TypeError):
            return [*found, f"an error is at {error['path']}, which is not in the data"]
    if "path" in error and reached is not None:
        found.append(f"there is a value at {error['path']}, which has failed")
    return found


def _object_problems(
    schema: GraphQLSchema, type_: GraphQLObjectType, selected: Sequence[SelectionSetNode], value: Any, at: str
) -> list[str]:
    if not isinstance(value, dict):
        return [f"{at} is no object"]
    fields: dict[str, list[FieldNode]] = {}
    for one in selected:
        _collect(schema, type_, one, fields)
    found = [f"{at}.{name} is missing" for name in fields if name not in value]
    found += [f"{at}.{name} was not asked for" for name in value if name not in fields]
    for name, nodes in fields.items():
        if name in value and name != "__typename":
            inside = [node.selection_set for node in nodes if node.selection_set is not None]
            found += _problems(schema, type_.fields[nodes[0].name.value].type, inside, value[name], f"{at}.{name}")
    return found


def _collect(
    schema: GraphQLSchema, type_: GraphQLObjectType, selected: SelectionSetNode, fields: dict[str, list[FieldNode]]
) -> None:
    for one in selected.selections:
        if isinstance(one, FieldNode):
            fields.setdefault((one.alias or one.name).value, []).append(one)
        elif isinstance(one, InlineFragmentNode) and _applies(schema, one, type_):
            _collect(schema, type_, one.selection_set, fields)


def _applies(schema: GraphQLSchema, fragment: InlineFragmentNode, type_: GraphQLObjectType) -> bool:
    if fragment.type_condition is None:
        return True
    condition = schema.type_map[fragment.type_condition.name.value]
    return condition is type_ or (is_abstract_type(condition) and schema.is_sub_type(condition, type_))


def _problems(
    schema: GraphQLSchema, type_: GraphQLOutputType, selected: Sequence[SelectionSetNode], value: Any, at: str
) -> list[str]:
    if isinstance(type_, GraphQLNonNull):
        if value is None:
            return [f"{at} is null"]
        type_ = type_.of_type
    if value is None:
        return []
    if isinstance(type_, GraphQLList):
        if not isinstance(value, list):
            return [f"{at} is no list"]
        parts: Iterable[list[str]] = (
            _problems(schema, type_.of_type, selected, item, f"{at}.{place}") for place, item in enumerate(value)
        )
        return [one for part in parts for one in part]
    if isinstance(type_, GraphQLScalarType):
        return [] if _LEAVES[type_.name](value) else [f"{at} is no {type_.name}: {value!r}"]
    if isinstance(type_, GraphQLEnumType):
        return [] if value in type_.values else [f"{at} is no {type_.name}: {value!r}"]
    if isinstance(type_, GraphQLObjectType):
        return _object_problems(schema, type_, selected, value, at)
    concrete = schema.type_map.get(str(value.get("__typename")) if isinstance(value, Mapping) else "")
    if not isinstance(concrete, GraphQLObjectType) or not schema.is_sub_type(type_, concrete):
        return [f"{at} is no {type_.name}"]
    return _object_problems(schema, concrete, selected, value, at)
