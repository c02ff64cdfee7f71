"""From an input of the graph to the checked input of an operation."""

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry
from strawberry import UNSET
from strawberry.types import get_object_definition

from resolvers.kit.input import Input, read_input

M = TypeVar("M", bound=Input)


def given(description: str) -> Any:
    """An input field that may be left out."""
    return strawberry.field(default=UNSET, description=description)


def required(description: str) -> Any:
    """An input field that must be given."""
    return strawberry.field(description=description)


def read(model: type[M], value: object) -> M:
    """The checked input of an operation; raises BadUserInput that names the field as the client wrote it."""
    return read_input(model, sent(value))


def sent(value: object) -> dict[str, Any]:
    """An input of the graph as plain mappings and lists, as the client wrote it."""
    written: dict[str, Any] = plain(value, named=_client_name)
    return written


def plain(value: Any, *, named: Callable[[Any], str] | None = None) -> Any:
    """An input as plain mappings and lists, without what was left out; keys as in Python unless `named` says how."""
    definition = get_object_definition(value)
    if definition is not None:
        fields = ((field, getattr(value, field.python_name)) for field in definition.fields)
        return {
            named(field) if named else field.python_name.rstrip("_"): plain(item, named=named)
            for field, item in fields
            if item is not UNSET
        }
    if isinstance(value, list):
        return [plain(item, named=named) for item in value]
    return value


def _client_name(field: Any) -> str:
    head, *rest = (field.graphql_name or field.python_name).split("_")
    return "".join([head, *(part.capitalize() for part in rest)])


__all__ = ["given", "plain", "read", "required", "sent"]
