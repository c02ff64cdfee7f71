"""How Orkosi's interface speaks: `{data, meta}`, names in snake_case, and tokens that come in a header of their own."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from models.errors import NotFound
from models.ids import Kind
from rest.dialect import Dialect, bare
from rest.routing import Routes
from serving.errors import NO_DETAILS

_OTHERWISE_CALLED = {
    Kind.CARD: "Task",
    Kind.PROJECT: "Product",
    Kind.STANDING_ORDER: "Rule",
    Kind.WORKSPACE_FILE: "File",
    Kind.AGENT_TEMPLATE: "Template",
    Kind.AGENT_AUTOMATION: "Automation",
}
_UNKNOWN = {NotFound(kind.title).message: NotFound(name).message for kind, name in _OTHERWISE_CALLED.items()}
"""That something is not there, as this interface calls it."""
_HUMP = re.compile(r"(?<=[a-z0-9])[A-Z]")


class Meta(TypedDict):
    """What is said beside an answer: of a list how long it is and which part this is, of a body which of its fields
    nobody has read, of what was to be made whether it was there already."""

    total: NotRequired[int]
    limit: NotRequired[int]
    offset: NotRequired[int]
    has_more: NotRequired[bool]
    ignored_fields: NotRequired[list[str]]
    deduplicated: NotRequired[bool]


class OrkosiFailureData(TypedDict):
    """What failed. `code` is stable, `message` is for people; `details` depends on the code."""

    code: str
    message: str
    details: NotRequired[dict[str, Any]]


class OrkosiFailure(TypedDict):
    """What every request that fails answers."""

    error: OrkosiFailureData


_META = TypeAdapter(Meta).json_schema()


def snake(name: str) -> str:
    """A name, or a path of names, as the interface writes it."""
    return _HUMP.sub(lambda hump: f"_{hump[0].lower()}", name)


def render(_status: int, message: str, code: str, details: Mapping[str, Any] = NO_DETAILS) -> OrkosiFailure:
    """The body of a failure."""
    field = details.get("field")
    if field is not None and message.startswith(f"{field}: "):
        message = snake(field) + message[len(field) :]
    told: OrkosiFailureData = {"code": code, "message": _UNKNOWN.get(message, message)}
    if details:
        told["details"] = _in_snake(details)
    return {"error": told}


def _in_snake(value: Any) -> Any:
    """The details of a failure: the names in them, and those of the fields that they are about."""
    if isinstance(value, Mapping):
        return {
            snake(name): snake(inside) if name == "field" and isinstance(inside, str) else _in_snake(inside)
            for name, inside in value.items()
        }
    return [_in_snake(inside) for inside in value] if isinstance(value, list) else value


def _wrap(value: Any, meta: Mapping[str, Any]) -> dict[str, Any]:
    return {"data": value, "meta": meta}


def _wrapped(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {"data": schema, "meta": _META}, "required": ["data", "meta"]}


ORKOSI = Dialect(
    name="orkosi",
    heading="Orkosi: ",
    wrap=_wrap,
    wrapped=_wrapped,
    failure_type=OrkosiFailure,
    render=render,
    extra="ignore",
    key_header="x-api-key",
)
FLAT = replace(ORKOSI, wrap=bare, wrapped=lambda schema: schema)
"""That of answers that stand by themselves."""
FEED = replace(FLAT, key_parameter="token")
"""That of what readers of feeds ask for, who send no header."""

orkosi_routes = partial(Routes, dialect=ORKOSI)
"""The routes of one noun, below where the interface begins."""
BASE = "/api"
"""Where that is, below the prefix of the interface."""
SCOPED = "/w/{orgSlug}/{wsSlug}" + BASE
"""The same, for requests about one workspace."""
