"""What a test leaves is gone, or as it was, before the next: only what was written to is looked at."""

import pytest
from bson import ObjectId
from pymongo import InsertOne

from gateway.database import Database
from models import Card, Migration, User
from tests.conftest import empty
from tests.stubs import stubs
from tests.written import put_back


async def test_whatever_was_written_to_is_empty_afterwards(clean: Database) -> None:
    await stubs(User).insert_one({"_id": ObjectId(), "email": "ann@example.com"})
    await clean.db["of nobody"].insert_one({})
    async with clean.client.start_session() as session, await session.start_transaction():
        await stubs(Card).insert_one({"title": "in a transaction"}, session=session)
    await clean.client.bulk_write([InsertOne({}, namespace=f"{clean.db.name}.of several")])

    await empty(clean)

    names = set(await clean.db.list_collection_names()) - {Migration.Settings.name}
    assert {name: await clean.db[name].count_documents({}) for name in names} == dict.fromkeys(names, 0)
    await clean.db.drop_collection("of nobody")
    await clean.db.drop_collection("of several")


@pytest.mark.parametrize("alike", [False, True])
async def test_a_collection_is_put_back_but_for_what_is_told_alike(clean: Database, alike: bool) -> None:
    stored = clean.db["of nobody"]
    kept = [{"_id": number, "title": "kept", "used": 0} for number in range(4)]
    await stored.insert_many(kept)
    await stored.update_one({"_id": 0}, {"$set": {"title": "changed"}})
    await stored.update_one({"_id": 1}, {"$set": {"used": 1}})
    await stored.delete_one({"_id": 2})
    await stored.insert_one({"_id": 4, "title": "more"})

    await (put_back(stored, kept, lambda record: record["title"]) if alike else put_back(stored, kept))

    found = await stored.find().sort("_id", 1).to_list()
    assert found == [kept[0], {**kept[1], "used": int(alike)}, *kept[2:]]
    await clean.db.drop_collection("of nobody")
