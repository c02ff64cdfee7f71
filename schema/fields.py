"""From what a model declares of its fields to the types, filters and orders of the graph."""

from collections.abc import Collection
from enum import Enum
from inspect import get_annotations
from types import MappingProxyType
from typing import Annotated, Any, TypeVar, get_args, get_origin

import strawberry
from bson import ObjectId
from pydantic import BaseModel
from strawberry import UNSET
from strawberry.scalars import JSON
from strawberry.types.field import StrawberryField

from models.facts import FILTER, GRAPH, SORT, Declared, declared
from models.ids import Kind
from resolvers.kit.fields import filtered_by, sorted_by
from resolvers.kit.load import one_by
from resolvers.kit.nouns import NOUNS
from resolvers.user.user import users_by
from schema.comparators import IdComparator, OrderDirection, comparator_of
from schema.enums import described
from schema.inputs.base import given
from schema.loading import EDGE, edge
from schema.node import TYPE_NAMES
from schema.references import reference
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
        plain = {key: _shown_type(field) for key, field in fields.items() if key not in own and key not in without}
        shown = {key: type_ for key, type_ in plain.items() if type_ is not None}
        for key in shown:
            setattr(cls, key, strawberry.field(description=fields[key].facts.description))
        for field in fields.values():
            name, kind = field.key.removesuffix("_id"), field.facts.refers
            if kind is not None and name not in own:
                type_ = reference(TYPE_NAMES[kind])
                shown[name] = type_ | None if field.nullable else type_
                load = users_by(field.key) if kind is Kind.USER else one_by(NOUNS[kind], field.key)
                setattr(cls, name, edge(load, description=field.facts.description, needs=(field.key,)))
        cls.__annotations__ = shown | own
        return strawberry.type(cls, description=description)

    return add


def _tell(field: StrawberryField, told: Declared) -> None:
    field.description = field.description or told.facts.description
    if EDGE in field.metadata and not field.metadata[NEEDS]:
        edge = field.metadata[EDGE].needing(told.key)
        field.metadata = MappingProxyType({**field.metadata, EDGE: edge, NEEDS: edge.needs})


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
    """A filter with a comparator for each field that a model declares so, the fields of the class, and logic."""

    def add(cls: type[T]) -> type[T]:
        ref: Any = Annotated[cls.__name__, strawberry.lazy(cls.__module__)]
        types: dict[str, Any] = {"and_": list[ref], "or_": list[ref], "not_": ref}
        logic = {"and_": "All of these hold.", "or_": "One of these holds.", "not_": "This does not hold."}
        for name, text in logic.items():
            setattr(cls, name, strawberry.field(name=name.rstrip("_"), default=UNSET, description=text))
        fields = declared(model, FILTER)
        for name, filtered in filtered_by(model).items():
            field = fields[filtered.key]
            types[name] = IdComparator if filtered.is_id else comparator_of(_element(field.type), field.nullable)
            setattr(cls, name, given(field.description(FILTER)))
        own = get_annotations(cls)
        cls.__annotations__ = {name: type_ | None for name, type_ in types.items()} | own
        return strawberry.input(cls, description=description)

    return add


def _element(type_: Any) -> Any:
    return get_args(type_)[0] if get_origin(type_) is list else type_


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
