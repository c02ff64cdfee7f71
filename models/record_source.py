"""The source of `models.records`: a TypedDict for every document, made of the fields of its class."""

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

from beanie import Document
from bson import ObjectId
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from models import DOCUMENTS
from models.base import Recorded, Stored

_HEAD = '''"""What is kept of every document, as MongoDB returns it: made of the models by `orrery records --write`."""

from datetime import datetime
from typing import Any, NotRequired

from bson import ObjectId
from typing_extensions import TypedDict
'''

_OWN = frozenset(Document.model_fields) - {"id"}
"""The fields of Beanie's own, which are not kept."""


def record_source() -> str:
    """The module as it is to be written."""
    written: dict[type[BaseModel], str] = {}
    for model in DOCUMENTS:
        _write(model, written)
    return "\n\n".join([_HEAD, *written.values()])


def kept_fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """The fields of a document, or of a part of one, by their keys in the record."""
    is_document = issubclass(model, Document)
    for name, field in model.model_fields.items():
        if not (is_document and name in _OWN):
            yield "_id" if is_document and name == "id" else field.alias or name, field


def _write(model: type[BaseModel], written: dict[type[BaseModel], str]) -> None:
    """Add the class of a document's record, behind those of the parts that it is made of."""
    for _, field in kept_fields(model):
        for part in _parts(field.annotation):
            if part not in written:
                _write(part, written)
    lines = [f"    {key}: {_kept_in(model, key, field)}" for key, field in kept_fields(model)]
    added = model.added if issubclass(model, Recorded) else {}
    lines += [f"    {key}: NotRequired[{_kept_as(type_, key)}]" for key, type_ in added.items()]
    docstring = f'    """A `{model.__module__}.{model.__name__}`."""'
    written[model] = "\n".join([f"class {model.__name__}Record(TypedDict):", docstring, "", *lines, ""])


def _kept_in(model: type[BaseModel], key: str, field: FieldInfo) -> str:
    """The type of a key. What is no `Stored` is often written by an update, without what has a default."""
    kept = _kept_as(field.annotation, key)
    may_lack = (
        key != "_id" and not field.is_required() and issubclass(model, Document) and not issubclass(model, Stored)
    )
    return f"NotRequired[{kept}]" if may_lack else kept


def _parts(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _parts(argument)


def _kept_as(annotation: Any, key: str) -> str:
    """How the type of a field is written for its record."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        kept = [_kept_as(argument, key) for argument in arguments]
        # An id is None only in a document that was not written yet.
        return kept[0] if key == "_id" else " | ".join(kept)
    if origin in (list, dict):
        return f"{origin.__name__}[{', '.join(_kept_as(argument, '') for argument in arguments)}]"
    if annotation is Any or annotation is NoneType:
        return "Any" if annotation is Any else "None"
    if issubclass(annotation, BaseModel):
        return f"{annotation.__name__}Record"
    # A part of an enum is kept as its value is, and a typed id as any other.
    bases = (ObjectId, datetime) if not issubclass(annotation, Enum) else (int, str)
    base = next((base for base in bases if issubclass(annotation, base)), annotation)
    return str(base.__name__)
