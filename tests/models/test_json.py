"""What a client may put into a JSON value."""

from typing import Any

import pytest
from bson import decode, encode
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadUserInput
from models.json import MAX_DEPTH, MAX_NODES, check_json, check_text

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
