"""Restores: whole or not at all, of an archive that shows every damage, into an empty database alone."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from gateway import migrations
from gateway.database import Database, DatabaseError, connect, learn
from gateway.dump import restore as module
from gateway.dump.archive import MANIFEST
from gateway.dump.error import DumpError
from gateway.migrations import is_half_restored
from gateway.settings import Settings
from models import Label, Migration, User
from models.base import collection
from realtime.lease import hold
from tests.gateway.dump_lab import another, dumped, everything, restored
from tests.stubs import stubs


def flipped(content: bytes) -> bytes:
    """One bit of the documents is another."""
    place = content.index(b"collections/users.bson") + 60
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def cut_off(content: bytes) -> bytes:
    return content[: len(content) // 2]


def no_archive(content: bytes) -> bytes:
    return b"{}"


def nothing(content: bytes) -> bytes:
    return b""


DAMAGES = [flipped, cut_off, no_archive, nothing]


@pytest.mark.parametrize("damaged", DAMAGES, ids=lambda one: one.__name__)
async def test_a_damaged_archive_is_refused_before_anything_is_written(
    damaged: Callable[[bytes], bytes], clean: Database, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "dump"
    await stubs(User).insert_many([{"_id": ObjectId(), "email": f"{n}@example.com"} for n in range(30)])
    await dumped(clean, file)
    file.write_bytes(damaged(file.read_bytes()))
    await collection(User).delete_many({})
    before = await everything(clean)

    with pytest.raises(DumpError, match=r"(damaged|no dump)"):
        await restored(clean, file)

    assert await everything(clean) == before


def another_hash(about: Any) -> None:
    about["collections"][0]["sha256"] = "0" * 64


def another_member(about: Any) -> None:
    about["collections"][0]["member"] = "collections/none.bson"


def without_collections(about: Any) -> None:
    del about["collections"]


def another_form(about: Any) -> None:
    about["version"] = 2


def newer(about: Any) -> None:
    about["steps"].append("what-nobody-knows-yet")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (another_hash, "is not what was written"),
        (another_member, "cannot be read"),
        (without_collections, "manifest is damaged"),
        (another_form, "another form"),
        (newer, "was made by a newer version"),
    ],
)
async def test_a_manifest_that_does_not_fit_is_refused(
    change: Callable[[Any], None], told: str, clean: Database, tmp_path: Path
) -> None:
    await dumped(clean, tmp_path / "dump")
    with zipfile.ZipFile(tmp_path / "dump") as source, zipfile.ZipFile(tmp_path / "changed", "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == MANIFEST:
                about = json.loads(content)
                change(about)
                content = json.dumps(about).encode()
            target.writestr(name, content)
    before = await everything(clean)

    with pytest.raises(DumpError, match=told):
        await restored(clean, tmp_path / "changed")

    assert await everything(clean) == before


async def test_a_database_that_holds_something_is_not_restored_into(clean: Database, tmp_path: Path) -> None:
    await dumped(clean, tmp_path / "dump")
    await stubs(Label).insert_one({"_id": ObjectId()})
    before = await everything(clean)

    with pytest.raises(DumpError, match=r"^The database is not empty, it holds labels: "):
        await restored(clean, tmp_path / "dump")

    assert await everything(clean) == before


async def test_a_database_that_a_gateway_serves_is_not_restored_into(clean: Database, tmp_path: Path) -> None:
    await dumped(clean, tmp_path / "dump")
    await hold("log-retention", "a gateway", migrations.LEASE)

    with pytest.raises(DumpError, match=r"^A gateway serves this database"):
        await restored(clean, tmp_path / "dump")

    assert not await is_half_restored()


async def test_a_restore_that_fails_leaves_the_database_empty(
    clean: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stubs(User).insert_one({"_id": ObjectId(), "email": "ann@example.com"})
    await dumped(clean, tmp_path / "dump")

    async with another(clean, settings, tmp_path / "other") as other:
        with monkeypatch.context() as patch:
            patch.setattr(module, "finish", broken)
            with pytest.raises(DumpError, match="in the end"):
                await restored(other, tmp_path / "dump")
        assert await everything(other) == {}
        await restored(other, tmp_path / "dump")  # and it can be done again
        assert len((await everything(other))["users"]) == 1


async def broken(*_: object) -> None:
    raise DumpError("in the end")


async def test_documents_that_did_not_arrive_are_missed(
    clean: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stubs(User).insert_many([{"_id": ObjectId(), "email": f"{n}@example.com"} for n in range(3)])
    await dumped(clean, tmp_path / "dump")
    batches = module._batches

    def fewer(documents: Any) -> Any:
        # One user too few, and of other collections all that there is.
        yield from (batch[1:] if "email" in batch[0] else batch for batch in batches(documents))

    monkeypatch.setattr(module, "_batches", fewer)
    async with another(clean, settings, tmp_path / "other") as other:
        with pytest.raises(DumpError, match=r"^Of users, 2 documents were restored in place of 3\.$"):
            await restored(other, tmp_path / "dump")
        assert await everything(other) == {}


async def test_a_restore_that_was_killed_is_told_to_a_start_and_done_again(
    clean: Database, settings: Settings, tmp_path: Path
) -> None:
    await stubs(User).insert_one({"_id": ObjectId(), "email": "ann@example.com"})
    await dumped(clean, tmp_path / "dump")

    async with another(clean, settings, tmp_path / "other") as other:
        await collection(Migration).insert_one({"_id": migrations.RESTORE, "done_at": None})
        await stubs(Label).insert_one({"_id": ObjectId()})
        url = await url_of(other, tmp_path / "other")
        with pytest.raises(DatabaseError, match=r"^A restore into this database has not ended: run orrery restore"):
            await connect(settings, url=url)
        await learn(other)
        with pytest.raises(DumpError, match="has not ended"):
            await dumped(other, tmp_path / "half")

        await restored(other, tmp_path / "dump")

        assert {"users", "migrations"} == (await everything(other)).keys()
        await (await connect(settings, url=url)).close()


async def url_of(database: Database, folder: Path) -> str:
    host, port = await database.client.address or ("", 0)
    password = (folder / "db.password").read_text().strip()
    return f"mongodb://orrery:{password}@{host}:{port}/orrery?authSource=admin"
