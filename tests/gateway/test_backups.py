"""Backups that a gateway makes: whole, once, and kept within bounds."""

import asyncio
import hashlib
import stat
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from dulwich.objects import Blob

from auth.subject import ANONYMOUS
from gateway.backup_process import Order
from gateway.backups import Backups, Pace
from gateway.database import Database
from gateway.dump.archive import PART
from gateway.settings import Settings
from models import Backup
from models.base import collection, to_record, utc_now
from models.enums import ServerRole
from models.errors import NotFound
from models.installation import INSTALLATION_ID
from models.installation_enums import BackupStatus
from models.records import BackupRecord
from realtime.log import Change
from resolvers.installation.backup import create_backup, delete, delete_backup, list_backups, open_backup
from resolvers.installation.backup_work import MAX_ATTEMPTS, TOO_OFTEN, Made, end_backup, prune_backups, take_backup
from resolvers.installation.installation import grant_server_role
from resolvers.kit.context import Context
from resolvers.transfer.transfer import export_project
from tests.gateway.dump_lab import another, restored
from tests.gateway.lab import Board, Lab
from tests.gateway.mail_lab import until
from tests.resolvers.lab import People, again, events

LEASE = timedelta(minutes=1)


@pytest.fixture
async def root(lab: Lab, tmp_path: Path) -> Context:
    """Somebody who runs the installation, whose backups are in a folder of the test."""
    services = replace(lab.app.state.services, backup_dir=tmp_path / "backups", backups_due=asyncio.Event())
    ctx = await People(Context(ANONYMOUS, services)).register("root")
    await grant_server_role(again(ctx), ctx.user_id, ServerRole.SUPER_ADMIN)
    return ctx


def of(settings: Settings, folder: Path) -> Settings:
    return replace(settings, data_dir=folder)


async def test_a_backup_is_a_file_of_its_owners_that_restores_to_the_same_export(
    root: Context, board: Board, clean: Database, settings: Settings, tmp_path: Path
) -> None:
    await board.card("Kept")
    ann = await People(Context(ANONYMOUS, root.services)).by_jwt(board.ann.token)
    before = await export_project(again(ann), board.project)
    worker = Backups(root.services, of(settings, tmp_path), clean.url, pace=Pace(poll=0.1))
    await worker.start()
    made = (await create_backup(again(root))).value
    await board.card("While it is made")

    async def ended() -> bool:
        return (await list_backups(again(root)))[0]["status"] != BackupStatus.RUNNING

    await until(ended, 60)
    await worker.stop()

    backup, path = await open_backup(again(root), made["filename"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    content = path.read_bytes()
    assert (backup["size"], backup["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert backup["documents"] > 0
    kept = await collection(Backup).find_one({"_id": backup["_id"]})
    assert kept is not None
    assert kept["git_id"] == Blob.from_string(content).id.decode()
    told = [event["type"] for event in await events(INSTALLATION_ID)]
    assert told[-2:] == ["BackupChanged", "BackupChanged"]
    async with another(clean, settings, tmp_path / "other") as empty:
        assert await restored(empty, path) == {}  # no key is in it
        after = await export_project(again(ann), board.project)
        assert await collection(Backup).count_documents({}) == 0
    after["cards"] = [card for card in after["cards"] if card["title"] == "Kept"]
    same = {name: value for name, value in before.items() if name != "exportedAt"}
    assert {name: after[name] for name in same} == same


@asynccontextmanager
async def dying(_: Order) -> AsyncIterator[Process]:
    """A process that says nothing and ends."""
    process = await asyncio.create_subprocess_exec("false", stdout=PIPE)
    yield process
    await process.wait()


async def test_what_dies_is_made_anew_by_another_and_given_up_in_the_end(
    root: Context, clean: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = (await create_backup(again(root))).value
    first = await take_backup("first", LEASE)
    assert first is not None
    assert await take_backup("second", LEASE) is None

    # When it is silent for too long, another takes it, and what it says later counts for nothing
    lapsed = {"$set": {"lease_until": utc_now() - LEASE}}
    await collection(Backup).update_one({"_id": made["_id"]}, lapsed)
    second = await take_backup("second", LEASE)
    assert second is not None
    assert not await end_backup(root.services, first, Made(1, "00", 1, "00"))
    assert await collection(Backup).count_documents({"status": "running", "holder": "second"}) == 1

    # Given what two of them have written, and a whole file from before the database was restored
    folder = tmp_path / "backups"
    folder.mkdir()
    part, old, stays = (folder / name for name in (made["filename"] + PART, "orrery-1.zip" + PART, "orrery-0.zip"))
    for file in (part, old, stays):
        file.touch()

    # When the process that makes it dies, then it is begun anew at once
    await collection(Backup).update_one({"_id": made["_id"]}, lapsed)
    worker = Backups(root.services, of(settings, tmp_path), "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100")
    with monkeypatch.context() as patch:
        patch.setattr("gateway.backups._started", dying)
        await worker._round()
    left = await collection(Backup).find_one({"_id": made["_id"]})
    assert left is not None
    assert (left["status"], left["lease_until"], left["attempts"]) == (BackupStatus.RUNNING, None, 3)

    # When it was begun too often, or the database cannot be reached, it is said why there is none
    await collection(Backup).update_one({"_id": made["_id"]}, {"$set": {"attempts": MAX_ATTEMPTS, **lapsed["$set"]}})
    await worker._round()
    assert set(folder.iterdir()) == {part, stays}
    [failed] = await list_backups(again(root))
    assert (failed["status"], failed["error"]) == (BackupStatus.FAILED, TOO_OFTEN)
    with pytest.raises(NotFound):
        await open_backup(again(root), failed["filename"])
    await worker._round()
    assert set(folder.iterdir()) == {stays}
    assert (await delete_backup(again(root), failed["_id"])).value == failed["_id"]


async def test_the_newest_are_kept_within_bounds(root: Context) -> None:
    folder = root.services.backup_dir
    assert folder is not None
    folder.mkdir()
    made: list[BackupRecord] = []
    for number in range(5):
        record = to_record(
            Backup(filename=f"orrery-{number}.zip", status=BackupStatus.COMPLETED, size=100, created_by=root.user_id)
        )
        await collection(Backup).insert_one(record)
        made.append(record)
        (folder / record["filename"]).touch()

    # What is interrupted while it is deleted leaves its record, not its file
    async def interrupted(change: Change) -> None:
        await delete(change, root.services, made[0]["_id"])
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await root.services.hub.log.write(INSTALLATION_ID, None, interrupted)
    assert len(list(folder.iterdir())) == len(await list_backups(again(root))) - 1 == 4

    assert await prune_backups(root.services, keep=3, quota=1_000) == ["orrery-1.zip", "orrery-0.zip"]
    assert await prune_backups(root.services, keep=3, quota=250) == ["orrery-2.zip"]
    assert await prune_backups(root.services, keep=3, quota=1) == ["orrery-3.zip"]
    assert await prune_backups(root.services, keep=3, quota=1) == []
    assert [backup["filename"] for backup in await list_backups(again(root))] == ["orrery-4.zip"]
    assert [file.name for file in folder.iterdir()] == ["orrery-4.zip"]
    (folder / "orrery-4.zip").unlink()
    for name in ("../secret_key", "orrery-4.zip/..", "orrery-4.zip"):  # of the last there is no file
        with pytest.raises(NotFound):
            await open_backup(again(root), name)
