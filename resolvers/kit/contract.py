"""What the signature of an operation says: its arguments, its input, and what it returns. Every door is made of it."""

import functools
import inspect
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from bson import ObjectId
from pydantic import BaseModel

from resolvers.kit.input import Input
from resolvers.kit.operation import Operation

REQUIRED = inspect.Parameter.empty
ID = ObjectId | str
"""How every operation takes an id."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument beside the input. `annotation` is plain; `default` is REQUIRED where it must be given. One that
    clients give says what it is, in `description`; a filter whose list it is, in `filters`."""

    name: str
    annotation: Any
    description: str | None
    default: Any = REQUIRED
    filters: type[BaseModel] | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Annotates a filter: the model whose list it is of."""

    model: type[BaseModel]


@dataclass(frozen=True, slots=True)
class Unread:
    """Annotates a mapping: what a client sent of an input that is not checked yet."""

    input: type[Input]


@dataclass(frozen=True, slots=True)
class Contract:
    """What an operation takes and returns. `order` names its parameters; its input is the one that is no argument.
    `unread` says that it is handed over as it was sent, `optional` that it may be left out."""

    arguments: tuple[Argument, ...]
    input: type[Input] | None
    unread: bool
    optional: bool
    order: tuple[str, ...]
    returns: Any

    @property
    def place(self) -> str:
        """The name of the parameter that is the input."""
        [place] = set(self.order) - {argument.name for argument in self.arguments}
        return place


@functools.cache
def contract(operation: Operation) -> Contract:
    """The contract of an operation."""
    door = operation.door
    opened = None if door is None or operation.inside else Argument(door.argument or "id", ID, _id_of(door.noun.word))
    return read_signature(operation.body, 1 if door is None else 2, opened)


def read_signature(function: Callable[..., Any], skipped: int = 1, opened: Argument | None = None) -> Contract:
    """What a signature says after its first parameters, which no client gives."""
    hints = typing.get_type_hints(function, include_extras=True)
    parameters = list(inspect.signature(function).parameters.values())[skipped:]
    found = [] if opened is None else [opened]
    input_: type[Input] | None = None
    unread = optional = False
    for parameter in parameters:
        notes = getattr(hints[parameter.name], "__metadata__", ())
        raw = next((note for note in notes if isinstance(note, Unread)), None)
        filters = next((note.model for note in notes if isinstance(note, Filters)), None)
        annotation = plain_type(hints[parameter.name])
        if raw is not None:
            input_, unread, optional = raw.input, True, parameter.default is not REQUIRED
        elif isinstance(annotation, type) and issubclass(annotation, Input):
            input_ = annotation
        else:
            told = _told(notes, parameter.name)
            found.append(Argument(parameter.name, annotation, told, parameter.default, filters))
    order = [*([] if opened is None else [opened.name]), *(item.name for item in parameters)]
    return Contract(tuple(found), input_, unread, optional, tuple(order), hints["return"])


def bind(takes: Contract, named: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a call: the first, which may name what a door opens, by its place; the others by their names."""
    others = dict(named)
    return [others.pop(takes.order[0])] if takes.order and takes.order[0] in others else [], others


def described(documented: Callable[..., Any] | type) -> str:
    """The first paragraph of a docstring, in one line."""
    first, *_ = (inspect.getdoc(documented) or "").split("\n\n")
    return " ".join(first.split())


def plain_type(annotation: Any) -> Any:
    """An annotation without what it is annotated with."""
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _id_of(word: str) -> str:
    return f"The id of the {word}."


def _told(notes: Sequence[Any], name: str) -> str | None:
    """What an argument is: the text that it is annotated with; an id says it by its name."""
    for note in notes:
        if isinstance(note, str):
            return note
    return _id_of(name.removesuffix("_id").replace("_", " ")) if name.endswith("_id") else None


def many_of(annotation: Any) -> Any | None:
    """What a list holds; None for what is no list."""
    return get_args(annotation)[0] if get_origin(annotation) in (list, Sequence, Collection, Iterable) else None
