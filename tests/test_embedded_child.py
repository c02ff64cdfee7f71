"""A collection of the tests' database that is emptied at once is as one that was emptied a document at a time."""

from typing import Any

import pytest
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from gateway.database import Database

NAMES = [f"name {number}" for number in range(40)]


@pytest.fixture
async def emptied(database: Database) -> AsyncCollection[Any]:
    """A collection with a unique index and another one, which held something and was emptied."""
    made = database.db["emptied"]
    await made.delete_many({})
    await made.create_index("name", unique=True)
    await made.create_index("group")
    await made.insert_many([{"_id": name, "name": name, "group": 1} for name in NAMES])
    assert (await made.delete_many({})).deleted_count == len(NAMES)
    return made


async def test_nothing_is_left_whichever_way_it_is_looked_for(emptied: AsyncCollection[Any]) -> None:
    for where in ({}, {"_id": NAMES[0]}, {"name": NAMES[0]}, {"group": 1}, {"other": None}):
        assert await emptied.find(where).to_list() == []
    assert await emptied.count_documents({}) == 0


async def test_its_indexes_stay_and_hold_what_comes_then(emptied: AsyncCollection[Any]) -> None:
    await emptied.insert_many([{"_id": name, "name": name, "group": 2} for name in NAMES])

    assert [each["_id"] for each in await emptied.find({"name": NAMES[3]}).to_list()] == [NAMES[3]]
    assert await emptied.find({"group": 1}).to_list() == []
    assert len(await emptied.find({"group": 2}).to_list()) == len(NAMES)
    with pytest.raises(DuplicateKeyError):
        await emptied.insert_one({"name": NAMES[0]})


async def test_collections_of_names_that_begin_alike_keep_theirs(
    database: Database, emptied: AsyncCollection[Any]
) -> None:
    for name in ("emptie", "emptied_2", "emptiee"):
        other = database.db[name]
        await other.delete_many({})
        await other.create_index("group")
        await other.insert_many([{"group": 1}, {"group": 2}])
        await emptied.delete_many({})

        assert (len(await other.find({}).to_list()), len(await other.find({"group": 2}).to_list())) == (2, 1)
        await other.delete_many({})


async def test_what_is_named_goes_alone(emptied: AsyncCollection[Any]) -> None:
    await emptied.insert_many([{"name": name, "group": number % 2} for number, name in enumerate(NAMES)])

    assert (await emptied.delete_many({"group": 1})).deleted_count == len(NAMES) // 2
    assert len(await emptied.find({"group": 0}).to_list()) == len(NAMES) // 2
