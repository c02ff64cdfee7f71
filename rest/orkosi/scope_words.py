"""What keys may be used for, in the words of the interface: of what, and whether it is read or written."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from models.enums import TokenScope
from resolvers.inputs.api_key import KEY_SCOPES

EVERYTHING = "*"
MAX_WORDS = 100

_FAMILIES = {
    "tasks": "projects",
    "products": "projects",
    "files": "projects",
    "rules": "pilotage",
    "agents": "pilotage",
    "templates": "pilotage",
    "credentials": "credentials",
    "queue": "pilotage",
    "logs": "operations",
    "billing": "billing",
}
_SCOPES = {
    f"{noun}:{verb}": TokenScope(f"{family}:{verb}") for noun, family in _FAMILIES.items() for verb in ("read", "write")
}
"""The token scope behind each word. Several words may have the same."""


def scopes_named(words: Any) -> list[TokenScope]:
    """The token scopes that words name, each once."""
    if not isinstance(words, list) or not 1 <= len(words) <= MAX_WORDS:
        raise PydanticCustomError("scopes", "must be a list of at least one scope")
    named = [KEY_SCOPES if word == EVERYTHING else (_scope(word),) for word in words]
    return list(dict.fromkeys(scope for scopes in named for scope in scopes))


def words_of(scopes: Iterable[TokenScope | str]) -> list[str]:
    """All the words whose scopes these are: what each opens, the others of its family open too."""
    had = {TokenScope(scope) for scope in scopes}
    if had >= set(KEY_SCOPES):
        return [EVERYTHING]
    words = [word for word, scope in _SCOPES.items() if scope in had]
    return words + [scope.value for scope in TokenScope if scope in had - set(_SCOPES.values())]


def _scope(word: Any) -> TokenScope:
    scope = _SCOPES.get(word) if isinstance(word, str) else None
    if scope is None:
        known = ", ".join((*_SCOPES, EVERYTHING))
        shown = {"shown": ascii(word)[:60], "known": known}
        raise PydanticCustomError("scope", "{shown} is no scope; the scopes are {known}", shown)
    return scope


ScopeWords = Annotated[
    list[TokenScope],
    BeforeValidator(scopes_named),
    WithJsonSchema(
        {
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_WORDS,
            "items": {"type": "string", "enum": [*_SCOPES, EVERYTHING]},
        }
    ),
]
