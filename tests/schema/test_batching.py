"""The adapter that serves edges: one call for all parents of a request, and only the wanted fields."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.applications import Starlette

from auth.subject import ANONYMOUS
from models.errors import Forbidden
from resolvers.access import Fields
from resolvers.context import Context
from schema.batching import Loader
from tests.gateway.lab import Board, count_queries

Call = tuple[list[Any], Fields, dict[str, Any]]


@pytest.fixture
def ctx(gateway: Starlette) -> Context:
    """A context of nobody."""
    return Context(ANONYMOUS, gateway.state.services)


async def test_parents_that_come_turn_by_turn_are_loaded_by_one_call(ctx: Context) -> None:
    calls: list[Call] = []

    async def double(_: Context, parents: Sequence[int], fields: Fields, **arguments: Any) -> list[int]:
        calls.append((list(parents), fields, arguments))
        return [parent * 2 for parent in parents]

    loader = Loader(ctx)

    async def visit(parent: int) -> int:
        found: int = await loader.load(double, parent, frozenset({"a"}), {"first": 1})
        return found

    found = await asyncio.gather(*(visit(number) for number in range(5)))

    assert found == [0, 2, 4, 6, 8]
    assert calls == [([0, 1, 2, 3, 4], frozenset({"a"}), {"first": 1})]


async def test_other_arguments_and_other_fields_are_other_calls(ctx: Context) -> None:
    calls: list[Call] = []

    async def load(_: Context, parents: Sequence[int], fields: Fields, **arguments: Any) -> list[int]:
        calls.append((list(parents), fields, arguments))
        return list(parents)

    loader = Loader(ctx)
    await asyncio.gather(
        loader.load(load, 1, frozenset({"a"}), {}),
        loader.load(load, 2, frozenset({"b"}), {}),
        loader.load(load, 3, frozenset({"a"}), {"first": 1}),
    )

    assert [parents for parents, _, _ in calls] == [[1], [2], [3]]


async def test_a_failure_of_the_call_reaches_every_parent_and_one_of_a_parent_only_that(ctx: Context) -> None:
    async def fail(*_: object) -> list[int]:
        raise ValueError("no")

    async def some(_: Context, parents: Sequence[int], __: Fields) -> list[int | Forbidden]:
        return [parent if parent else Forbidden("not yours") for parent in parents]

    loader = Loader(ctx)
    all_of_them = await asyncio.gather(
        *(loader.load(fail, number, None, {}) for number in range(2)), return_exceptions=True
    )
    one_of_them = await asyncio.gather(
        *(loader.load(some, number, None, {}) for number in range(2)), return_exceptions=True
    )

    assert [type(one) for one in all_of_them] == [ValueError, ValueError]
    assert [type(one_of_them[0]), one_of_them[1]] == [Forbidden, 1]


@pytest.mark.parametrize(
    ("selection", "wanted"),
    [
        ("title", {"title"}),
        ("id __typename", set()),
        ("assignee { name }", {"assignee_id"}),
        ("checklistProgress checklist { id }", {"checklist"}),
        ("... on Node { id } ... on Card { priority ...More } ", {"priority", "due_date"}),
        ("column { name } scope { name }", {"column_id", "scope_id"}),
    ],
)
async def test_a_card_is_read_with_the_fields_that_its_selection_needs(
    board: Board, selection: str, wanted: set[str]
) -> None:
    card = await board.card("One")
    query = f"query ($id: ID!) {{ card(id: $id) {{ {selection} }} }}"
    fragment = "fragment More on Card { dueDate }" if "More" in selection else ""

    with count_queries() as seen:
        await board.ann.ask(f"{query} {fragment}", id=card)

    projections = [one.projection for one in seen if one.collection == "cards"]
    assert projections[0] == {"_id", "workspace_id", *wanted}
