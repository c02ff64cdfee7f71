"""What a mutation returns, by what its operation does: for a noun made of its type, for anything else written here."""

import functools
from collections.abc import Mapping
from typing import Any

import strawberry
from bson import ObjectId

from realtime.log import Committed
from resolvers.contract import without_null
from resolvers.noun import Noun, noun_of
from resolvers.nouns import COLUMN, LABEL, SCOPE
from schema.column import Column
from schema.label import Label
from schema.payload import AccountPayload, DeletePayload, cursor_field
from schema.scalars import Cursor
from schema.scope import Scope

TYPES: Mapping[Noun, type] = {COLUMN: Column, LABEL: Label, SCOPE: Scope}
"""What shows a noun."""

PAYLOADS: Mapping[Any, type] = {ObjectId: DeletePayload, type(None): AccountPayload}
"""By what a change makes, where that is no noun. Their fields are its attributes, and the cursor."""


@functools.cache
def payload_of(noun: Noun) -> type:
    """What a change of a noun returns."""
    members = {
        "__annotations__": {noun.shown_as: TYPES[noun], "cursor": Cursor},
        noun.shown_as: strawberry.field(description=f"The {noun.word} as it is now."),
        "cursor": cursor_field(),
    }
    article = "an" if noun.word[0] in "aeiou" else "a"
    made = type(f"{noun.name}Payload", (), members)
    return strawberry.type(made, description=f"What a change of {article} {noun.word} returns.")


def payload_for(made: Any) -> type:
    """The payload of an operation, by what it makes: the argument of `Committed`."""
    noun = noun_of(made)
    return PAYLOADS[without_null(made)[0]] if noun is None else payload_of(noun)


def filled(type_: type, noun: Noun | None, done: Committed[Any]) -> Any:
    """The values of a payload."""
    cursor = str(done.cursor)
    if noun is not None:
        return {noun.shown_as: done.value, "cursor": cursor}
    if type_ is DeletePayload:
        return {"deleted_id": done.value, "cursor": cursor}
    names = [one.python_name for one in type_.__strawberry_definition__.fields]  # type: ignore[attr-defined]
    return {name: cursor if name == "cursor" else getattr(done.value, name) for name in names}
