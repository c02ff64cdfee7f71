"""Columns of scalars and enums: checked in bulk, serialized one by one only where a value is not right yet."""

from collections.abc import Callable, Collection
from enum import Enum
from math import isfinite
from operator import itemgetter
from struct import error, pack
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

Types = set[type]
Serialize = Callable[[list[Any], Types], list[Any]]
"""`(values, types of the values)` to the output values: null stays null, and a failed value becomes its exception."""
Look = Callable[[list[Any]], list[Any] | None]

BULK = "bulk"
"""In the extensions of a scalar: a function from a list of values without nulls to what they are output as. It may
refuse a list by any exception; its values are then serialized one by one."""

_NOTHING = {NoneType, UndefinedType}


def _in_range(values: list[int]) -> bool:
    # A signed integer of 32 bits, which is what Int is, refuses what is out of its range.
    try:
        pack(f"={len(values)}i", *values)
    except error:
        return False
    return True


def _finite(values: list[float]) -> bool:
    # What is not finite makes a sum that is not; a sum may overflow on its own.
    return isfinite(sum(values)) or all(map(isfinite, values))


def _always(_values: list[Any]) -> bool:
    return True


# By output function, so that another scalar under a specified name is not taken for the specified one.
_NATURAL: dict[Any, tuple[type, Callable[[list[Any]], bool]]] = {
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
    if BULK in type_.extensions:
        return _in_bulk(type_, type_.extensions[BULK])
    if type_.coerce_output_value is GraphQLScalarType.serialize:
        return lambda values, _types: values
    natural = _NATURAL.get(type_.coerce_output_value)
    if natural is None:
        return lambda values, types: _each(type_, values, types)
    return _specified(type_, *natural)


def types_of(values: Collection[Any]) -> Types:
    """The types of values: most often there is one, and to count it is cheaper than a set of them all."""
    kinds = list(map(type, values))
    return {kinds[0]} if kinds and kinds.count(kinds[0]) == len(kinds) else set(kinds)


def look_up(table: dict[Any, Any], keys: list[Any]) -> list[Any]:
    """The values of many keys, in one call."""
    return list(itemgetter(*keys)(table)) if len(keys) > 1 else [table[key] for key in keys]


def all_strings(values: list[Any]) -> bool:
    """Whether every value is a string, without a look at each type: a failure costs next to nothing."""
    try:
        "".join(values)
    except TypeError:
        return False
    return True


def quick_look(type_: GraphQLLeafType, nullable: bool) -> Look | None:
    """A function that serializes a column at a glance, or denies that it can: such a column is to be looked at closely.

    What it serializes holds neither errors nor nulls that may not be.
    """
    if isinstance(type_, GraphQLEnumType):
        return _members(type_, nullable)
    natural = _NATURAL.get(type_.coerce_output_value)
    if natural is None:
        return None
    kind, valid = natural
    if kind is str:
        return lambda values: values if all_strings(values) else None

    def look(values: list[Any]) -> list[Any] | None:
        return values if list(map(type, values)).count(kind) == len(values) and valid(values) else None

    return look


def _members(type_: GraphQLEnumType, nullable: bool) -> Look:
    # By identity, as members hash slowly; the tables hold the members, so that their ids stay theirs.
    names: dict[int, str] = {}
    kept: dict[type, None] = {}

    def look(values: list[Any]) -> list[Any] | None:
        try:
            return look_up(names, list(map(id, values)))
        except KeyError:
            pass
        for kind in set(map(type, values)) - kept.keys():
            if issubclass(kind, Enum):
                kept[kind] = None
                found = [(id(member), _one(type_, member)) for member in kind]
                names.update(pair for pair in found if isinstance(pair[1], str))
                if nullable:
                    names[id(None)] = None  # type: ignore[assignment]
                return look(values)
        return None

    return look


def _specified(type_: GraphQLLeafType, natural: type, valid: Callable[[list[Any]], bool]) -> Serialize:
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


def _in_bulk(type_: GraphQLLeafType, bulk: Callable[[list[Any]], list[Any]]) -> Serialize:
    def serialize(values: list[Any], types: Types) -> list[Any]:
        try:
            if NoneType not in types:
                return bulk(values)
            found = iter(bulk([value for value in values if value is not None]))
            return [None if value is None else next(found) for value in values]
        except Exception:
            return _each(type_, values, types)

    return serialize


def _enum(type_: GraphQLEnumType) -> Serialize:
    def serialize(values: list[Any], types: Types) -> list[Any]:
        # Equal values of one type have one name, but equal values of two types may not.
        present = types - {NoneType}
        if present == {str} or present == {int}:
            known = {value: value if value is None else _one(type_, value) for value in set(values)}
            return look_up(known, values)
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
