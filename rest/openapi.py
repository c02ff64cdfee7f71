"""The OpenAPI 3.1 document, built from the route table: what is not declared there is not in it, and the other way."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaMode

from auth.authenticate import CSRF_HEADER, SESSION_COOKIE
from resolvers.idempotency import HEADER
from rest.errors import Failure
from rest.routing import Route

REF = "#/components/schemas/{model}"
_BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_ID = {"type": "string", "pattern": "^[0-9a-f]{24}$"}
_TEXT_PARAMETERS = {
    "orgSlug": "The slug of an organization that the caller is a member of.",
    "wsSlug": "The slug of a workspace of the organization that the caller is a member of.",
    "token": "The token of the invitation's link.",
}
_IDEMPOTENCY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "description": "Names the request: sent again within 24 hours, it does nothing and has the same answer, with "
    "`Idempotency-Replayed: true`. Another request under the same key is a conflict.",
}
_FAILURES = {
    400: "The input is malformed, of the wrong type or out of range; `problems` names the fields.",
    401: "No credential, or one that is invalid, expired or revoked.",
    403: "The caller's role, token scope or kind of credential does not suffice.",
    404: "No such object, or one that is not the caller's.",
    408: "The body did not come in time.",
    409: "The state of things refuses it: a taken slug, an invalid transition, a lost update.",
    413: "The body is larger than the server takes.",
    415: "The body is not of the media type that the operation takes.",
    416: "The range lies outside of the file.",
    429: "Too many changes at once; the same request may succeed later.",
    500: "Something went wrong on the server; `details.errorId` names it in the server's log.",
}
_DESCRIPTION = (
    "Sign in with `POST /auth/login`, then send `Authorization: Bearer <access_token>`, or a personal access token. "
    f"A browser may use the session cookie instead; it repeats the CSRF token in `{CSRF_HEADER}` whenever it writes. "
    "Ids are 24 hexadecimal characters; dates are ISO 8601 in UTC with milliseconds."
)


def build(table: Sequence[Route], tags: dict[str, str], *, version: str, base_url: str) -> dict[str, Any]:
    """The document of a route table; `tags` describes the groups in the order in which they are shown."""
    shapes, schemas = _schemas(table)
    paths: dict[str, dict[str, Any]] = {}
    for route in table:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, shapes)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Orrery REST API", "version": version, "description": _DESCRIPTION},
        "servers": [{"url": base_url}],
        "tags": [{"name": name, "description": text} for name, text in tags.items()],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "parameters": _parameters(table),
            "responses": {str(status): _failure(text) for status, text in _FAILURES.items()},
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The JWT of a sign-in, or a personal access token (`sl_…`).",
                },
                "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
                "csrf": {"type": "apiKey", "in": "header", "name": CSRF_HEADER},
            },
        },
    }


def _schemas(table: Sequence[Route]) -> tuple[dict[tuple[Any, JsonSchemaMode], Any], dict[str, Any]]:
    """The schema of every body and response, and the definitions that they refer to."""
    wanted: list[tuple[Any, JsonSchemaMode, TypeAdapter[Any]]] = []
    for index, route in enumerate(table):
        wanted.append(((index, "response"), "serialization", TypeAdapter(bytes if route.gives else route.response)))
        if route.body is not None:
            wanted.append(((index, "body"), "validation", TypeAdapter(route.body)))
        if route.query is not None:
            wanted.append(((index, "query"), "validation", TypeAdapter(route.query)))
    wanted.append(("failure", "serialization", TypeAdapter(Failure)))
    found, shared = TypeAdapter.json_schemas(wanted, ref_template=REF)
    definitions: dict[str, Any] = shared.get("$defs", {})
    shapes: dict[tuple[Any, JsonSchemaMode], Any] = {}
    for (key, mode), schema in found.items():
        declared = table[key[0]] if isinstance(key, tuple) else None
        if declared is not None and key[1] == "body" and declared.given:
            schema = _without(_resolve(schema, definitions), declared.given)
        if isinstance(key, tuple) and key[1] == "query":
            schema = _resolve(schema, definitions)
        shapes[((declared, key[1]) if declared else key, mode)] = schema
    return shapes, _used(shapes, definitions)


def _operation(route: Route, shapes: dict[tuple[Any, JsonSchemaMode], Any]) -> dict[str, Any]:
    names = re.findall(r"\{(\w+)\}", route.path)
    operation: dict[str, Any] = {
        "operationId": to_camel(f"{route.handler.__module__.rsplit('.', 1)[-1]}_{route.handler.__name__.rstrip('_')}"),
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in names]
        + _query(shapes.get(((route, "query"), "validation")))
        + ([] if route.is_safe or route.file else [{"$ref": f"#/components/parameters/{HEADER}"}]),
    }
    if route.handler.__doc__:
        operation["description"] = " ".join(route.handler.__doc__.split())
    if route.body is not None:
        schema = shapes[((route, "body"), "validation")]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if route.takes:
        operation["requestBody"] = {"required": True, "content": dict.fromkeys(route.takes, _BYTES)}
    if route.file is not None:
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _form(route.file)}}}
    operation["responses"] = _successes(route, shapes) | {
        str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(_statuses(route, names))
    }
    cookie: dict[str, list[str]] = {"session": []} if route.is_safe else {"session": [], "csrf": []}
    operation["security"] = [] if route.anonymous else [{"bearer": []}, cookie]
    return operation


def _form(name: str) -> dict[str, Any]:
    return {"type": "object", "required": [name], "properties": {name: _BYTES["schema"]}}


def _successes(route: Route, shapes: dict[tuple[Any, JsonSchemaMode], Any]) -> dict[str, Any]:
    schema = shapes[((route, "response"), "serialization")]
    content: dict[str, Any] = dict.fromkeys(route.gives, _BYTES) or {"application/json": {"schema": schema}}
    successes = {str(route.status): {"description": "Done.", "content": content}}
    if route.ranges:
        successes["206"] = {"description": "The range of it that was asked for.", "content": content}
    if route.gives:
        successes["304"] = {"description": "It is what `If-None-Match` names."}
    return successes


def _statuses(route: Route, names: Sequence[str]) -> set[int]:
    statuses = {401, 500}
    if names or route.body or route.query or route.takes:
        statuses.add(400)
    if names:
        statuses.add(404)
    if not route.anonymous:
        statuses.add(403)
    if not route.is_safe:
        statuses |= {400, 409, 413, 429}
    if route.body or route.file:
        statuses.add(415)
    if route.file:
        statuses.add(408)
    if route.ranges:
        statuses |= {403, 416}
    return statuses


def _query(schema: dict[str, Any] | None) -> list[dict[str, Any]]:
    if schema is None:
        return []
    return [
        {"name": name, "in": "query", "required": name in schema.get("required", ()), "schema": shape}
        for name, shape in schema["properties"].items()
    ]


def _parameters(table: Sequence[Route]) -> dict[str, Any]:
    names = sorted({name for route in table for name in re.findall(r"\{(\w+)\}", route.path)})
    return {HEADER: _IDEMPOTENCY} | {
        name: {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string"} if name in _TEXT_PARAMETERS else _ID,
            "description": _TEXT_PARAMETERS.get(name, "The object's id."),
        }
        for name in names
    }


def _failure(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": {"$ref": REF.format(model="Failure")}}}}


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
