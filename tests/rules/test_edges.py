"""The rule of edges: those that ask for each parent by itself are found."""

import pytest

from tests.rules.code import Code, product
from tests.rules.edges import APART, one_by_one


def found(body: str) -> list[str]:
    """The edges that are found, of one with a body."""
    text = f"@edge(scope=READ)\nasync def things_of(ctx, parents, fields):\n{body}\n"
    return [place.edge for place in one_by_one(Code.read({"resolvers/thing/thing.py": text}))]


def test_the_product_asks_for_all_parents_at_once() -> None:
    assert [str(place) for place in one_by_one(product())] == []


@pytest.mark.parametrize(
    "body",
    [
        "    return [await read(parent) for parent in parents]",
        "    return {parent: await read(parent) for parent in parents}",
        "    for place, parent in enumerate(parents):\n        await read(parent)",
        "    for place in await folders_of(ctx, parents):\n        found.append(await read(place))",
    ],
)
def test_an_edge_that_waits_for_each_parent_is_found(body: str) -> None:
    assert found(body) == ["things_of"]


@pytest.mark.parametrize(
    "body",
    [
        "    return [parent for parent in await read(parents)]",
        "    for ids in portions(parent['_id'] for parent in parents):\n        await read(ids)",
        "    rows = await read(parents)\n    return [rows[parent['_id']] for parent in parents]",
    ],
)
def test_one_that_waits_for_all_of_them_is_none(body: str) -> None:
    assert found(body) == []


@pytest.mark.parametrize("edge", sorted(APART))
def test_an_edge_is_named_only_as_long_as_it_waits_so(edge: str) -> None:
    assert [place.edge for place in one_by_one(product(), APART.keys() - {edge})] == [edge]
