"""The rule of events: what appends them outside operations is found."""

from textwrap import dedent

import pytest

from tests.rules.code import Code, Named, product
from tests.rules.events import WORKERS, appends

FILE = "resolvers/thing/thing.py"
WRITTEN = """
async def _rename(ctx: Context, name: str) -> Committed[Record]:
    return await ctx.write(ctx.user_id, _body)
"""


def found(text: str, **others: str) -> list[tuple[str, str]]:
    """The function that events come from, and as what, of a module that writes in `_rename`."""
    texts = {FILE: WRITTEN + dedent(text), **{f"{name}/thing.py": dedent(other) for name, other in others.items()}}
    return [(append.name, append.why) for append in appends(Code.read(texts))]


def test_the_product_appends_events_in_operations_and_workers_alone() -> None:
    assert [str(append) for append in appends(product())] == []


@pytest.mark.parametrize("worker", sorted(WORKERS, key=str), ids=str)
def test_a_worker_is_named_only_as_long_as_it_appends(worker: Named) -> None:
    assert appends(product(), WORKERS - {worker})


def test_an_operation_may_write_through_other_functions() -> None:
    assert not found("""
        async def _again(ctx: Context) -> Committed[Record]:
            return await _rename(ctx, "again")

        @operation("thingRename", scope=WRITE)
        async def rename(ctx: Context) -> Committed[Record]:
            return await _again(ctx)
    """)


def test_an_edge_may_not() -> None:
    assert found("""
        @edge(scope=READ)
        async def name_of(ctx: Context, things: Sequence[Record], fields: Fields) -> list[str]:
            return [await _rename(ctx, "read") for _ in things]
    """) == [("name_of", "an edge")]


def test_nor_may_an_operation_that_only_reads() -> None:
    assert found("""
        @operation("thing", scope=READ, read_only=True)
        async def get_thing(ctx: Context) -> Record:
            return (await _rename(ctx, "read")).value
    """) == [("get_thing", "an operation that says `read_only`")]


def test_nor_what_no_operation_calls() -> None:
    assert found("") == [("_rename", "a function that no operation calls")]


def test_nor_a_route_by_a_function_of_its_own() -> None:
    rest = """
        from resolvers.thing.thing import _rename

        async def put(call: Call) -> Thing:
            return await _rename(call.ctx, "by hand")
    """
    renames = """
        @operation("thingRename", scope=WRITE)
        async def rename(ctx: Context) -> Committed[Record]:
            return await _rename(ctx, "again")
    """

    assert found(renames, rest=rest) == [("put", "a function that no operation calls")]


def test_changes_and_events_are_not_made_by_hand() -> None:
    assert found("""
        @operation("thingRename", scope=WRITE)
        async def rename(ctx: Context) -> None:
            await _rename(Change(session, ctx.user_id), "again")
            await collection(LoggedEvent).insert_one({"seq": 1})
    """) == [("rename", "a change by hand"), ("rename", "a write of events by hand")]
