"""The OpenAPI 3.1 document, built from the route table: what is not declared there is not in it, and the other way."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import TypeAdapter
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaMode

from auth.authenticate import CSRF_HEADER, SESSION_COOKIE
from resolvers.kit.idempotency import HEADER, REPLAYED
from rest.dialect import NO_CONTENT, Dialect
from rest.examples import Example, examples
from rest.openapi_parts import REF, failures, headers, parameters, response_headers
from rest.routing import Route

KEY_HEADER = "X-API-Key"
"""What dialects call the header that a token may come in, instead of `Authorization`."""
_BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_FORMS: dict[str, dict[str, Any]] = {"text/event-stream": {}, "application/json": {"schema": {}}}
"""What answers of other forms than plain bytes are said to be."""
NOTHING: Mapping[str, Any] = {}
_DESCRIPTION = (
    "Sign in with `POST /auth/login`, then send `Authorization: Bearer <access_token>`, or a personal access token. "
    f"A browser may use the session cookie instead; it repeats the CSRF token in `{CSRF_HEADER}` whenever it writes. "
    "Ids are 24 hexadecimal characters; dates are ISO 8601 in UTC with milliseconds. "
    "No text, neither a value nor a name, may hold NUL (`\\u0000`) or half of a surrogate pair: 400."
)


def build(
    table: Sequence[Route],
    tags: Mapping[str, str],
    *,
    version: str,
    base_url: str,
    also: Mapping[str, Any] = NOTHING,
) -> dict[str, Any]:
    """The document of a route table; `tags` describes the groups in the order in which they are shown, `also` further
    paths."""
    dialects = list(dict.fromkeys(route.dialect for route in table))
    shapes, schemas = _schemas(table, dialects)
    paths: dict[str, dict[str, Any]] = {}
    for route in table:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Orrery REST API",
            "version": version,
            "description": _DESCRIPTION,
            "contact": {"name": "Whoever runs this gateway"},
            "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": base_url}],
        "tags": [{"name": name, "description": text} for name, text in tags.items()],
        "paths": {**paths, **also},
        "components": {
            "schemas": schemas,
            "parameters": parameters(_path_names(table)),
            "headers": headers(),
            "responses": _referred(
                {name: shape for dialect in dialects for name, shape in failures(dialect).items()}, {**paths, **also}
            ),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The JWT of a sign-in, or a personal access token (`sl_…`).",
                },
                "key": {"type": "apiKey", "in": "header", "name": KEY_HEADER},
                "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
                "csrf": {"type": "apiKey", "in": "header", "name": CSRF_HEADER},
            },
        },
    }


def _referred(responses: dict[str, Any], paths: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The responses that operations refer to."""
    told = [told for methods in paths.values() for each in methods.values() for told in each["responses"].values()]
    names = {response["$ref"].rpartition("/")[2] for response in told if "$ref" in response}
    return {name: shape for name, shape in responses.items() if name in names}


def _schemas(
    table: Sequence[Route], dialects: Sequence[Dialect]
) -> tuple[dict[tuple[Any, JsonSchemaMode], Any], dict[str, Any]]:
    """The schema of every body and response, and the definitions that they refer to."""
    wanted: list[tuple[Any, JsonSchemaMode, TypeAdapter[Any]]] = []
    for index, route in enumerate(table):
        answers = bytes if route.gives or route.status == NO_CONTENT else route.response
        wanted.append(((index, "response"), "serialization", TypeAdapter(answers)))
        if route.body is not None:
            wanted.append(((index, "body"), "validation", TypeAdapter(route.body)))
        if route.query is not None:
            wanted.append(((index, "query"), "validation", TypeAdapter(route.query)))
    wanted += [((dialect, "failure"), "serialization", TypeAdapter(dialect.failure_type)) for dialect in dialects]
    found, shared = TypeAdapter.json_schemas(wanted, ref_template=REF)
    definitions: dict[str, Any] = shared.get("$defs", {})
    shapes: dict[tuple[Any, JsonSchemaMode], Any] = {}
    for (key, mode), schema in found.items():
        about, part = key
        declared = table[about] if isinstance(about, int) else None
        if declared is not None and part == "body" and (declared.given or declared.dialect.extra == "ignore"):
            schema = _without(_resolve(schema, definitions), declared.given)
            if schema.get("additionalProperties") is False and declared.dialect.extra == "ignore":
                del schema["additionalProperties"]
        if part == "query":
            schema = _resolve(schema, definitions)
        shapes[((declared or about, part), mode)] = schema
    return shapes, _used(shapes, definitions)


