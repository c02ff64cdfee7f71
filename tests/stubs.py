"""Records that hold no more than a test needs, past what a type checker asks of whole ones."""

from typing import Any

from pymongo.asynchronous.collection import AsyncCollection

from models.base import Recorded, collection


def stub(values: Any) -> Any:
    """A record, or some, with a part of its keys."""
    return values


def stubs(model: type[Recorded[Any]]) -> AsyncCollection[Any]:
    """The collection of a class, to write such records to, or of one that is among several."""
    return collection(model)
