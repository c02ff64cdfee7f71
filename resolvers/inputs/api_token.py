"""Inputs of the operations on personal access tokens."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from auth.subject import USUAL_SCOPES
from models.base import utc_now
from models.enums import TokenScope
from resolvers.kit.input import Date, Input, Name

_MAX_SCOPES = 100  # bounds the work only: there are fewer


def scopes_of(value: Any) -> list[TokenScope]:
    """The scopes that a client names, each once."""
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= _MAX_SCOPES:
        raise PydanticCustomError("scopes", "must be a list of at least one scope")
    return list(dict.fromkeys(_scope(element) for element in value))


def _usual(value: Any) -> list[TokenScope]:
    return list(USUAL_SCOPES) if value is None else scopes_of(value)


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
    BeforeValidator(_usual),
    WithJsonSchema({"type": "array", "minItems": 1, "items": {"type": "string", "enum": list(TokenScope)}}),
]
Future = Annotated[Date, AfterValidator(_future)]


class ApiTokenCreate(Input):
    """A new personal access token.

    `scopes` are those of projects, agents, notifications and the account where they are left out.
    """

    name: Name = Field(description="What it is for.")
    scopes: Scopes = Field(
        default_factory=lambda: list(USUAL_SCOPES),
        description="What it may be used for; by default all of projects, agents, notifications and the account.",
    )
    expires_at: Future | None = Field(None, description="When it ends; never by default.")
