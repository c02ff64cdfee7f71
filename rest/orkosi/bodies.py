"""What bodies and addresses of Orkosi's interface have in common: names in snake_case, and fields that say nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from bson import ObjectId
from pydantic import ConfigDict, ValidationError, ValidationInfo, ValidatorFunctionWrapHandler, field_validator
from typing_extensions import TypedDict

from models.errors import BadUserInput, Conflict
from resolvers.kit.input import Input

_CLEARED_BY_EMPTY_TEXT = frozenset({"string_too_short", "word", "date", "id"})
"""What is wrong with an empty text where another text would do: in place of a number, or a list, it is a mistake."""


class Body(Input):
    """A body, whose fields are called as they are here.

    The reference knows optional texts, and no null: so an empty text clears what takes none, and null is the default of
    what cannot be null.
    """

    model_config = ConfigDict(alias_generator=None)

    @field_validator("*", mode="wrap")
    @classmethod
    def _may_say_nothing(cls, value: Any, check: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        try:
            return check(value)
        except ValidationError as refused:
            if not cls._says_nothing(value, refused):
                raise
            try:
                return _default(cls, str(info.field_name), check)
            except ValidationError:
                raise refused from None

    @classmethod
    def _says_nothing(cls, value: Any, refused: ValidationError) -> bool:
        is_cleared = value == "" and refused.errors()[0]["type"] in _CLEARED_BY_EMPTY_TEXT
        return value is None or is_cleared


def _default(model: type[Input], name: str, check: ValidatorFunctionWrapHandler) -> Any:
    """What a field holds where nothing is said of it; raises ValidationError where it may not be null, nor left out."""
    field = model.model_fields[name]
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    return check(None) if default is None else default


class Changes(Body):
    """What changes, where null leaves as it is what cannot be null: so an empty text clears nothing either."""

    @classmethod
    def _says_nothing(cls, value: Any, refused: ValidationError) -> bool:
        return False


class Part(Body):
    """An object inside a body, whose unknown fields are ignored too."""

    model_config = ConfigDict(extra="ignore")


class Query(Body):
    """The parameters of an address."""


class Deleted(TypedDict):
    """What was deleted."""

    id: int | str
    deleted: Literal[True]


def deleted(identity: int | str | ObjectId) -> Deleted:
    """That something was deleted, by its number or its id."""
    return {"id": identity if isinstance(identity, int) else str(identity), "deleted": True}


@contextmanager
def called(**names: str) -> Iterator[None]:
    """Have failures in the block name what is at fault as this interface calls it."""
    try:
        yield
    except (BadUserInput, Conflict) as error:
        if error.field not in names:
            raise
        message = error.message.removeprefix(f"{error.field}: ")
        details = {key: value for key, value in error.details.items() if key != "field"}
        raise type(error)(message, field=names[error.field], **details) from error
