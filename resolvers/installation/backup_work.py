"""How a backup comes about: one process holds it, makes the file, and says what became of that."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from models import Backup
from models.base import Record, collection, utc_now
from models.installation import INSTALLATION_ID
from models.installation_enums import BackupStatus
from models.records import BackupRecord
from models.write import update_and_read
from realtime.events.installation import BackupChanged
from realtime.log import Change
from resolvers.installation.backup import delete
from resolvers.kit.context import Services

MAX_ATTEMPTS = 3
TOO_OFTEN = "It was begun three times, and every process that made it has died; the log of the gateway says why."


@dataclass(frozen=True, slots=True)
class Made:
    """What is in a file, once it was read back."""

    size: int
    sha256: str
    documents: int
    git_id: str


async def take_backup(holder: str, lease: timedelta) -> BackupRecord | None:
    """A backup that nobody makes, held for a time; None where there is none."""
    now = utc_now()
    free = {"$or": [{"lease_until": None}, {"lease_until": {"$lt": now}}]}
    found = await collection(Backup).find_one({"status": BackupStatus.RUNNING.value, **free})
    if found is None:
        return None
    same = {"_id": found["_id"], "status": BackupStatus.RUNNING.value, "lease_until": found["lease_until"]}
    held = {"$set": {"holder": holder, "lease_until": now + lease}, "$inc": {"attempts": 1}}
    if not (await collection(Backup).update_one(same, held)).matched_count:
        return None
    return {**found, "holder": holder, "attempts": found["attempts"] + 1}


async def being_made() -> set[str]:
    """The names of files that are not whole yet."""
    running = collection(Backup).find({"status": BackupStatus.RUNNING.value}, {"filename": 1})
    return {backup["filename"] for backup in await running.to_list()}


async def go_on(backup: BackupRecord, lease: timedelta) -> bool:
    """Hold on to a backup; False where it is another's by now."""
    ours = {"_id": backup["_id"], "holder": backup["holder"], "status": BackupStatus.RUNNING.value}
    held = await collection(Backup).update_one(ours, {"$set": {"lease_until": utc_now() + lease}})
    return bool(held.matched_count)


async def let_go(backup: BackupRecord) -> None:
    """Leave a backup to whoever asks next: what made it has died."""
    ours = {"_id": backup["_id"], "holder": backup["holder"], "status": BackupStatus.RUNNING.value}
    await collection(Backup).update_one(ours, {"$set": {"holder": None, "lease_until": None}})


async def end_backup(services: Services, backup: BackupRecord, outcome: Made | str) -> bool:
    """Say what became of a backup: a file, or why there is none. False where it is another's by now."""

    async def body(change: Change) -> bool:
        changes: Record = {"holder": None, "lease_until": None, "ended_at": change.at}
        if isinstance(outcome, Made):
            changes |= {"size": outcome.size, "sha256": outcome.sha256, "documents": outcome.documents}
            changes |= {"git_id": outcome.git_id, "status": BackupStatus.COMPLETED.value}
        else:
            changes |= {"status": BackupStatus.FAILED.value, "error": outcome}
        ours = {"_id": backup["_id"], "holder": backup["holder"], "status": BackupStatus.RUNNING.value}
        ended = await update_and_read(Backup, ours, {"$set": changes}, change.session)
        if ended is not None:
            change.append(INSTALLATION_ID, BackupChanged(backup=ended))
        return ended is not None

    return (await services.hub.log.write(INSTALLATION_ID, backup["created_by"], body)).value


async def prune_backups(services: Services, *, keep: int, quota: int) -> list[str]:
    """Delete all but the newest, as many as there may be and as fit into so many bytes, but one in any case. The names
    of their files."""
    gone: list[Any] = []
    for status in (BackupStatus.COMPLETED, BackupStatus.FAILED):
        size = 0
        found = collection(Backup).find({"status": status.value}, {"size": 1}).sort("_id", -1)
        for place, backup in enumerate(await found.to_list()):
            size += backup["size"]
            if place >= keep or (place and size > quota):
                gone.append(backup["_id"])

    async def body(change: Change) -> list[str]:
        return [await delete(change, services, backup_id) for backup_id in gone]

    return (await services.hub.log.write(INSTALLATION_ID, None, body)).value if gone else []
