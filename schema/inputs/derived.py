"""The graph's input of an operation, made of its checked one: a field is declared there, with its description."""

import functools
import typing
from datetime import datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import strawberry
from bson import ObjectId
from strawberry import UNSET
from strawberry.scalars import JSON

from resolvers.kit.contract import described, many_of
from resolvers.kit.input import Input, WrittenAs
from resolvers.kit.upload import Upload as UploadedFile
from schema.scalars import ProjectFile, Upload

_SCALARS: dict[Any, Any] = {
    str: str,
    int: int,
    float: float,
    bool: bool,
    bytes: str,
    datetime: datetime,
    ObjectId: strawberry.ID,
    UploadedFile: Upload,
    ProjectFile: ProjectFile,
    Any: JSON,
}


@functools.cache
def input_type(model: type[Input]) -> type:
    """The input of the graph that `model` checks. What has a default there may be left out here."""
    name = model.__name__ if model.__name__.endswith(("Input", "Comparator")) else f"{model.__name__}Input"
    hints = typing.get_type_hints(model, include_extras=True)
    members: dict[str, Any] = {"__annotations__": {}}
    for field, info in model.model_fields.items():
        required = info.is_required()
        type_ = graph_type(hints[field])
        members["__annotations__"][field] = type_ if required else type_ | None
        default = {} if required else {"default": UNSET}
        called = field.rstrip("_") if field.endswith("_") else None
        members[field] = strawberry.field(name=called, description=info.description, **default)
    return strawberry.input(type(name, (), members), description=described(model))


def graph_type(annotation: Any) -> Any:
    """The type in the graph of what a Python annotation says; null is left out."""
    if get_origin(annotation) is Annotated:
        plain, *notes = get_args(annotation)
        return next((note.type for note in notes if isinstance(note, WrittenAs)), None) or graph_type(plain)
    if get_origin(annotation) in (Union, UnionType):
        return graph_type(next(member for member in get_args(annotation) if member is not NoneType))
    if (element := many_of(annotation)) is not None:
        return list[graph_type(element)]  # type: ignore[misc]
    if get_origin(annotation) is dict:
        return JSON
    if get_origin(annotation) is Literal:
        return type(get_args(annotation)[0])
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if issubclass(annotation, Enum):
        return annotation
    if issubclass(annotation, Input):
        return input_type(annotation)
    raise TypeError(f"{annotation} has no type in the graph")
