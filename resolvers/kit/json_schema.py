"""The JSON Schema (2020-12) of an input, for those who follow no references."""

from collections.abc import Mapping
from typing import Any

from resolvers.kit.input import Input

_BY_NAME = frozenset({"properties", "patternProperties"})
"""What holds schemas by names of clients, which are no keywords."""


def schema_of(model: type[Input]) -> dict[str, Any]:
    """The schema of what clients send, every part where it is used, and no titles. Raises TypeError for what holds
    itself, and for what is no JSON."""
    try:
        schema = model.model_json_schema(by_alias=True)
    except Exception as error:
        raise TypeError(f"{model.__name__} has no JSON Schema") from error
    inlined: dict[str, Any] = _inlined(schema, schema.pop("$defs", {}), ())
    return inlined


def _inlined(part: Any, definitions: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    if isinstance(part, list):
        return [_inlined(element, definitions, inside) for element in part]
    if not isinstance(part, dict):
        return part
    if (reference := part.get("$ref")) is not None:
        name = reference.rpartition("/")[2]
        if name in inside:
            raise TypeError(f"{name} holds itself")
        beside = {key: value for key, value in part.items() if key != "$ref"}
        return _inlined({**definitions[name], **beside}, definitions, (*inside, name))
    return {
        key: {name: _inlined(schema, definitions, inside) for name, schema in value.items()}
        if key in _BY_NAME
        else _inlined(value, definitions, inside)
        for key, value in part.items()
        if key != "title" or not isinstance(value, str)
    }
