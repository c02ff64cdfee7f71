"""Results as bytes: the JSON of what `execute` gives."""

import gc
import json
from typing import Any

import pytest
from graphql import parse

from execution import execute, execute_bytes
from tests.execution.support import schema_of

SDL = "scalar Any type Query { any: Any name: String must: Int! rows: [Row] } type Row { a: Int b: Int }"
SCHEMA = schema_of(SDL)


def _json(document: str, root: Any, **options: Any) -> Any:
    found = execute_bytes(SCHEMA, parse(document), root, **options)
    assert isinstance(found, bytes)
    return json.loads(found)


def test_the_bytes_are_the_json_of_the_result() -> None:
    root = {"name": "Ann", "rows": [{"a": number, "b": None} for number in range(100)]}
    document = "{ name rows { a x: b } }"
    result: Any = execute(SCHEMA, parse(document), root)
    assert _json(document, root) == {"data": result.data}


@pytest.mark.parametrize(
    "value",
    [2**70, "\ud800", {1: "a"}, {"deep": [{"x": 1.5}]}, True, [[]]],
    ids=["big", "surrogate", "key", "deep", "true", "list"],
)
def test_whatever_json_can_say_is_written(value: Any) -> None:
    assert _json("{ any }", {"any": value}) == json.loads(json.dumps({"data": {"any": value}}))


def test_errors_are_written_as_graphql_says() -> None:
    found = _json("{ must }", {})
    assert found["data"] is None
    assert found["errors"] == [
        {
            "message": "Cannot return null for non-nullable field Query.must.",
            "locations": [{"line": 1, "column": 3}],
            "path": ["must"],
        }
    ]


def test_errors_and_extensions_are_the_callers() -> None:
    found = _json(
        "{ must }",
        {},
        format_errors=lambda errors: [len(errors)],
        make_extensions=lambda: {"cost": 1},
    )
    assert found == {"data": None, "errors": [1], "extensions": {"cost": 1}}


def test_an_operation_that_cannot_start_is_errors_alone() -> None:
    found = _json("query ($x: Int!) { name }", {})
    assert found["data"] is None
    assert "to be provided" in found["errors"][0]["message"]


async def test_an_awaitable_execution_gives_awaitable_bytes() -> None:
    async def name(_info: Any) -> str:
        return "later"

    found: Any = execute_bytes(SCHEMA, parse("{ name }"), {"name": name})
    assert await found == b'{"data":{"name":"later"}}'


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(enabled: bool) -> None:
    def fail(_errors: Any) -> Any:
        assert not gc.isenabled()
        raise ZeroDivisionError

    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        with pytest.raises(ZeroDivisionError):
            execute_bytes(SCHEMA, parse("{ must }"), {}, format_errors=fail)
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()


@pytest.mark.parametrize("names", ["class def", "__typename_ __class__", "a b", "None True", "x y z"])
def test_any_response_name_can_be_a_key(names: str) -> None:
    fields = " ".join(f"{name}: a" for name in names.split())
    rows = [{"a": number} for number in range(50)]
    expected = [dict.fromkeys(names.split(), number) for number in range(50)]
    assert _json(f"{{ rows {{ {fields} }} }}", {"rows": rows}) == {"data": {"rows": expected}}


def test_more_fields_than_a_class_shares_are_written() -> None:
    fields = " ".join(f"x{number}: a" for number in range(300))
    found = _json(f"{{ rows {{ {fields} }} }}", {"rows": [{"a": 1}] * 60})
    assert len(found["data"]["rows"][59]) == 300
