"""Backups of the whole installation."""

import asyncio

from starlette.responses import FileResponse
from typing_extensions import TypedDict

import models
from models.installation_enums import BackupStatus
from models.records import BackupRecord
from resolvers.installation.backup import create_backup, get_backup, list_backups, open_backup
from rest.agent_board.dialect import board_routes
from rest.present import presents, shown
from rest.routing import Call

routes = board_routes("backups", "/backups", about="The whole installation in files, made while it serves.", place=340)

PATIENCE = 20.0
"""Seconds that a client waits for one to be made; one that takes longer goes on by itself."""
PAUSE = 0.2


@presents(models.Backup, without=("id",))
class BackupData(TypedDict):
    """A backup. It is `completed` once it was read back and found whole."""


@routes.post("", "Make a backup", runs=create_backup, body=None, reads=[get_backup])
async def create(call: Call) -> BackupData:
    """Of the whole installation at one moment, for a super_admin. One that takes longer than 20 s goes on by itself."""
    backup = (await create_backup(call.ctx)).value
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE
    while backup["status"] == BackupStatus.RUNNING and loop.time() < end:
        await asyncio.sleep(PAUSE)
        backup = await get_backup(call.ctx, backup["filename"])
    return _backup(backup)


@routes.get("", "List the backups", runs=list_backups)
async def find(call: Call) -> list[BackupData]:
    """The newest first; for a super_admin."""
    return [_backup(backup) for backup in await list_backups(call.ctx)]


@routes.get("/{filename}", "Download a backup", runs=open_backup, gives=("application/zip",), tagged=False)
async def download(call: Call) -> FileResponse:
    """One that is whole; `orrery restore` reads it into an empty database. It holds all that the database does."""
    backup, path = await open_backup(call.ctx, call.path["filename"])
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return FileResponse(path, media_type="application/zip", filename=backup["filename"], headers=headers)


def _backup(backup: BackupRecord) -> BackupData:
    return shown(BackupData, backup)
