"""The rule of edges: those that ask for each parent by itself are found, in what they call too."""

import pytest

from tests.rules.code import Code, product
from tests.rules.edges import APART, one_by_one

KIT = """
async def each(ctx, things, more=None):
    return [await read(thing) for thing in things]

async def all(ctx, things):
    return await read([thing["_id"] for thing in things])

def edges_by(key):
    @edge(scope=READ)
    async def by_key(ctx, parents, fields):
        return await all(ctx, parents)
    return by_key
"""


def found(body: str) -> list[str]:
    """The edges that are found, of one with a body."""
    text = f"@edge(scope=READ)\nasync def things_of(ctx, parents, fields):\n{body}\n"
    return [
        place.edge for place in one_by_one(Code.read({"resolvers/thing/thing.py": text, "resolvers/kit/it.py": KIT}))
    ]


def test_the_product_asks_for_all_parents_at_once() -> None:
    assert [str(place) for place in one_by_one(product())] == []


@pytest.mark.parametrize(
    "body",
    [
        "    return [await read(parent) for parent in parents]",
        "    return {parent: await read(parent) for parent in parents}",
        "    for place, parent in enumerate(parents):\n        await read(parent)",
        "    for place in await folders_of(ctx, parents):\n        found.append(await read(place))",
        "    ids = [parent['_id'] for parent in parents]\n    return [await read(each) for each in ids]",
        "    ids, names = zip(*parents)\n    rows = sorted(ids)\n    for row in rows:\n        await read(row)",
        "    known = {}\n    for it in parents:\n        known[it] = 1\n    return [await read(it) for it in known]",
        "    return await gather(*(read(parent) for parent in parents))",
        "    return await asyncio.gather(*map(read, parents))",
        "    asked = []\n    for it in parents:\n        asked.append(read(it))\n    return await gather(*asked)",
        "    return [it for parent in parents for it in await read(parent)]",
        "    return [each async for each in read(parents) if await may(each)]",
        "    from resolvers.kit.it import each\n    return await each(ctx, parents)",
        "    from resolvers.kit.it import each\n    return await each(ctx, things=[*parents])",
    ],
)
def test_an_edge_that_waits_for_each_parent_is_found(body: str) -> None:
    assert found(body) == ["things_of"]


@pytest.mark.parametrize(
    "body",
    [
        "    return [parent for parent in await read(parents)]",
        "    for ids in portions(parent['_id'] for parent in parents):\n        await read(ids)",
        "    return [row for ids in portions(parents) for row in await read(ids)]",
        "    cards, people = await gather(read(parents), others(parents))\n    return [cards[it] for it in parents]",
        "    asked = {'all': read(parents)}\n    asked['some'] = some(parents)\n    await gather(*asked.values())",
        "    for model in (Card, Column):\n        await read(model, parents)",
        "    from resolvers.kit.it import all\n    return await all(ctx, parents)",
        "    from resolvers.kit.it import each\n    return await each(ctx, (Card, Column), more=parents)",
        "    rows = await read(parents)\n    return [rows[parent['_id']] for parent in parents]",
    ],
)
def test_one_that_waits_for_all_of_them_is_none(body: str) -> None:
    assert found(body) == []


def test_an_edge_that_a_function_makes_is_looked_at_too() -> None:
    text = KIT.replace("return await all(ctx, parents)", "return [await read(parent) for parent in parents]")
    assert [place.function for place in one_by_one(Code.read({"resolvers/kit/it.py": text}))] == [
        "resolvers.kit.it.by_key"
    ]


def test_functions_are_named_only_as_long_as_they_wait_so() -> None:
    assert {place.function for place in one_by_one(product(), ())} == APART.keys()
