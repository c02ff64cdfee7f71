"""What the denials compare: a hash of the database that sees every write, though it reads again only what was named."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from gridfs import AsyncGridFSBucket
from pymongo import InsertOne, UpdateOne
from pymongo.asynchronous.collection import AsyncCollection

from gateway.database import Database
from models import Card, Comment, User
from models.base import collection
from tests.denials.fingerprint import fingerprint
from tests.gateway.lab import count_queries
from tests.world.world import World

Cards = AsyncCollection[dict[str, Any]]
Write = Callable[[Database, Cards], Awaitable[object]]


async def in_a_transaction(database: Database, cards: Cards) -> None:
    async with database.client.start_session() as session, await session.start_transaction():
        await cards.update_one({}, {"$set": {"title": "transaction"}}, session=session)
        await fingerprint(database)  # which sees nothing of it yet


WRITES: dict[str, Write] = {
    "insert": lambda _, cards: cards.insert_one({}),
    "insert many": lambda _, cards: cards.insert_many([{}, {}]),
    "update": lambda _, cards: cards.update_one({}, {"$set": {"title": "updated"}}),
    "find and update": lambda _, cards: cards.find_one_and_update({}, {"$set": {"title": "found"}}),
    "replace": lambda _, cards: cards.replace_one({"title": "found"}, {"title": "replaced"}),
    "delete": lambda _, cards: cards.delete_one({"title": "replaced"}),
    "bulk": lambda _, cards: cards.bulk_write([InsertOne({}), UpdateOne({}, {"$set": {"title": "bulk"}})]),
    "transaction": in_a_transaction,
    "file": lambda database, _: AsyncGridFSBucket(database.db, "odd").upload_from_stream("a.txt", b"Hello"),
    "new collection": lambda database, _: database.db.create_collection("of nobody"),
    "drop": lambda database, _: database.db.drop_collection("of nobody"),
}


@pytest.fixture
async def kept(database: Database, world: World) -> Any:
    """The cards, put back after the test."""
    cards = collection(Card)
    records = await cards.find().to_list()
    yield cards
    await cards.delete_many({})
    await cards.insert_many(records)
    for name in ("odd.files", "odd.chunks", "of nobody"):
        await database.db.drop_collection(name)


async def test_every_write_is_seen(database: Database, kept: Cards) -> None:
    unseen = []
    for name, write in WRITES.items():
        before = await fingerprint(database)
        await write(database, kept)
        if await fingerprint(database) == before:
            unseen.append(name)

    assert unseen == []


async def test_what_is_not_written_is_the_same_and_read_once(database: Database, world: World) -> None:
    before = await fingerprint(database)
    await collection(User).update_one({}, {"$set": {"last_used_at": None}})

    with count_queries() as reads:
        assert await fingerprint(database) == before

    assert "users" in {one.collection for one in reads}
    assert not {"cards", collection(Comment).name} & {one.collection for one in reads}
