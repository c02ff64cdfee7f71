"""Columns of scalars and enums: checked in bulk, serialized one by one only where a value is not of the right type yet."""

from collections.abc import Callable, Iterable
from math import isfinite
from types import NoneType
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLScalarType,
    GraphQLString,
)
from graphql.execution import Executor
from graphql.pyutils import UndefinedType
from graphql.type.scalars import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT

Types = set[type]
Serialize = Callable[[list[Any], Types], list[Any]]
"""`(values, types of the values)` to the output values: null stays null, and a failed value becomes its exception."""

_NOTHING = {NoneType, UndefinedType}


def _in_range(values: Iterable[int]) -> bool:
    numbers = list(values)
    return not numbers or (min(numbers) >= GRAPHQL_MIN_INT and max(numbers) <= GRAPHQL_MAX_INT)


def _finite(values: Iterable[float]) -> bool:
    return all(map(isfinite, values))


def _always(_values: Iterable[Any]) -> bool:
    return True


# By output function, so that another scalar under a specified name is not taken for the specified one.
_NATURAL: dict[Any, tuple[type, Callable[[Iterable[Any]], bool]]] = {
    GraphQLString.coerce_output_value: (str, _always),
    GraphQLID.coerce_output_value: (str, _always),
    GraphQLBoolean.coerce_output_value: (bool, _always),
    GraphQLInt.coerce_output_value: (int, _in_range),
    GraphQLFloat.coerce_output_value: (float, _finite),
}


def serializer(type_: GraphQLLeafType) -> Serialize:
    """The function that serializes a column of a leaf type, as `type_.coerce_output_value` would one by one."""
    if isinstance(type_, GraphQLEnumType):
        return _enum(type_)
    if type_.coerce_output_value is GraphQLScalarType.serialize:
        return lambda values, _types: values
    natural = _NATURAL.get(type_.coerce_output_value)
    if natural is None:
        return lambda values, types: _each(type_, values, types)
    return _specified(type_, *natural)


def _specified(type_: GraphQLLeafType, natural: type, valid: Callable[[Iterable[Any]], bool]) -> Serialize:
    exact = {natural}
    nullable = {natural, NoneType}
    unchecked = valid is _always

    def serialize(values: list[Any], types: Types) -> list[Any]:
        if types <= nullable and (
            unchecked or valid(values if types == exact else [value for value in values if value is not None])
        ):
            return values
        return _each(type_, values, types)

    return serialize


def _enum(type_: GraphQLEnumType) -> Serialize:
    def serialize(values: list[Any], types: Types) -> list[Any]:
        # Equal values of one type have one name, but equal values of two types may not.
        if len(types - {NoneType}) == 1:
            try:
                distinct = set(values)
            except TypeError:
                return _each(type_, values, types)
            names = {value: value if value is None else _one(type_, value) for value in distinct}
            return list(map(names.__getitem__, values))
        return _each(type_, values, types)

    return serialize


def _each(type_: GraphQLLeafType, values: list[Any], types: Types) -> list[Any]:
    coerce = type_.coerce_output_value
    try:
        if NoneType not in types:
            out = list(map(coerce, values))
            if not _NOTHING & set(map(type, out)):
                return out
        else:
            out = [None if value is None else coerce(value) for value in values]
            if not _NOTHING & {type(new) for value, new in zip(values, out, strict=True) if value is not None}:
                return out
    except Exception:
        # Once more, one by one: each failure is the error of its own value.
        return [None if value is None else _one(type_, value) for value in values]
    return [None if value is None else _one(type_, value) for value in values]


def _one(type_: GraphQLLeafType, value: Any) -> Any:
    try:
        return Executor.complete_leaf_value(type_, value)
    except Exception as error:
        return error
