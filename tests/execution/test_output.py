"""Results as bytes: the JSON of what `execute` gives."""

import gc
import json
import weakref
from typing import Any

import orjson
import pytest
from graphql import parse

from execution import execute, execute_bytes
from tests.execution.support import schema_of

SDL = """
scalar Any
type Query { any: Any name: String must: Int! rows: [Row] tables: [[Row]] }
type Row { a: Int b: Int must: Int! any: Any rows: [Row!] }
"""
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


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 127, 128, 129, 192, 1000])
@pytest.mark.parametrize("names", ["a b", "class a", "__typename a", "a"])
def test_a_list_of_any_length_is_the_json_of_its_rows(count: int, names: str) -> None:
    fields = " ".join(name if name in "ab" or name == "__typename" else f"{name}: b" for name in names.split())
    root = {"rows": [{"a": number, "b": None if number % 3 else -number} for number in range(count)]}
    document = f"{{ first: rows {{ {fields} }} rows {{ b }} name }}"
    result: Any = execute(SCHEMA, parse(document), root)
    assert execute_bytes(SCHEMA, parse(document), root) == orjson.dumps({"data": result.data})


def test_lists_in_lists_are_the_json_of_their_rows() -> None:
    def rows(count: int, depth: int = 0) -> list[Any]:
        return [{"a": place, "rows": rows(40, depth - 1) if depth and place % 2 else None} for place in range(count)]

    root = {"tables": [rows(150, 1), None, [], [*rows(70), None], rows(300)], "rows": rows(200, 2)}
    document = "{ tables { a rows { a } } rows { a rows { a again: a rows { a } } } }"
    result: Any = execute(SCHEMA, parse(document), root)
    assert execute_bytes(SCHEMA, parse(document), root) == orjson.dumps({"data": result.data})


def test_rows_that_are_objects_of_several_places_are_the_json_of_each() -> None:
    shared = [row for row in [{"a": number} for number in range(200)] for _ in range(2)]
    root = {"rows": [{"rows": shared} for _ in range(2)]}
    found = _json("{ rows { rows { a } } }", root)
    assert found["data"]["rows"] == root["rows"]


@pytest.mark.parametrize("place", [0, 70, 499])
def test_an_error_among_many_rows_nulls_its_own(place: int) -> None:
    rows = [{"must": None if number == place else number} for number in range(500)]
    found = _json("{ rows { must } }", {"rows": rows})
    assert [number for number, row in enumerate(found["data"]["rows"]) if row is None] == [place]
    assert [error["path"] for error in found["errors"]] == [["rows", place, "must"]]


@pytest.mark.parametrize("value", [2**70, "\ud800", {1: "a"}], ids=["big", "surrogate", "key"])
def test_what_orjson_refuses_among_many_rows_is_written(value: Any) -> None:
    rows = [{"a": number, "any": value if number == 300 else number} for number in range(500)]
    found = _json("{ rows { a any } others: rows { a } name }", {"rows": rows, "name": "Ann"})
    expected = {"rows": rows, "others": [{"a": number} for number in range(500)], "name": "Ann"}
    assert found == json.loads(json.dumps({"data": expected}))


def test_nothing_of_an_answer_is_kept() -> None:
    class Kept:
        pass

    value = Kept()
    watched = weakref.ref(value)
    root = {"rows": [{"any": value, "a": number} for number in range(500)]}
    with pytest.raises(TypeError):
        execute_bytes(SCHEMA, parse("{ rows { a any } }"), root)
    del value, root
    gc.collect()
    assert watched() is None
