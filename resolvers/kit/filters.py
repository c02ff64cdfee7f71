"""From the typed filters and orders of the graph to MongoDB: known fields and these operators only.

A filter is a mapping with the snake_case names of the graph's input (`{"due_date": {"lt": …}, "or": […]}`), already
checked for types by GraphQL. A group of no conditions is what logic makes of it: `and: []` and `{}` are met by all,
`or: []` and `not: {}` by none, as `in: []` is. The parent's key always stands in front, so every query runs on an
index.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

from bson import ObjectId
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from models import Card
from models.enums import FieldType
from models.errors import BadUserInput
from models.ids import Kind, parse_id
from models.json import check_text
from models.records import CustomFieldRecord
from models.text import spellings
from resolvers.kit.fields import Filtered, filtered_by
from resolvers.kit.page import Sort

MAX_DEPTH = 10
MAX_CONDITIONS = 200
MAX_VALUES = 500
MAX_PATTERN = 500

_OPERATORS = {
    "eq": "$eq",
    "neq": "$ne",
    "in": "$in",
    "nin": "$nin",
    "lt": "$lt",
    "lte": "$lte",
    "gt": "$gt",
    "gte": "$gte",
}
_LISTS = ("in", "nin")
_ANY_OF = {"eq": "in", "neq": "nin"}
_NOTHING: dict[str, Any] = {"$nor": [{}]}
"""What no record meets: one of no alternatives, and not anything."""
_COMPARATORS = {
    FieldType.TEXT: "text",
    FieldType.NUMBER: "number",
    FieldType.SELECT: "select",
    FieldType.MULTI_SELECT: "select",
    FieldType.DATE: "date",
    FieldType.BOOLEAN: "boolean",
}
Reader = Callable[[Any], Any]


def card_filter(
    values: Mapping[str, Any] | None, custom: Mapping[ObjectId, CustomFieldRecord] | None = None
) -> dict[str, Any]:
    """The conditions on cards; archived cards are left out unless the filter speaks of them.

    `custom` are the custom fields that it may speak of, by id.
    """
    compiled = _Compiler(filtered_by(Card), custom or {}).compile(values) if values else {}
    return compiled if _mentions(values or {}, "archived") else {**compiled, "archived": False}


def compile_filter(values: Mapping[str, Any] | None, model: type[BaseModel]) -> dict[str, Any]:
    """A MongoDB query; {} for no filter. Raises BadUserInput for what is unknown, too large or no id."""
    return _Compiler(filtered_by(model)).compile(values) if values else {}


def compile_order(orders: Sequence[Mapping[str, Any]] | None, fields: Mapping[str, str], default: Sort) -> Sort:
    """Record fields with directions; `default` where the client names none."""
    sort: dict[str, int] = {}
    for order in orders or ():
        name = name_of(order["field"])
        if name not in fields:
            raise BadUserInput("is not a field to sort by", field="orderBy")
        direction = -1 if name_of(order.get("direction") or "ASC") == "DESC" else 1
        sort.setdefault(fields[name], direction)
    return list(sort.items()) or default


class _Compiler:
    """Compiles one filter. `left` is how many conditions and groups it may still have."""

    def __init__(
        self, fields: Mapping[str, Filtered], custom: Mapping[ObjectId, CustomFieldRecord] | None = None
    ) -> None:
        self._fields = fields
        self._custom = custom
        self._left = MAX_CONDITIONS

    def compile(self, values: Mapping[str, Any], depth: int = 1) -> dict[str, Any]:
        if depth > MAX_DEPTH:
            raise BadUserInput(f"is deeper than {MAX_DEPTH} levels", field="filter")
        conditions: list[dict[str, Any]] = []
        for name, value in values.items():
            if value is None:
                continue
            if name in ("and", "or"):
                parts = [self._group(part, depth) for part in value]
                if parts:
                    conditions.append({f"${name}": parts})
                elif name == "or":
                    conditions.append(_NOTHING)
            elif name == "not":
                conditions.append({"$nor": [self._group(value, depth)]})
            elif name in self._fields:
                conditions += self._comparisons(to_camel(name), self._fields[name], value)
            elif name == "custom_field" and self._custom is not None:
                conditions += self._custom_comparisons(value, self._custom)
            else:
                raise BadUserInput("is not a field to filter by", field=f"filter.{to_camel(name)}")
        if not conditions:
            return {}
        return conditions[0] if len(conditions) == 1 else {"$and": conditions}

    def _group(self, values: Mapping[str, Any], depth: int) -> dict[str, Any]:
        self._spend()
        return self.compile(values, depth + 1)

    def _comparisons(
        self, name: str, by: Filtered, comparator: Mapping[str, Any], read: Reader | None = None
    ) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for operator, value in comparator.items():
            if value is not None:
                self._spend()
                found.append(_condition(f"filter.{name}", by, operator, value, read))
        return found

    def _custom_comparisons(
        self, value: Mapping[str, Any], custom: Mapping[ObjectId, CustomFieldRecord]
    ) -> list[dict[str, Any]]:
        field_id = parse_id(value["field_id"], Kind.CUSTOM_FIELD, field="filter.customField.fieldId")
        if field_id not in custom:
            raise BadUserInput("is not a custom field of the project", field="filter.customField.fieldId")
        by, wanted = Filtered(f"custom_values.{field_id}"), _COMPARATORS[FieldType(custom[field_id]["type"])]
        found = self._comparisons("customField", by, {"null": value.get("null")})
        for name in sorted(set(_COMPARATORS.values())):
            if value.get(name) is None:
                continue
            if name != wanted:
                message = f"does not compare a {custom[field_id]['type']} field: {wanted} does"
                raise BadUserInput(message, field=f"filter.customField.{name}")
            found += self._comparisons(f"customField.{name}", by, value[name], _custom_reader(name))
        return found

    def _spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise BadUserInput(f"has more than {MAX_CONDITIONS} conditions", field="filter")


def _condition(field: str, by: Filtered, operator: str, value: Any, read: Reader | None = None) -> dict[str, Any]:
    key = by.key
    if operator == "null":
        empty: Any = [] if by.is_list else None
        return {key: {"$eq" if value else "$ne": empty}}
    if operator in ("contains", "starts_with"):
        if len(value) > MAX_PATTERN:
            raise BadUserInput(f"must have at most {MAX_PATTERN} characters", field=field)
        pattern = "|".join(map(re.escape, spellings(check_text(value, field=field))))
        return {key: {"$regex": pattern if operator == "contains" else f"^(?:{pattern})", "$options": "i"}}
    read = read or _reader(field, by)
    if operator in _LISTS:
        if len(value) > MAX_VALUES:
            raise BadUserInput(f"has more than {MAX_VALUES} values", field=field)
        return {key: {_OPERATORS[operator]: [form for element in value for form in _forms(read(element))]}}
    forms = _forms(read(value))
    if operator in _ANY_OF and len(forms) > 1:
        return {key: {_OPERATORS[_ANY_OF[operator]]: forms}}
    return {key: {_OPERATORS[operator]: forms[0]}}


def _forms(value: Any) -> list[Any]:
    """In which forms a value may be kept, the usual one first: a text in more than one."""
    return spellings(value) if isinstance(value, str) else [value]


def _custom_reader(name: str) -> Reader:
    field = f"filter.customField.{name}"
    if name == "select":
        return lambda value: parse_id(value, Kind.CUSTOM_FIELD_OPTION, field=field)
    return lambda value: check_text(value, field=field) if name == "text" else value


def _reader(field: str, by: Filtered) -> Reader:
    if by.is_id:
        return lambda value: parse_id(value, field=field)
    if by.is_text:
        return lambda value: check_text(value, field=field)
    return lambda value: value.value if isinstance(value, Enum) else value


def _mentions(values: Mapping[str, Any], name: str) -> bool:
    if any(value is not None for value in (values.get(name) or {}).values()):
        return True
    nested = [*(values.get("and") or ()), *(values.get("or") or ()), *([values["not"]] if values.get("not") else [])]
    return any(_mentions(inner, name) for inner in nested)


def name_of(value: Any) -> str:
    return str(value.name if isinstance(value, Enum) else value)
