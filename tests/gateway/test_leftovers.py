"""The removal of files that nothing holds: it goes on after failures, and after a process that died in the middle."""

import asyncio
from datetime import timedelta

import pytest
from bson import ObjectId

from gateway import leftovers
from gateway.database import Database
from gateway.leftovers import Leftovers
from models import FileChunk, FileLeftover
from models.base import collection, utc_now
from models.ids import Kind, new_id
from resolvers.files import store as file_store
from resolvers.files.store import CLAIM, remove_leftovers, write_file
from resolvers.kit.context import Services
from tests.gateway.lab import Lab
from tests.patience import PATIENCE
from tests.resolvers.attaching import stored, upload


async def lost_file() -> ObjectId:
    """A file of two chunks whose upload was never finished, due for removal."""
    file_id = new_id(Kind.ATTACHMENT)
    await write_file(file_id, new_id(Kind.WORKSPACE), "lost.txt", upload(bytes(file_store.CHUNK + 1)))
    await collection(FileLeftover).update_one({"_id": file_id}, {"$set": {"due_at": utc_now()}})
    return file_id


async def test_a_removal_that_was_cut_short_is_done_again(clean: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a process that dies between the chunks and the rest
    file_id = await lost_file()

    async def dies(one: ObjectId) -> None:
        await collection(FileChunk).delete_many({"files_id": one})
        raise ConnectionError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(file_store, "_remove", dies)
        with pytest.raises(ConnectionError):
            await remove_leftovers()
    assert await stored(file_id) == (1, 0, 1)

    # When others look, at once and after a while
    assert await remove_leftovers() == 0
    removed = await remove_leftovers(utc_now() + CLAIM)

    # Then one of them has done what was left
    assert (removed, await stored(file_id)) == (1, (0, 0, 0))


async def test_several_processes_remove_each_file_once(clean: Database) -> None:
    files = [await lost_file() for _ in range(5)]

    removed = await asyncio.gather(*(remove_leftovers() for _ in range(4)))

    assert sum(removed) == len(files)
    assert [await stored(one) for one in files] == [(0, 0, 0)] * len(files)


async def test_a_file_that_is_not_due_stays(clean: Database) -> None:
    file_id = await lost_file()
    await collection(FileLeftover).update_one({"_id": file_id}, {"$set": {"due_at": utc_now() + timedelta(minutes=1)}})

    assert await remove_leftovers() == 0
    assert await stored(file_id) == (1, 2, 1)


async def test_the_gateway_goes_on_after_a_failure(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    # Given a database that fails at first
    services: Services = lab.app.state.services
    calls = 0
    done = asyncio.Event()

    async def remove() -> int:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise ConnectionError("away")
        done.set()
        return 0

    monkeypatch.setattr(leftovers, "remove_leftovers", remove)
    keeper = Leftovers(services, period=0.01)

    # When it looks again
    await keeper.start()
    async with asyncio.timeout(PATIENCE):
        await done.wait()
    await keeper.stop()

    # Then it has told, and has not stopped
    assert calls >= 2
    assert [one.message for one in caplog.records] == ["files could not be removed; trying again later"]
