"""What bodies and addresses of Orkosi's interface have in common: names in snake_case."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from bson import ObjectId
from pydantic import ConfigDict
from typing_extensions import TypedDict

from models.errors import BadUserInput, Conflict
from resolvers.kit.input import Input


class Body(Input):
    """A body, whose fields are called as they are here."""

    model_config = ConfigDict(alias_generator=None)


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
