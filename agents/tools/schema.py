"""Schemas in few words: a model reads all those that are listed before it does anything."""

from typing import Annotated, Any

from pydantic import Field

from agents.tools.tool import Schema
from resolvers.kit.input import Input
from resolvers.kit.json_schema import schema_of

_LEFT_OUT = frozenset({"pattern", "maxLength", "minLength", "format"})
"""What an operation checks anyway, and says better when it refuses."""
_ENDLESS = 100_000
"""A bound that no model comes near."""
_NULL = {"type": "null"}


class GoingOn(Input):
    """Where to go on in a result that was cut."""

    offset: Annotated[int, Field(strict=True, ge=0, le=10**9)] = Field(
        0, description="Where to go on, as a result says."
    )


def schema_taking(model: type[Input]) -> Schema:
    """The schema of a tool that takes an input."""
    return compact(schema_of(model))


def compact(schema: Schema) -> Schema:
    """A schema of arguments, without what no model needs. Null stays where the description says what it means."""
    found: Schema = {"type": "object", "properties": {}, **_of(schema)}
    found.pop("description", None)
    return found


def _of(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    found = {key: value for key, value in schema.items() if key not in _LEFT_OUT and (key, value) != ("default", None)}
    for bound in ("maximum", "minimum"):
        if abs(found.get(bound, 0)) >= _ENDLESS or not found.get(bound, 1):
            del found[bound]
    if "anyOf" in found:
        found = _chosen(found)
    for key in ("items", "additionalProperties", "not"):
        if key in found:
            found[key] = _of(found[key])
    if isinstance(found.get("items"), dict):
        found["items"].pop("description", None)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in found:
            found[key] = [_of(choice) for choice in found[key]]
    if "properties" in found:
        found["properties"] = {name: _of(child) for name, child in found["properties"].items()}
    return found


def _chosen(schema: Schema) -> Schema:
    """A type that may be null, without the choice."""
    choices = [choice for choice in schema["anyOf"] if choice != _NULL]
    if len(choices) != 1 or len(choices) == len(schema["anyOf"]):
        return schema
    beside = {key: value for key, value in schema.items() if key != "anyOf"}
    merged = {**_of(choices[0]), **beside}
    if "null" not in str(schema.get("description", "")):
        return merged
    if "enum" in merged:
        merged["enum"] = [*merged["enum"], None]
    if isinstance(merged.get("type"), str):
        merged["type"] = [merged["type"], "null"]
    return merged