def _operation(route: Route, shapes: dict[tuple[Any, JsonSchemaMode], Any]) -> dict[str, Any]:
    names = re.findall(r"\{(\w+)\}", route.path)
    example = examples().get(f"{route.method} {route.path}", {})
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": route.summary,
        "description": " ".join((route.handler.__doc__ or f"{route.summary}.").split()),
        "tags": [route.tag],
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in names]
        + _query(shapes.get(((route, "query"), "validation")), example.get("query", {}))
        + [{"$ref": f"#/components/parameters/{name}"} for name in _request_headers(route)],
    }
    if route.body is not None:
        schema = shapes[((route, "body"), "validation")]
        content = {"application/json": {"schema": schema} | _shown(example, "request")}
        operation["requestBody"] = {"required": route.needs_body, "content": content}
    if route.takes:
        operation["requestBody"] = {"required": True, "content": dict.fromkeys(route.takes, _BYTES)}
    if route.file is not None:
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _form(route.file)}}}
    operation["responses"] = _successes(route, shapes, example) | {
        str(status): {"$ref": f"#/components/responses/{route.dialect.name}{status}"}
        for status in sorted(_statuses(route, names))
    }
    operation["security"] = [] if route.anonymous else [{"bearer": []}, _instead(route)]
    return operation


def _instead(route: Route) -> dict[str, list[str]]:
    """What is a credential as well as a token in `Authorization`."""
    if route.dialect.key_header is not None:
        return {"key": []}
    return {"session": []} if route.is_safe else {"session": [], "csrf": []}


def _operation_id(route: Route) -> str:
    name = to_camel(f"{route.handler.__module__.rsplit('.', 1)[-1]}_{route.handler.__name__.rstrip('_')}")
    return f"{route.dialect.name}{name[0].upper()}{name[1:]}" if route.dialect.name else name


def _form(name: str) -> dict[str, Any]:
    return {"type": "object", "required": [name], "properties": {name: _BYTES["schema"]}}


def _shown(example: Example, part: Literal["request", "response"]) -> dict[str, Any]:
    return {"example": example[part]} if part in example else {}


def _request_headers(route: Route) -> tuple[str, ...]:
    if route.takes_key:
        return (HEADER,)
    if not route.gives or not route.tagged:
        return ()
    return ("If-None-Match", "Range", "If-Range") if route.ranges else ("If-None-Match",)


def _successes(
    route: Route, shapes: dict[tuple[Any, JsonSchemaMode], Any], example: Example
) -> dict[str, dict[str, Any]]:
    if route.gives:
        return _downloads(route)
    found = _answers(route, shapes, example)
    return found | {"302": {"description": "A browser goes on elsewhere."}} if route.redirects else found


def _answers(
    route: Route, shapes: dict[tuple[Any, JsonSchemaMode], Any], example: Example
) -> dict[str, dict[str, Any]]:
    sent = [REPLAYED.title()] if route.takes_key else []
    sent += ["Set-Cookie"] if route.sets_cookies else []
    sent += ["X-Orrery-Cursor"] if route.tells_cursor else []
    shown = {"headers": response_headers(*sent)} if sent else {}
    if route.status == NO_CONTENT:
        return {str(NO_CONTENT): {"description": "Done.", **shown}}
    schema = route.dialect.wrapped(shapes[((route, "response"), "serialization")])
    content = {"application/json": {"schema": schema} | _shown(example, "response")}
    done = {str(route.status): {"description": "Done.", "content": content, **shown}}
    if not route.may_go_on:
        return done
    return done | {"202": {"description": "It goes on.", "content": content, **shown}}


