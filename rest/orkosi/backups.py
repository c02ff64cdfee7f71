"""Backups of the whole installation, by the names of their files: for whoever runs it."""

from datetime import datetime
from typing import Literal

from starlette.responses import FileResponse
from typing_extensions import TypedDict

import models
from models.base import timestamp
from models.errors import BadUserInput, NotFound
from models.installation_enums import BackupStatus, RemoteState
from models.records import BackupRecord
from resolvers.installation.backup import create_backup, delete_backup, get_backup, list_backups, open_backup
from resolvers.installation.backup_remote import get_backup_remote
from rest.orkosi.bodies import Deleted, deleted
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.paging import whole_of
from rest.orkosi.present.show import Timestamp, presents, shown, word
from rest.routing import Call

routes = orkosi_routes(
    "backups", "/backups", about="Backups of the whole installation, for whoever runs it.", place=40, tag_place=80
)

MAX_LINES = 100
UNLISTED = "is no backup of the list"
_IN_SYNC = {RemoteState.IN_SYNC: True, RemoteState.BEHIND: False, RemoteState.DIFFERENT: False}


@presents(models.Backup, only=("filename", "size", "documents", "sha256", "created_at", "ended_at"))
class OrkosiBackupData(TypedDict):
    """A backup, which was read back and found whole."""


class BackupStatsData(TypedDict):
    """How many backups there are, and what they take in bytes. `running` says that one is being made."""

    count: int
    total_size: int
    last_backup: OrkosiBackupData | None
    last_failed_at: Timestamp | None
    running: bool


class BackupLogData(TypedDict):
    """What became of the backups, the latest last."""

    lines: list[str]


class BackupRemoteData(TypedDict):
    """The repository that backups are copied to by somebody else; `in_sync` is null where nobody can tell."""

    configured: bool
    url: str | None
    state: str | None
    in_sync: bool | None
    latest_backup: str | None
    latest_remote: str | None
    committed_at: Timestamp | None
    checked_at: Timestamp | None


class TriggeredData(TypedDict):
    """A backup that is being made: it is listed once it is whole."""

    triggered: Literal[True]
    filename: str
    status: str
    created_at: Timestamp


@routes.get("", "List the backups", runs=list_backups)
async def find(call: Call) -> list[OrkosiBackupData]:
    """Those that are whole, the newest first."""
    return [_backup(backup) for backup in whole_of(call, _listed(await list_backups(call.ctx)))]


@routes.get("/stats", "Count the backups", runs=list_backups)
async def count(call: Call) -> BackupStatsData:
    """How many are whole, their size in all, and the last."""
    found = await list_backups(call.ctx)
    listed = _listed(found)
    failed = [backup for backup in found if backup["status"] == BackupStatus.FAILED]
    return {
        "count": len(listed),
        "total_size": sum(backup["size"] for backup in listed),
        "last_backup": _backup(listed[0]) if listed else None,
        "last_failed_at": timestamp(failed[0]["ended_at"] or failed[0]["created_at"]) if failed else None,
        "running": any(backup["status"] == BackupStatus.RUNNING for backup in found),
    }


@routes.get("/logs", "Read what became of the backups", runs=list_backups)
async def read_log(call: Call) -> BackupLogData:
    """The last 100 lines: when one was begun, and when and how it ended."""
    lines = sorted(line for backup in await list_backups(call.ctx) for line in _lines(backup))
    return {"lines": lines[-MAX_LINES:]}


@routes.get("/github-status", "Look for the newest backup where it is copied to", runs=get_backup_remote)
async def get_remote(call: Call) -> BackupRemoteData:
    """`in_sync` says that the repository's last commit has the newest backup, unchanged."""
    found = await get_backup_remote(call.ctx)
    state: RemoteState | None = found["state"]
    return {
        "configured": found["configured"],
        "url": found["url"],
        "state": None if state is None else word(state),
        "in_sync": None if state is None else _IN_SYNC.get(state),
        "latest_backup": found["newest"],
        "latest_remote": found["newest_there"],
        "committed_at": _time(found["committed_at"]),
        "checked_at": _time(found["checked_at"]),
    }


@routes.get("/{filename}/download", "Download a backup", runs=open_backup, gives=("application/zip",), tagged=False)
async def download(call: Call) -> FileResponse:
    """One of the list; `orrery restore` reads it into an empty database. It holds all that the database does."""
    try:
        backup, path = await open_backup(call.ctx, call.path["filename"])
    except NotFound as error:
        raise BadUserInput(UNLISTED, field="filename") from error
    headers = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
    return FileResponse(path, media_type="application/zip", filename=backup["filename"], headers=headers)


@routes.delete("/{filename}", "Delete a backup with its file", runs=delete_backup, reads=[get_backup])
async def delete(call: Call) -> Deleted:
    """One of the list."""
    try:
        backup = await get_backup(call.ctx, call.path["filename"])
    except NotFound as error:
        raise BadUserInput(UNLISTED, field="filename") from error
    if not _listed([backup]):
        raise BadUserInput(UNLISTED, field="filename")
    await delete_backup(call.ctx, backup["_id"])
    return deleted(backup["filename"])


@routes.post("/trigger", "Begin to make a backup", runs=create_backup, body=None, status=200)
async def trigger(call: Call) -> TriggeredData:
    """Of the whole installation at one moment. The answer does not wait for it; a conflict while another is made."""
    backup = (await create_backup(call.ctx)).value
    return {
        "triggered": True,
        "filename": backup["filename"],
        "status": word(BackupStatus(backup["status"])),
        "created_at": timestamp(backup["created_at"]),
    }


def _time(moment: datetime | None) -> Timestamp | None:
    return None if moment is None else timestamp(moment)


def _listed(found: list[BackupRecord]) -> list[BackupRecord]:
    return [backup for backup in found if backup["status"] == BackupStatus.COMPLETED]


def _backup(backup: BackupRecord) -> OrkosiBackupData:
    return shown(OrkosiBackupData, backup)


def _lines(backup: BackupRecord) -> list[str]:
    """The lines about a backup, each of which begins with its time."""
    name, ended, error = backup["filename"], backup["ended_at"], backup["error"]
    lines = [f"{timestamp(backup['created_at'])} {name}: begun"]
    if ended is not None:
        whole = f"completed, {backup['documents']} documents in {backup['size']} bytes"
        lines.append(f"{timestamp(ended)} {name}: {whole if error is None else f'failed: {error}'}")
    return lines
