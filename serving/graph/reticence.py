"""What production tells strangers of a refused request: what is wrong with it, and no name that they did not write.

The messages of validation name types and fields along the way, so that a list of guessed words recovers a schema. To
those who are signed in, who may introspect, they are told in full.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from graphql import (
    GraphQLSchema,
    is_enum_type,
    is_input_object_type,
    is_introspection_type,
    is_specified_directive,
    is_specified_scalar_type,
)
from graphql.type import is_interface_type, is_object_type

HIDDEN = "…"

_WORD = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")
_QUOTED = re.compile(r"'[^']*'")
_SUGGESTION = re.compile(r" Did you mean .*\?$", re.DOTALL)


def without_suggestion(message: str) -> str:
    """A message without the guess at what was meant, which some rules make whether they are to or not."""
    return _SUGGESTION.sub("", message)


class Reticence:
    """Hides the names of one schema in the errors of strangers."""

    def __init__(self, schema: GraphQLSchema) -> None:
        known = set(_names(schema))
        roots = {type_.name for type_ in (schema.query_type, schema.mutation_type, schema.subscription_type) if type_}
        self._quoted = frozenset(known - roots)
        # Outside quotes, a word of English is no name.
        self._anywhere = frozenset(name for name in self._quoted if name in schema.type_map or not name.islower())

    def told(
        self, errors: list[dict[str, Any]], text: str, variables: Mapping[str, Any] | None
    ) -> list[dict[str, Any]]:
        """Errors as a stranger may read them, who wrote this document and these variables."""
        written = set(_WORD.findall(text))
        if variables:
            written.update(_WORD.findall(orjson.dumps(variables).decode()))
        return [
            error if "path" in error else {**error, "message": self._hidden(error["message"], written)}
            for error in errors
        ]

    def _hidden(self, message: str, written: set[str]) -> str:
        def hide(word: re.Match[str], names: frozenset[str]) -> str:
            return HIDDEN if word[0] in names and word[0] not in written else word[0]

        message = _QUOTED.sub(lambda part: _WORD.sub(lambda word: hide(word, self._quoted), part[0]), message)
        return _WORD.sub(lambda word: hide(word, self._anywhere), message)


def _names(schema: GraphQLSchema) -> Iterator[str]:
    for directive in schema.directives:
        if not is_specified_directive(directive):
            yield directive.name
            yield from directive.args
    for type_ in schema.type_map.values():
        if is_introspection_type(type_) or is_specified_scalar_type(type_):
            continue
        yield type_.name
        if is_enum_type(type_):
            yield from type_.values
        elif is_input_object_type(type_):
            yield from type_.fields
        elif is_object_type(type_) or is_interface_type(type_):
            for name, field in type_.fields.items():
                yield name
                yield from field.args