def _downloads(route: Route) -> dict[str, dict[str, Any]]:
    # The form of an event stream is its own standard's: what a schema here would say of it is read in two ways.
    content: dict[str, Any] = {kind: _FORMS.get(kind, _BYTES) for kind in route.gives}
    sent = ["Cache-Control", "Content-Disposition"]
    sent += ["ETag"] if route.tagged else []
    sent += ["Accept-Ranges"] if route.ranges else []
    whole = {"description": "Done.", "content": content, "headers": response_headers(*sent)}
    found = {str(route.status): whole}
    if route.ranges:
        part = {"description": "The range of it that was asked for.", "content": content}
        found["206"] = part | {"headers": response_headers(*sent, "Content-Range")}
    if not route.tagged:
        return found
    unchanged = {"description": "It is what `If-None-Match` names.", "headers": response_headers("ETag")}
    return found | {"304": unchanged}


def _statuses(route: Route, names: Sequence[str]) -> set[int]:
    statuses = {401, 500, 503}
    if names or route.body or route.query or route.takes:
        statuses.add(400)
    if names or route.names_object:
        statuses.add(404)
    if not route.anonymous:
        statuses.add(403)
    if not route.is_safe:
        statuses |= {400, 408, 409, 413, 422, 429}
    statuses |= set(route.refused_with)
    if route.body or route.file:
        statuses.add(415)
    if route.ranges:
        statuses |= {403, 416}
    return statuses


def _query(schema: dict[str, Any] | None, example: dict[str, str]) -> list[dict[str, Any]]:
    if schema is None:
        return []
    # One that is left out is no null, which an address cannot say.
    shapes = {
        name: {key: value for key, value in shape.items() if key != "default" or value is not None}
        for name, shape in schema["properties"].items()
    }
    return [
        {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": shape}
        | ({"example": _typed(example[name], shape)} if name in example else {})
        for name, shape in shapes.items()
    ]


def _typed(text: str, schema: dict[str, Any]) -> Any:
    """The value that a query parameter stands for."""
    if schema.get("type") == "boolean":
        return text in ("1", "true")
    return int(text) if schema.get("type") == "integer" else text


def _path_names(table: Sequence[Route]) -> dict[str, str | None]:
    """The names in paths, each with an example."""
    found: dict[str, str | None] = {}
    for route in table:
        recorded = examples().get(f"{route.method} {route.path}", {}).get("path", {})
        for name in re.findall(r"\{(\w+)\}", route.path):
            found[name] = found.get(name) or recorded.get(name)
    return dict(sorted(found.items()))


def _resolve(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    found: dict[str, Any] = definitions[reference.rsplit("/", 1)[-1]] if reference else schema
    return found


def _without(schema: dict[str, Any], names: frozenset[str]) -> dict[str, Any]:
    """The schema of an input less the fields that the path decides."""
    properties = {name: shape for name, shape in schema["properties"].items() if name not in names}
    required = [name for name in schema.get("required", ()) if name not in names]
    title = {"title": f"{schema['title']}Body"} if "title" in schema else {}
    return {**schema, **title, "properties": properties, "required": required}


def _used(roots: dict[Any, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The definitions that something refers to."""
    used: set[str] = set()
    pending: list[Any] = list(roots.values())
    while pending:
        current = pending.pop()
        if isinstance(current, dict):
            reference = current.get("$ref")
            if isinstance(reference, str) and (name := reference.rsplit("/", 1)[-1]) not in used:
                used.add(name)
                pending.append(definitions[name])
            pending += current.values()
        elif isinstance(current, list):
            pending += current
    return {name: definitions[name] for name in sorted(used)}
