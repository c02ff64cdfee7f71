"""What several bodies of the agent board have in common."""

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from models.enums import ColumnKind
from models.limits import PROMPT
from resolvers.credential.credential import MASKED
from resolvers.inputs.credential import Secret
from resolvers.kit.input import AnyId, Input, Prose

MAX_IDS = 500

_KINDS = {
    "backlog": (ColumnKind.BACKLOG, None),
    "active": (ColumnKind.ACTIVE, None),
    "done": (ColumnKind.DONE, None),
    "archive": (ColumnKind.ARCHIVE, None),
    # What clients of before call them.
    "passive": (ColumnKind.BACKLOG, None),
    "dev": (ColumnKind.ACTIVE, None),
    "skill": (ColumnKind.ACTIVE, None),
    "conversational": (ColumnKind.ACTIVE, True),
}


def _column_type(value: Any) -> Any:
    if value not in _KINDS:
        raise PydanticCustomError("columnType", "must be backlog, active, done or archive")
    return value


ColumnTypeWord = Annotated[str, BeforeValidator(_column_type), WithJsonSchema({"type": "string", "enum": list(_KINDS)})]
Prompt = Annotated[str, PROMPT, Prose]


def _said(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


Unsaid = BeforeValidator(_said)
"""Annotates a text that may be left out: forms send an empty one instead."""


def _typed(value: Any) -> Any:
    return None if isinstance(value, str) and (not value or value.endswith(MASKED)) else value


FormSecret = Annotated[Secret | None, BeforeValidator(_typed)]
"""A secret as forms send it: one that nobody has typed, because it is empty or as it was shown, is none."""


def kind_of(word: str) -> dict[str, Any]:
    """What a word for the type of a column says of it."""
    kind, requires_approval = _KINDS[word]
    return {"kind": kind} | ({} if requires_approval is None else {"requires_approval": requires_approval})


class Part(Input):
    """An object inside a body, whose unknown fields are ignored too."""

    model_config = ConfigDict(extra="ignore")


class Order(Input):
    """All of a list in another order."""

    ids: Annotated[list[AnyId], Field(max_length=MAX_IDS)]


class DeletionQuery(Input):
    """`force` deletes cards whose work is not merged too, which is 409 `WORKTREE_DIRTY` without it."""

    force: bool = False
