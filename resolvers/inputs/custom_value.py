"""Values of custom fields: from a client's JSON to what a card stores, from one type to another, and to the graph.

Stored are text, a number, a boolean, a datetime, an option's id, or a list of those; never null and never empty.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bson import ObjectId
from pydantic import TypeAdapter, ValidationError

from models.base import Record
from models.enums import FieldType
from models.errors import BadUserInput
from models.json import check_text
from models.records import CustomFieldRecord, FieldOptionRecord
from models.text import canonical, spellings
from resolvers.kit.input import Date

MAX_TEXT = 500
"""A page's cursor holds the values that the list is sorted by."""
MAX_NUMBER = 2**53 - 1

_date: TypeAdapter[datetime] = TypeAdapter(Date)


def path_of(field_id: ObjectId) -> str:
    """Where the values of a field stand in a card's record."""
    return f"custom_values.{field_id}"


def key_path_of(field_id: ObjectId) -> str:
    """Where a card's record keeps what the texts of a field are sorted by."""
    return f"text_keys.{field_id}"


def parse(field: CustomFieldRecord, value: Any, *, name: str) -> Any:
    """What to store of a client's value, None for nothing; raises BadUserInput that calls the value `name`."""
    if value is None:
        return None
    match FieldType(field["type"]):
        case FieldType.TEXT:
            return _text(value, name)
        case FieldType.NUMBER:
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise BadUserInput("must be a number", field=name)
            if not abs(value) <= MAX_NUMBER:  # nor what is no number at all
                raise BadUserInput(f"must lie between -{MAX_NUMBER} and {MAX_NUMBER}", field=name)
            return value
        case FieldType.BOOLEAN:
            if not isinstance(value, bool):
                raise BadUserInput("must be true or false", field=name)
            return value
        case FieldType.DATE:
            try:
                return _date.validate_python(value)
            except ValidationError as error:
                raise BadUserInput(error.errors()[0]["msg"], field=name) from error
        case FieldType.SELECT:
            return _option(field, value, name)
        case FieldType.MULTI_SELECT:
            if not isinstance(value, list):
                raise BadUserInput("must be a list of options", field=name)
            return list(dict.fromkeys(_option(field, element, name) for element in value)) or None


def _text(value: Any, name: str) -> str | None:
    if not isinstance(value, str):
        raise BadUserInput("must be text", field=name)
    if len(value) > MAX_TEXT:
        raise BadUserInput(f"must have at most {MAX_TEXT} characters", field=name)
    return canonical(check_text(value, field=name)) or None


def _option(field: CustomFieldRecord, value: Any, name: str) -> ObjectId:
    """The id of the option that a client names by its id or its label."""
    wanted = spellings(value) if isinstance(value, str) else []
    for option in field["options"]:
        if str(option["id"]) in wanted or option["label"] in wanted:
            return ObjectId(option["id"])
    raise BadUserInput("is not an option of the field, neither by id nor by label", field=name)


def convert(before: CustomFieldRecord, after: CustomFieldRecord, value: Any) -> Any:
    """The value of a field as its changed definition holds it; None where it cannot.

    A list of options loses those that are gone. Between types a value goes by its text: a number by its digits, an
    option by its label, a list by its labels with commas between.
    """
    old, new = FieldType(before["type"]), FieldType(after["type"])
    if old is new and not new.has_options:
        return value
    if old.has_options and new.has_options:
        left = {option["id"] for option in after["options"]}
        kept = [element for element in (value if isinstance(value, list) else [value]) if element in left]
        if new is FieldType.MULTI_SELECT:
            return kept or None
        return kept[0] if len(kept) == 1 and (not isinstance(value, list) or len(value) == 1) else None
    return _from_text(after, text_of(before, value))


def text_of(field: CustomFieldRecord, value: Any) -> str:
    """A value as text."""
    labels = {option["id"]: option["label"] for option in field["options"]}
    match FieldType(field["type"]):
        case FieldType.BOOLEAN:
            return "true" if value else "false"
        case FieldType.DATE:
            return str(value.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
        case FieldType.NUMBER:
            return str(int(value)) if value == int(value) else repr(value)
        case FieldType.SELECT:
            return str(labels.get(value, ""))
        case FieldType.MULTI_SELECT:
            return ", ".join(labels[element] for element in value if element in labels)
        case FieldType.TEXT:
            return str(value)


def _from_text(field: CustomFieldRecord, text: str) -> Any:
    text = text.strip()
    value: Any = text
    match FieldType(field["type"]):
        case FieldType.NUMBER:
            try:
                value = float(text)
            except ValueError:
                return None
            if value.is_integer() and abs(value) <= MAX_NUMBER:
                value = int(value)
        case FieldType.BOOLEAN:
            value = {"true": True, "false": False}.get(text.lower())
        case FieldType.MULTI_SELECT:
            whole = text in {option["label"] for option in field["options"]}
            value = [text] if whole else [part.strip() for part in text.split(",")]
    try:
        return parse(field, value, name="value")
    except BadUserInput:
        return None


def shown(field: CustomFieldRecord, value: Any) -> Record:
    """A value as the graph shows it: under the key of its type, and as plain JSON."""
    kind = FieldType(field["type"])
    chosen = (value if isinstance(value, list) else [value]) if kind.has_options else []
    return {
        "field": field,
        "value": value,
        "text_value": value if kind is FieldType.TEXT else None,
        "number_value": value if kind is FieldType.NUMBER else None,
        "boolean_value": value if kind is FieldType.BOOLEAN else None,
        "date_value": value if kind is FieldType.DATE else None,
        "options": _options(field, chosen),
    }


def _options(field: CustomFieldRecord, chosen: Sequence[ObjectId]) -> list[FieldOptionRecord]:
    """The options that a value names, in the order of the field."""
    return [option for option in field["options"] if option["id"] in chosen]


def known(values: Mapping[str, Any] | None, fields: Sequence[CustomFieldRecord]) -> list[tuple[CustomFieldRecord, Any]]:
    """The fields that a card has a value for, in their order; values of a field that is gone are left out."""
    stored = values or {}
    return [(field, stored[str(field["_id"])]) for field in fields if str(field["_id"]) in stored]
