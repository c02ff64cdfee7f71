"""Custom fields in filters and orders of cards: which are spoken of, and what cards are sorted by then.

A select field sorts by the place of its option, which no card holds: the database works it out. A text sorts by its
key, every other field by the value itself; cards without one come first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bson import ObjectId

from models import CustomField
from models.base import collection
from models.enums import FieldType
from models.errors import BadUserInput
from models.ids import Kind, parse_id
from models.records import CustomFieldRecord
from resolvers.inputs.custom_value import key_path_of, path_of
from resolvers.kit.filters import MAX_CONDITIONS, MAX_DEPTH, compile_order, name_of
from resolvers.kit.page import Sort

CUSTOM_FIELD = "CUSTOM_FIELD"
MAX_KEYS = 3

Orders = Sequence[Mapping[str, Any]] | None
Definitions = Mapping[ObjectId, CustomFieldRecord]


async def definitions(project_ids: Iterable[ObjectId], filter: Mapping[str, Any] | None, orders: Orders) -> Definitions:
    """The custom fields of some projects that a filter and an order speak of: one query, or none."""
    wanted = {
        parse_id(item, Kind.CUSTOM_FIELD, field="filter.customField.fieldId") for item in _filtered(filter or {}, 1)
    } | {_sorted_by(order) for order in orders or () if name_of(order["field"]) == CUSTOM_FIELD}
    if not wanted:
        return {}
    if len(wanted) > MAX_CONDITIONS:
        raise BadUserInput(f"has more than {MAX_CONDITIONS} conditions", field="filter")
    inside = set(project_ids)
    found = await collection(CustomField).find({"_id": {"$in": list(wanted)}}).to_list()
    return {field["_id"]: field for field in found if field["project_id"] in inside}


def _filtered(values: Mapping[str, Any], depth: int) -> Iterator[Any]:
    if depth > MAX_DEPTH:
        return  # the filter is refused for that
    if values.get("custom_field"):
        yield values["custom_field"]["field_id"]
    nested = [*(values.get("and") or ()), *(values.get("or") or ()), *([values["not"]] if values.get("not") else [])]
    for inner in nested:
        yield from _filtered(inner, depth + 1)


def _sorted_by(order: Mapping[str, Any]) -> ObjectId:
    if order.get("custom_field_id") is None:
        raise BadUserInput("is required to sort by a custom field", field="orderBy.customFieldId")
    return parse_id(order["custom_field_id"], Kind.CUSTOM_FIELD, field="orderBy.customFieldId")


def card_order(
    orders: Orders, fields: Mapping[str, str], default: Sort, custom: Definitions
) -> tuple[Sort, dict[str, Any]]:
    """What to sort cards by, and the expressions of those keys that no card holds."""
    keys, named = dict(fields), list[dict[str, Any]]()
    computed: dict[str, Any] = {}
    for order in orders or ():
        name = name_of(order["field"])
        if name == CUSTOM_FIELD:
            field_id = _sorted_by(order)
            name = f"{CUSTOM_FIELD} {field_id}"
            keys[name], expression = _key(custom.get(field_id))
            computed |= {keys[name]: expression} if expression is not None else {}
        elif order.get("custom_field_id") is not None:
            raise BadUserInput("is for the field CUSTOM_FIELD alone", field="orderBy.customFieldId")
        named.append({"field": name, "direction": order.get("direction")})
    if len(keys) - len(fields) > MAX_KEYS:
        raise BadUserInput(f"names more than {MAX_KEYS} custom fields", field="orderBy")
    return compile_order(named, keys, default), computed


def _key(field: CustomFieldRecord | None) -> tuple[str, Any]:
    if field is None:
        raise BadUserInput("is not a custom field of the project", field="orderBy.customFieldId")
    path = path_of(field["_id"])
    match FieldType(field["type"]):
        case FieldType.MULTI_SELECT:
            raise BadUserInput("is a multi-select field, which has no order", field="orderBy.customFieldId")
        case FieldType.SELECT:
            # -1 where there is none: it comes first, as null does.
            return f"place_{field['_id']}", {
                "$indexOfArray": [[option["id"] for option in field["options"]], f"${path}"]
            }
        case FieldType.TEXT:
            return key_path_of(field["_id"]), None
    return path, None
