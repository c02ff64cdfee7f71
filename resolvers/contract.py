"""What the signature of an operation says: its arguments, its input, and what it returns. Every door is made of it."""

import functools
import inspect
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Union, get_args, get_origin

from bson import ObjectId

from resolvers.inputs.base import Input
from resolvers.operation import Operation

REQUIRED = inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument beside the input. `annotation` is plain; `default` is REQUIRED where it must be given."""

    name: str
    annotation: Any
    description: str
    default: Any = REQUIRED


@dataclass(frozen=True, slots=True)
class Contract:
    """What an operation takes, in the order of its parameters, and what it returns.

    `description` is the first paragraph of its docstring.
    """

    description: str
    arguments: tuple[Argument, ...]
    input: type[Input] | None
    returns: Any


@functools.cache
def contract(operation: Operation) -> Contract:
    """The contract of an operation."""
    hints = typing.get_type_hints(operation.body, include_extras=True)
    _, *names = inspect.signature(operation.body).parameters
    found: list[Argument] = []
    if operation.door is not None:
        del names[0]
        if not operation.inside:
            found.append(_id(operation.door.argument or "id", operation.door.noun.word))
    input_: type[Input] | None = None
    for name in names:
        annotation = plain_type(hints[name])
        if isinstance(annotation, type) and issubclass(annotation, Input):
            input_ = annotation
        else:
            default = inspect.signature(operation.body).parameters[name].default
            found.append(Argument(name, annotation, _told(hints[name], name), default))
    return Contract(described(operation.body), tuple(found), input_, hints["return"])


def described(documented: Callable[..., Any] | type) -> str:
    """The first paragraph of a docstring, in one line."""
    first, *_ = (inspect.getdoc(documented) or "").split("\n\n")
    return " ".join(first.split())


def plain_type(annotation: Any) -> Any:
    """An annotation without what it is annotated with."""
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def without_null(annotation: Any) -> tuple[Any, bool]:
    """An annotation without None, and whether that was there; what it is annotated with is taken off as well."""
    annotation = plain_type(annotation)
    if get_origin(annotation) not in (Union, types.UnionType):
        return annotation, False
    kept = [one for one in get_args(annotation) if one is not type(None)]
    if set(kept) == {ObjectId, str}:
        return ObjectId, len(kept) < len(get_args(annotation))
    return plain_type(kept[0]), len(kept) < len(get_args(annotation))


def _id(name: str, word: str) -> Argument:
    return Argument(name, ObjectId | str, f"The id of the {word}.")


def _told(annotation: Any, name: str) -> str:
    """What an argument is: the text that it is annotated with; an id says it by its name."""
    for one in getattr(annotation, "__metadata__", ()):
        if isinstance(one, str):
            return one
    if not name.endswith("_id"):
        raise TypeError(f"{name}: what it is has to be told, as Annotated[…, 'What it is.']")
    return f"The id of the {name.removesuffix('_id').replace('_', ' ')}."


def many_of(annotation: Any) -> Any | None:
    """What a list holds; None for what is no list."""
    return get_args(annotation)[0] if get_origin(annotation) in (list, Sequence) else None
