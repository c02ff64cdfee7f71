"""What an error has nulled already is neither run nor awaited."""

import asyncio
import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import ExecutionResult, parse

from execution import Batch, execute
from tests.execution.support import errors_of, schema_of

# Tasks are counted: in a loop of its own, none comes from the database's client or from another test.
pytestmark = pytest.mark.asyncio(loop_scope="function")

SDL = """
type Query { p: P other: String list: [P!] maybe: [P] numbers: [Int!] must: P! named: [Named!] root: String! }
type P implements Named { boom: String! slow: String late: P must: P! name: String! }
interface Named { name: String! }
type Mutation { first: String! second: String }
"""


class Never:
    """Makes values that never come, and knows how many of them were begun and given up."""

    def __init__(self) -> None:
        self.begun = 0
        self.ended = 0

    async def __call__(self, *_args: Any, **_options: Any) -> Any:
        self.begun += 1
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            self.ended += 1


async def _fail(*_args: Any) -> Any:
    raise RuntimeError("Boom.")


def _fail_now(*_args: Any) -> Any:
    raise RuntimeError("Boom.")


async def _soon(value: Any) -> Any:
    await asyncio.sleep(0)
    return value


async def _answer(document: str, root: Any, **resolvers: Any) -> ExecutionResult:
    found: Any = execute(schema_of(SDL, **resolvers), parse(document), root)
    others = asyncio.all_tasks()
    # Where nothing that waits is wanted any more, there is nothing to wait for.
    result: ExecutionResult = found if isinstance(found, ExecutionResult) else await asyncio.wait_for(found, 30)
    assert asyncio.all_tasks() <= others
    # A coroutine that nobody awaited or closed would be a warning, and that an error.
    gc.collect()
    return result


@pytest.mark.parametrize(
    "document",
    [
        "{ p { boom slow } other }",
        "{ p { slow boom } other }",
        "{ p { late { slow } boom } other }",
        "{ p { slow must { must { boom } } } other }",
        "{ p { must { slow late { slow } } boom } other }",
    ],
)
async def test_a_sibling_that_never_ends_is_given_up(document: str) -> None:
    never = Never()
    p: dict[str, Any] = {"boom": _fail, "slow": never, "other": "o"}
    p.update(late=p, must=p)
    result = await _answer(document, {"p": p, "other": "o"})
    assert result.data == {"p": None, "other": "o"}
    assert [message for message, _ in errors_of(result)] == ["Boom."]
    assert never.begun == never.ended


async def test_what_is_nulled_at_once_is_not_begun() -> None:
    never = Never()
    p = {"boom": _fail_now, "slow": never, "late": {"slow": never}}
    result: Any = execute(schema_of(SDL), parse("{ p { slow late { slow } boom } other }"), {"p": p, "other": "o"})
    assert result.data == {"p": None, "other": "o"}
    assert never.begun == 0
    gc.collect()


@pytest.mark.parametrize("fail", [_fail, _fail_now])
async def test_what_stands_behind_an_error_is_not_run(fail: Any) -> None:
    run: list[str] = []
    result = await _answer(
        "{ p { boom late { slow } slow } list { boom slow } maybe { boom slow } other }",
        {
            "p": {"boom": fail, "late": lambda _info: _soon({})},
            "list": [{"boom": "1"}, {"boom": fail}],
            "maybe": [],
            "other": _soon("o"),
        },
        P__slow=lambda *_: run.append("slow"),
    )
    assert result.data == {"p": None, "list": None, "maybe": [], "other": "o"}
    # The first of the list stands before the error; where that takes time, it is not known yet.
    assert run == ["slow"] * (1 if fail is _fail_now else 3)


async def test_only_the_item_of_the_error_is_given_up() -> None:
    never = Never()
    items = [{"boom": "b", "slow": lambda _info: _soon("s")}, {"boom": _fail, "slow": never}]
    result = await _answer("{ maybe { boom slow } }", {"maybe": items})
    assert result.data == {"maybe": [{"boom": "b", "slow": "s"}, None]}
    assert (never.begun, never.ended) == (1, 1)


@pytest.mark.parametrize(
    "last", [_fail, lambda: _soon(None), lambda: _soon("x"), lambda: ValueError("No."), lambda: None]
)
async def test_items_of_one_list_are_given_up_for_each_other(last: Any) -> None:
    never = Never()
    result = await _answer("{ numbers other }", {"numbers": [_soon(1), never(), 2, last()], "other": "o"})
    assert result.data == {"numbers": None, "other": "o"}
    assert [path for _, path in errors_of(result)] == [["numbers", 3]]
    assert never.begun == never.ended


