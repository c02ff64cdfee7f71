"""Asynchronous iterables: they give way to others, stop where their list is lost, and are closed."""

import asyncio
from collections.abc import Callable
from typing import Any, Self

import pytest
from graphql import ExecutionResult, parse
from graphql.execution import AbortedGraphQLExecutionError
from graphql.pyutils import AbortController

from execution import execute, execute_sync
from tests.execution.support import errors_of, schema_of

SCHEMA = schema_of("type Query { may: [Int] must: [Int!] things: [Query!] other: String fails: String! q: Query }")


class Source:
    """An asynchronous iterator that never waits, ends after its items or never, and knows whether it was closed."""

    def __init__(self, items: list[Any], *, endless: bool = False, close: Callable[[], None] = lambda: None) -> None:
        self.items = iter(items)
        self.endless = endless
        self.closed = 0
        self.asked = 0
        self.begun = asyncio.Event()
        self._close = close

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        self.asked += 1
        self.begun.set()
        item = next(self.items, 1 if self.endless else None)
        if item is None:
            raise StopAsyncIteration
        if isinstance(item, LookupError):
            raise item
        return None if item == "null" else item

    async def aclose(self) -> None:
        self.closed += 1
        self._close()


async def _answer(document: str, root: Any, **options: Any) -> ExecutionResult:
    found: Any = execute(SCHEMA, parse(document), root, **options)
    result: ExecutionResult = await asyncio.wait_for(found, 30)
    return result


async def test_one_that_ends_is_not_closed() -> None:
    source = Source([1, 2])
    assert (await _answer("{ may }", {"may": source})).data == {"may": [1, 2]}
    assert source.closed == 0


@pytest.mark.parametrize("item", ["null", ValueError("No."), "word"])
async def test_an_item_that_loses_the_list_is_the_last_one(item: Any) -> None:
    source = Source([1, item], endless=True)
    result = await _answer("{ must other }", {"must": source, "other": "o"})
    assert result.data == {"must": None, "other": "o"}
    assert [path for _, path in errors_of(result)] == [["must", 1]]
    assert (source.asked, source.closed) == (2, 1)


async def test_one_is_read_to_its_end_before_a_field_of_an_item_can_lose_the_list() -> None:
    def fail(_info: Any) -> str:
        order.append(source.asked)
        raise ValueError("No.")

    order: list[int] = []
    source = Source([{"fails": fail}, {"fails": "f"}])
    result = await _answer("{ things { fails } other }", {"things": source, "other": "o"})
    assert result.data == {"things": None, "other": "o"}
    assert errors_of(result) == [("No.", ["things", 0, "fails"])]
    assert order == [3]
    assert source.closed == 0


@pytest.mark.parametrize("item", [ValueError("No."), "word"])
async def test_an_item_that_is_lost_alone_is_not(item: Any) -> None:
    source = Source([1, item, 3])
    result = await _answer("{ may }", {"may": source})
    assert result.data == {"may": [1, None, 3]}
    assert (source.asked, source.closed) == (4, 0)


async def test_one_that_fails_is_closed() -> None:
    source = Source([1, LookupError("Ran out.")])
    result = await _answer("{ may }", {"may": source})
    assert result.data == {"may": None}
    assert errors_of(result) == [("Ran out.", ["may"])]
    assert source.closed == 1


async def test_one_that_fails_to_close_has_no_other_error_for_it() -> None:
    def close() -> None:
        raise RuntimeError("Cannot close.")

    source = Source([1, LookupError("Ran out.")], close=close)
    assert errors_of(await _answer("{ may }", {"may": source})) == [("Ran out.", ["may"])]
    assert source.closed == 1


async def test_one_that_is_always_ready_leaves_the_loop_to_others() -> None:
    turns: list[int] = []
    source = Source([1] * 10_000)

    async def other(_info: Any) -> str:
        while source.asked < 5_000:
            turns.append(source.asked)
            await asyncio.sleep(0)
        return "o"

    result = await _answer("{ may other }", {"may": source, "other": other})
    assert result.data == {"may": [1] * 10_000, "other": "o"}
    assert len(turns) > 10


@pytest.mark.parametrize("field", ["may", "must", "things"])
async def test_one_that_never_ends_is_closed_by_an_abort(field: str) -> None:
    controller = AbortController()
    source = Source([], endless=True)
    text = f"{{ {field} {'{ other }' if field == 'things' else ''} }}"
    task = asyncio.ensure_future(_answer(text, {field: source}, abort_signal=controller.signal))
    await source.begun.wait()
    controller.abort(RuntimeError("Enough."))
    with pytest.raises(AbortedGraphQLExecutionError) as caught:
        await task
    assert (await caught.value.aborted_result).data == {field: None}
    assert source.closed == 1


async def test_one_that_never_ends_is_closed_by_cancellation() -> None:
    source = Source([], endless=True)
    found: Any = execute(SCHEMA, parse("{ may }"), {"may": source})
    task = asyncio.ensure_future(found)
    await source.begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert source.closed == 1


async def test_one_that_never_ends_is_closed_by_an_error_beside_it() -> None:
    async def fail(_info: Any) -> Any:
        await asyncio.sleep(0)
        raise RuntimeError("Boom.")

    source = Source([], endless=True)
    result = await _answer("{ other q { may fails } }", {"other": "o", "q": {"may": source, "fails": fail}})
    assert result.data == {"other": "o", "q": None}
    assert source.closed == 1


@pytest.mark.parametrize("document", ["{ may }", "{ must }", "{ things { other } }"])
def test_a_synchronous_call_does_not_read_them(document: str) -> None:
    sources = {name: Source([1]) for name in ("may", "must", "things")}
    result = execute_sync(SCHEMA, parse(document), sources)
    field = next(iter(result.data or {}))
    assert result.data == {field: None}
    message = f"Expected Iterable, but did not find one for field 'Query.{field}'."
    assert errors_of(result) == [(message, [field])]
    assert sources[field].asked == 0
