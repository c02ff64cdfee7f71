"""What a client may put into a JSON value."""

from typing import Any

import pytest
from bson import decode, encode
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadUserInput
from models.json import MAX_DEPTH, MAX_ENTRIES, MAX_KEYS, MAX_NODES, check_json, check_shape, check_text

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters())
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
)


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth - 1):
        value = [value]
    return value


@given(VALUES)
def test_what_passes_is_stored_and_read_as_it_is(value: Any) -> None:
    try:
        checked = check_json(value, field="data")
    except BadUserInput:
        return

    assert decode(encode({"data": checked})) == {"data": value}


@pytest.mark.parametrize(
    "value",
    [
        {"$where": "1"},
        {"a": [{"$ne": None}]},
        {"a.b": 1},
        {"a\x00": 1},
        {1: 2},
        {"\ud800": 1},
        "a\x00b",
        ["\udfff"],
        2**63,
        -(2**63) - 1,
        {"a": {"b": 2**64}},
        nested(MAX_DEPTH + 1),
        nested(5000),
        [1] * MAX_NODES,
    ],
)
def test_what_the_database_would_read_as_an_instruction_or_refuse_is_bad_input(value: Any) -> None:
    with pytest.raises(BadUserInput) as refused:
        check_json(value, field="data")

    assert refused.value.field == "data"


@pytest.mark.parametrize(
    "value",
    [{}, [], "", None, {"price": "5$", "a-b": 1}, 2**63 - 1, -(2**63), nested(MAX_DEPTH), [1] * (MAX_NODES - 1), "😀"],
)
def test_plain_values_up_to_the_bounds_pass_unchanged(value: Any) -> None:
    assert check_json(value, field="data") is value


@pytest.mark.parametrize("text", ["a\x00", "\ud800", "x\udc00y"])
def test_text_with_nul_or_a_lone_surrogate_is_bad_input(text: str) -> None:
    with pytest.raises(BadUserInput):
        check_text(text, field="name")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"a": {"b": {str(n): n for n in range(MAX_KEYS + 1)}}}, "variables.a.b"),
        ({"a": [1, [0] * (MAX_ENTRIES + 1)]}, "variables.a.1"),
        ({"a": [[]] * 10}, "variables"),
        ({"x" * 1000: [0] * (MAX_ENTRIES + 1)}, "variables." + "x" * 60),
        ({"\ud800": [0] * (MAX_ENTRIES + 1)}, "variables.?"),
    ],
)
def test_an_object_or_list_that_is_too_large_is_named(values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadUserInput) as refused:
        check_shape(values, field="variables", limit=10)

    assert refused.value.field == field


def test_a_shape_up_to_the_bounds_passes() -> None:
    check_shape({"a": [0] * MAX_ENTRIES, "b": dict.fromkeys(map(str, range(MAX_KEYS)))}, field="variables", limit=3)