@pytest.mark.parametrize(
    "item", [lambda: {"boom": _fail}, lambda: _soon({"boom": _fail}), lambda: _soon({"must": None})]
)
async def test_an_error_below_an_item_gives_up_the_others(item: Any) -> None:
    never = Never()
    result = await _answer("{ list { boom must { boom } } other }", {"list": [never(), item()], "other": "o"})
    assert result.data == {"list": None, "other": "o"}
    assert never.begun == never.ended


async def test_types_that_are_never_known_are_given_up() -> None:
    never = Never()
    schema = schema_of(SDL)
    named: Any = schema.type_map["Named"]
    named.resolve_type = lambda value, *_: never() if value["name"] is None else _soon("P")
    found: Any = execute(schema, parse("{ named { name } }"), {"named": [{"name": None}, {"name": _fail}]})
    result = await asyncio.wait_for(found, 30)
    assert result.data == {"named": None}
    assert never.begun == never.ended == 1


async def test_a_batch_goes_on_for_those_that_are_left() -> None:
    asked: list[list[int]] = []

    async def load(parents: list[Any], *_rest: Any) -> list[str]:
        asked.append([parent["n"] for parent in parents])
        return [f"{parent['n']}" for parent in parents]

    schema = schema_of(SDL)
    p: Any = schema.type_map["P"]
    p.fields["slow"].extensions["batch"] = Batch(load)
    items = [{"n": number, "boom": "b" if number % 2 else _fail_now} for number in range(4)]
    result = await execute(schema, parse("{ maybe { boom slow } }"), {"maybe": items})  # type: ignore[misc]
    assert result.data == {"maybe": [None, {"boom": "b", "slow": "1"}, None, {"boom": "b", "slow": "3"}]}
    assert asked == [[1, 3]]


async def test_a_batch_that_nobody_wants_is_given_up() -> None:
    never = Never()
    schema = schema_of(SDL)
    p: Any = schema.type_map["P"]
    p.fields["slow"].extensions["batch"] = Batch(never)
    found: Any = execute(schema, parse("{ p { slow boom } other }"), {"p": {"boom": _fail}, "other": "o"})
    result = await asyncio.wait_for(found, 30)
    assert result.data == {"p": None, "other": "o"}
    assert never.begun == never.ended


async def test_a_task_that_others_wait_for_is_let_be() -> None:
    shared = asyncio.ensure_future(_later("s"))
    items = [{"boom": _fail, "slow": shared}, {"boom": "b", "slow": shared}]
    result = await _answer("{ maybe { boom slow } }", {"maybe": items})
    assert result.data == {"maybe": [None, {"boom": "b", "slow": "s"}]}


async def _later(value: Any) -> Any:
    for _ in range(20):
        await asyncio.sleep(0)
    return value


async def test_a_future_of_somebody_else_is_let_be() -> None:
    owned = asyncio.get_running_loop().create_future()
    result = await _answer("{ p { slow boom } other }", {"p": {"slow": owned, "boom": _fail}, "other": "o"})
    assert result.data == {"p": None, "other": "o"}
    assert not owned.cancelled()


async def test_a_mutation_ends_with_the_field_that_nulls_it() -> None:
    run: list[str] = []
    result = await _answer(
        "mutation { first second }", {}, Mutation__first=_fail, Mutation__second=lambda *_: run.append("second")
    )
    assert (result.data, run) == (None, [])


async def test_an_asynchronous_list_is_closed_when_it_is_given_up() -> None:
    closed: list[bool] = []

    async def endless(_info: Any) -> AsyncIterator[int]:
        try:
            while True:
                yield 1
                await asyncio.sleep(0)
        finally:
            closed.append(True)

    schema = schema_of(SDL.replace("numbers: [Int!] must", "numbers: [Int!] q: Query must"))
    root = {"numbers": endless, "root": _fail, "other": "o"}
    found: Any = execute(schema, parse("{ other q { numbers root } }"), {"q": root, "other": "o"})
    result = await asyncio.wait_for(found, 30)
    assert result.data == {"other": "o", "q": None}
    assert closed == [True]
