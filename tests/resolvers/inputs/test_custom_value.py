from datetime import UTC, datetime
from typing import Any

import pytest

from models.enums import FieldType
from models.errors import BadUserInput
from models.ids import Kind, new_id
from resolvers.inputs.custom_value import MAX_NUMBER, MAX_TEXT, convert, parse

LOW, HIGH = new_id(Kind.CUSTOM_FIELD_OPTION), new_id(Kind.CUSTOM_FIELD_OPTION)
DAY = datetime(2026, 5, 1, tzinfo=UTC)


def field(type_: str, *labels: str) -> Any:
    ids = {"Low": LOW, "High": HIGH}
    options = [
        {"id": ids.get(one) or new_id(Kind.CUSTOM_FIELD_OPTION), "label": one, "color": "#000000"} for one in labels
    ]
    return {"_id": new_id(Kind.CUSTOM_FIELD), "type": FieldType(type_).value, "options": options}


@pytest.mark.parametrize(
    ("type_", "value", "stored"),
    [
        ("text", "as it is ", "as it is "),
        ("text", "", None),
        ("text", None, None),
        ("text", "x" * MAX_TEXT, "x" * MAX_TEXT),
        ("number", 0, 0),
        ("number", -2.5, -2.5),
        ("number", MAX_NUMBER, MAX_NUMBER),
        ("boolean", False, False),
        ("date", "2026-05-01", DAY),
        ("date", "2026-05-01T02:00:00+02:00", DAY),
        ("select", "Low", LOW),
        pytest.param("select", str(HIGH), HIGH, id="select-by id"),
        ("multi-select", ["High", str(LOW), "High"], [HIGH, LOW]),
        ("multi-select", [], None),
    ],
)
def test_a_value_of_its_type_is_stored(type_: str, value: Any, stored: Any) -> None:
    assert parse(field(type_, "Low", "High"), value, name="x") == stored


@pytest.mark.parametrize(
    ("type_", "value", "message"),
    [
        ("text", 1, "must be text"),
        ("text", "x" * (MAX_TEXT + 1), "at most 500 characters"),
        ("text", "\x00", "NUL"),
        ("text", "\ud800", "surrogate"),
        ("number", True, "must be a number"),
        ("number", "1", "must be a number"),
        ("number", float("nan"), "must lie between"),
        ("number", float("inf"), "must lie between"),
        ("number", MAX_NUMBER + 1, "must lie between"),
        ("number", 10**400, "must lie between"),
        ("boolean", 1, "must be true or false"),
        ("boolean", "true", "must be true or false"),
        ("date", 5, "ISO 8601"),
        ("date", "tomorrow", "ISO 8601"),
        ("date", "1969-01-01", "between the years"),
        ("select", "low", "is not an option"),
        ("select", ["Low"], "is not an option"),
        ("select", {"$ne": None}, "is not an option"),
        pytest.param("select", str(new_id(Kind.CUSTOM_FIELD_OPTION)), "is not an option", id="select-unknown id"),
        ("multi-select", "Low", "must be a list"),
        ("multi-select", ["Low", None], "is not an option"),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(type_: str, value: Any, message: str) -> None:
    with pytest.raises(BadUserInput, match=rf"^x: .*{message}"):
        parse(field(type_, "Low", "High"), value, name="x")


@pytest.mark.parametrize(
    ("old", "new", "value", "converted"),
    [
        ("number", "text", 3.0, "3"),
        ("number", "text", 2.5, "2.5"),
        ("number", "boolean", 1, None),
        ("number", "date", 1, None),
        ("number", "select", 1, None),
        ("text", "number", " 12 ", 12),
        ("text", "number", "1e3", 1000),
        ("text", "number", "0.5", 0.5),
        ("text", "number", "nan", None),
        ("text", "number", "twelve", None),
        ("text", "date", "2026-05-01", DAY),
        ("text", "date", "soon", None),
        ("text", "boolean", "TRUE", True),
        ("text", "boolean", "yes", None),
        ("text", "select", "High", HIGH),
        ("text", "select", "Higher", None),
        ("text", "multi-select", "Low, High", [LOW, HIGH]),
        ("text", "multi-select", "Low, Lower", None),
        ("date", "text", DAY, "2026-05-01T00:00:00.000Z"),
        ("date", "number", DAY, None),
        ("boolean", "text", False, "false"),
        ("boolean", "number", True, None),
        ("select", "text", LOW, "Low"),
        ("select", "multi-select", LOW, [LOW]),
        ("select", "number", LOW, None),
        ("multi-select", "text", [LOW, HIGH], "Low, High"),
        ("multi-select", "select", [LOW], LOW),
        ("multi-select", "select", [LOW, HIGH], None),
        ("text", "text", "x", "x"),
    ],
)
def test_a_value_goes_to_another_type_by_its_text(old: str, new: str, value: Any, converted: Any) -> None:
    found = convert(field(old, "Low", "High"), field(new, "Low", "High"), value)

    assert found == converted
    assert type(found) is type(converted)


def test_an_option_whose_label_has_a_comma_is_found_whole() -> None:
    after = field("multi-select", "Low, or so", "Low")

    assert convert(field("text"), after, "Low, or so") == [after["options"][0]["id"]]


@pytest.mark.parametrize(
    ("type_", "value", "left"),
    [
        ("select", LOW, LOW),
        ("select", HIGH, None),
        ("multi-select", [LOW, HIGH], [LOW]),
        ("multi-select", [HIGH], None),
    ],
)
def test_a_value_loses_an_option_that_is_gone(type_: str, value: Any, left: Any) -> None:
    assert convert(field(type_, "Low", "High"), field(type_, "Low"), value) == left
