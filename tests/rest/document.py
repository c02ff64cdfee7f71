"""A checker of values against the schemas of the OpenAPI document, as strict as the document is."""

import re
from datetime import datetime
from typing import Any

from rest.app import openapi
from tests.rest.told import dialect_of

DOCUMENT = openapi("0.0.0", "http://testserver")
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def in_document(path: str) -> str:
    """The address that the document has for one: those that name a workspace beside it are served, and not shown."""
    return re.sub("^(/orkosi)/w/[^/]+/[^/]+(/api/)", r"\1\2", path)


def template_of(path: str) -> str | None:
    """The path of the document that an address matches, fixed paths first."""
    path = in_document(path)
    for template in sorted(DOCUMENT["paths"], key=lambda one: one.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
            return str(template)
    return None


def problems(value: Any, schema: Any, at: str = "body") -> list[str]:
    """Where a value does not fit a schema; a property that is not declared does not fit."""
    if schema == {} or schema is True:
        return []
    if "$ref" in schema:
        return problems(value, DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], at)
    if "anyOf" in schema:
        return [] if any(not problems(value, one, at) for one in schema["anyOf"]) else [f"{at} fits none of anyOf"]
    if "const" in schema and value != schema["const"]:
        return [f"{at} is not {schema['const']}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at} is none of {schema['enum']}"]
    kind = schema.get("type")
    if kind is not None and (not isinstance(value, _TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [f"{at} is no {kind}"]
    if isinstance(value, str):
        return _text_problems(value, schema, at)
    if isinstance(value, list):
        return [
            one for place, item in enumerate(value) for one in problems(item, schema.get("items", {}), f"{at}.{place}")
        ]
    if isinstance(value, dict):
        return _object_problems(value, schema, at)
    return []


def _text_problems(value: str, schema: Any, at: str) -> list[str]:
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return [f"{at} does not match {schema['pattern']}"]
    if schema.get("format") == "date-time":
        if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value):
            return [f"{at} has no milliseconds and Z"]
        datetime.fromisoformat(value)
    return []


def _object_problems(value: dict[str, Any], schema: Any, at: str) -> list[str]:
    properties = schema.get("properties")
    if properties is None:
        return []
    missing = [f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in value]
    unknown = [f"{at}.{name} is not declared" for name in value if name not in properties]
    known = {name: child for name, child in value.items() if name in properties}
    inside = [one for name, child in known.items() for one in problems(child, properties[name], f"{at}.{name}")]
    return missing + unknown + inside


def response_problems(method: str, path: str, status: int, body: Any) -> list[str]:
    """Where an answer differs from what the document declares for it."""
    template = template_of(path)
    operation = DOCUMENT["paths"].get(template, {}).get(method.lower())
    if operation is None:
        failure = {"$ref": f"#/components/schemas/{dialect_of(path).failure_type.__name__}"}
        return problems(body, failure) if status in (404, 405) else [f"{method} {path} is not declared"]
    declared = operation["responses"].get(str(status))
    if declared is None:
        return [f"{method} {template} does not declare {status}"]
    if "$ref" in declared:
        declared = DOCUMENT["components"]["responses"][declared["$ref"].rsplit("/", 1)[-1]]
    json = declared.get("content", {}).get("application/json")
    return [] if json is None else problems(body, json["schema"])
