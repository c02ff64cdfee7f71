"""Inputs of the operations on personal access tokens."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from models.base import utc_now
from models.enums import TokenScope
from resolvers.kit.input import Date, Input, Name

_MAX_SCOPES = 100  # bounds the work only: there are seven


def _scopes(value: Any) -> list[TokenScope]:
    if value is None:
        return list(TokenScope)
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= _MAX_SCOPES:
        raise PydanticCustomError("scopes", "must be a list of at least one scope")
    return list(dict.fromkeys(_scope(element) for element in value))


def _scope(value: Any) -> TokenScope:
    try:
        return TokenScope(value)
    except ValueError as error:
        shown = ascii(value)[:60]
        known = ", ".join(TokenScope)
        raise PydanticCustomError(
            "scope", "{shown} is no scope; the scopes are {known}", {"shown": shown, "known": known}
        ) from error


def _future(value: Any) -> Any:
    if value is not None and value <= utc_now():
        raise PydanticCustomError("date", "must lie in the future")
    return value


Scopes = Annotated[
    list[TokenScope],
    BeforeValidator(_scopes),
    WithJsonSchema({"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(TokenScope)}}),
]
Future = Annotated[Date, AfterValidator(_future)]


class ApiTokenCreate(Input):
    """A new personal access token.

    `scopes` are all of them where they are left out.
    """

    name: Name = Field(description="What it is for.")
    scopes: Scopes = Field(
        default_factory=lambda: list(TokenScope), description="What it may be used for; everything by default."
    )
    expires_at: Future | None = Field(None, description="When it ends; never by default.")
