"""Backups: asked for, listed, taken away. `resolvers.installation.backup_work` is how they come about."""

import logging
from pathlib import Path
from typing import Annotated

from bson import ObjectId

from models import Backup
from models.base import collection, to_record, without
from models.enums import ServerRole
from models.errors import Conflict, NotFound
from models.ids import Kind, parse_id
from models.installation import INSTALLATION_ID
from models.installation_enums import BackupStatus
from models.json import check_text
from models.records import BackupRecord
from models.write import find_and_delete
from realtime.events.installation import BackupChanged, BackupDeleted
from realtime.log import Change, Committed
from resolvers.account.super_admin import touch_installation
from resolvers.kit.context import Context, Services
from resolvers.kit.operation import Caller, operation
from resolvers.kit.server_role import require_server_role

log = logging.getLogger("orrery.backups")

MAX_LISTED = 500
PREFIX = "orrery-"
"""How the names of files begin."""
_INTERNAL = frozenset({"holder", "lease_until", "attempts", "git_id"})


@operation("backups", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN, read_only=True)
async def list_backups(ctx: Context) -> list[BackupRecord]:
    """The backups, the newest first: those that are kept, the one that is being made, and those that have failed."""
    found = await collection(Backup).find({}).sort("_id", -1).limit(MAX_LISTED).to_list()
    return [told(backup) for backup in found]


@operation("backup", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN, read_only=True)
async def get_backup(ctx: Context, filename: Annotated[str, "The name of the file."]) -> BackupRecord:
    """A backup by its name."""
    found = await collection(Backup).find_one({"filename": check_text(filename, field="filename")})
    if found is None:
        raise NotFound("Backup")
    return told(found)


@operation("backupFile", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN, read_only=True)
async def open_backup(ctx: Context, filename: str) -> tuple[BackupRecord, Path]:
    """A backup that is whole, and where its file is on this machine. Who reads it is in the log."""
    backup = await get_backup(ctx, filename)
    # The name is that of the record: what a client sends is part of no path.
    path = file_of(ctx.services, backup["filename"])
    if backup["status"] != BackupStatus.COMPLETED or path is None or not path.is_file():
        raise NotFound("Backup")
    log.info("the backup %s is read by %s", backup["_id"], ctx.user_id)
    return backup, path


@operation("backupCreate", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN)
async def create_backup(ctx: Context) -> Committed[BackupRecord]:
    """Begin to make a backup; its `status` tells when it is whole.

    Raises Conflict while another one is being made.
    """

    async def body(change: Change) -> BackupRecord:
        await require_server_role(ctx.user_id, ServerRole.SUPER_ADMIN, "backupCreate", change.session)
        await touch_installation(change)  # of two at once, one comes after the other
        running = {"status": BackupStatus.RUNNING.value}
        if await collection(Backup).find_one(running, {"_id": 1}, session=change.session) is not None:
            raise Conflict("A backup is being made: wait until it has ended")
        filename = f"{PREFIX}{change.at:%Y%m%dT%H%M%S}{change.at.microsecond // 1000:03}Z.zip"
        backup = to_record(Backup(filename=filename, created_by=ctx.user_id, created_at=change.at))
        await collection(Backup).insert_one(backup, session=change.session)
        change.append(INSTALLATION_ID, BackupChanged(backup=backup))
        return told(backup)

    created = await ctx.write(INSTALLATION_ID, body)
    ctx.services.backups_due.set()
    return created


@operation("backupDelete", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN, destroys=True)
async def delete_backup(ctx: Context, id: Annotated[ObjectId | str, "The id of the backup."]) -> Committed[ObjectId]:
    """Delete a backup with its file.

    Raises Conflict for one that is being made.
    """
    wanted = parse_id(id, Kind.BACKUP)

    async def body(change: Change) -> ObjectId:
        await require_server_role(ctx.user_id, ServerRole.SUPER_ADMIN, "backupDelete", change.session)
        await delete(change, ctx.services, wanted)
        return wanted

    return await ctx.write(INSTALLATION_ID, body)


def file_of(services: Services, filename: str) -> Path | None:
    """Where the file of a backup is, by the name in its record; None in a process that keeps none."""
    return None if services.backup_dir is None else services.backup_dir / filename


def remove_file(services: Services, filename: str) -> None:
    """Take away the file of a backup, if it is here."""
    if (path := file_of(services, filename)) is not None:
        path.unlink(missing_ok=True)


async def delete(change: Change, services: Services, backup_id: ObjectId) -> str:
    """Delete a backup within a change; the name of its file.

    The file goes first: what is interrupted leaves a record, which is deleted again, and no file that nobody knows of.
    """
    found = await find_and_delete(Backup, {"_id": backup_id}, change.session)
    if found is None:
        raise NotFound("Backup")
    if found["status"] == BackupStatus.RUNNING:
        raise Conflict("It is being made")
    remove_file(services, found["filename"])
    change.append(INSTALLATION_ID, BackupDeleted(deleted_id=backup_id))
    return found["filename"]


def told(backup: BackupRecord) -> BackupRecord:
    """A backup without what its workers keep in it."""
    return without(backup, _INTERNAL)
