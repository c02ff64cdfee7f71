"""From what a model declares of its fields to the types, filters and orders of the graph."""

from collections.abc import Collection
from enum import Enum
from inspect import get_annotations
from types import MappingProxyType
from typing import Annotated, Any, TypeVar, get_origin

import strawberry
from bson import ObjectId
from pydantic import BaseModel
from strawberry import UNSET
from strawberry.scalars import JSON
from strawberry.types.field import StrawberryField

from models.facts import GRAPH, SORT, Declared, declared
from models.ids import Kind
from resolvers.kit.comparators import LOGIC, conditions_of
from resolvers.kit.fields import sorted_by
from resolvers.kit.load import one_by
from resolvers.kit.nouns import NOUNS
from resolvers.user.user import users_by
from schema.enums import OrderDirection, described
from schema.inputs.base import given
from schema.inputs.derived import input_type
from schema.loading import EDGE, derived, edge
from schema.node import TYPE_NAMES, reference
from schema.selection import NEEDS

T = TypeVar("T")


def shows(model: type[BaseModel], description: str, *, without: Collection[str] = ()) -> Any:
    """A type of the graph with the fields that a model declares, and those that the class has itself. An edge that does
    not say what it is, or needs, is told by the field of its name, or of its name and `_id`."""

    def add(cls: type[T]) -> type[T]:
        fields = declared(model, GRAPH)
        own = get_annotations(cls)
        for name in own:
            told = fields.get(name) or fields.get(f"{name}_id")
            if told is not None:
                _tell(getattr(cls, name), told)
        members = {
            name: (type_, member)
            for name, type_, member in map(_member, fields.values())
            if type_ is not None and name not in own and name not in without
        }
        for name, (_, member) in members.items():
            setattr(cls, name, member)
        cls.__annotations__ = {name: type_ for name, (type_, _) in members.items()} | own
        return strawberry.type(cls, description=description)

    return add


def _member(field: Declared) -> tuple[str, Any, Any]:
    """The name, the type and the definition of what shows a field; no type for an id that nothing is said of."""
    kind = field.facts.refers
    if kind is None:
        return field.key, _shown_type(field), _plain(field)
    type_ = reference(TYPE_NAMES[kind])
    load = users_by(field.key) if kind is Kind.USER else one_by(NOUNS[kind], field.key)
    found = edge(load, description=field.facts.description, needs=(field.key,))
    return field.key.removesuffix("_id"), type_ | None if field.nullable else type_, found


def _plain(field: Declared) -> Any:
    """What shows a key of the record or, where documents of before lack that, its default."""
    if not field.facts.late:
        return strawberry.field(description=field.facts.description)
    key, default = field.key, field.default
    return derived(lambda record: record.get(key, default), needs=(key,), description=field.facts.description)


def _tell(field: StrawberryField, told: Declared) -> None:
    field.description = field.description or told.facts.description
    if EDGE in field.metadata and not field.metadata[NEEDS]:
        needing = field.metadata[EDGE].needing(told.key)
        field.metadata = MappingProxyType({**field.metadata, EDGE: needing, NEEDS: needing.needs})


def _shown_type(field: Declared) -> Any:
    """The graph's type of a field; None for an id, which an edge shows."""
    if field.type is Any:
        return JSON | None
    if get_origin(field.type) is dict:
        return JSON
    if ObjectId in getattr(field.type, "__mro__", ()):
        return None
    return field.type | None if field.nullable else field.type


def filters(model: type[BaseModel], description: str) -> Any:
    """A filter with a comparator for each field that a model declares so, and logic."""

    def add(cls: type[T]) -> type[T]:
        ref: Any = Annotated[cls.__name__, strawberry.lazy(cls.__module__)]
        types: dict[str, Any] = {"and_": list[ref], "or_": list[ref], "not_": ref}
        for name, text in LOGIC.items():
            setattr(cls, name, strawberry.field(name=name.rstrip("_"), default=UNSET, description=text))
        for name, (comparator, text) in conditions_of(model).items():
            types[name] = input_type(comparator)
            setattr(cls, name, given(text))
        cls.__annotations__ = {name: type_ | None for name, type_ in types.items()}
        return strawberry.input(cls, description=description)

    return add


def orders(model: type[BaseModel], **more: str) -> Any:
    """A key to sort a list of a model by. `more` are fields, with what they are, beside those that the model
    declares."""

    def add(cls: type[T]) -> type[T]:
        plural = f"{model.__name__.lower()}s"
        cls.field = strawberry.field(description="What to sort by.")  # type: ignore[attr-defined]
        cls.direction = strawberry.field(default=OrderDirection.ASC, description="Which end comes first.")  # type: ignore[attr-defined]
        own = get_annotations(cls)
        cls.__annotations__ = {"field": order_field(model, **more), "direction": OrderDirection | None} | own
        return strawberry.input(cls, description=f"One key to sort {plural} by.")

    return add


def order_field(model: type[BaseModel], **more: str) -> type[Enum]:
    """What a list of a model is sorted by."""
    fields = declared(model, SORT).values()
    told = dict(zip(sorted_by(model), map(_sorting, fields), strict=True)) | more
    made = Enum(f"{model.__name__}OrderField", {name: name for name in told})  # type: ignore[misc]
    return described(made, f"What {model.__name__.lower()}s are sorted by.", **told)


def _sorting(field: Declared) -> str:
    said = field.facts.told.get(SORT)
    first = "; none comes first." if field.nullable else "."
    return said or f"{field.facts.description.removesuffix('.')}{first}"


__all__ = ["filters", "order_field", "orders", "shows"]
