"""What is shown of what models declare: a key a field, in snake_case. Ids are by hand, as many are numbers."""

from collections.abc import Callable, Collection
from typing import TypeVar

from pydantic import BaseModel

from models.facts import REST
from rest import present
from rest.present import Timestamp, shown, word

T = TypeVar("T")


def presents(
    model: type[BaseModel], *, only: Collection[str] | None = None, without: Collection[str] = ()
) -> Callable[[type[T]], type[T]]:
    """As `rest.present.presents`, under the names of the records."""
    return present.presents(model, door=REST, only=only, without=["id", *without], named=str)


__all__ = ["Timestamp", "presents", "shown", "word"]
