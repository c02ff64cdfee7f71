"""Whether the newest backup is in the repository that backups are copied to.

What is there is compared by the ids that git gives to contents, so none of the backups is read for it.
"""

import hashlib

from models import Backup
from models.backup_remote import BackupRemote
from models.base import Record, collection, utc_now
from models.enums import ServerRole
from models.installation_enums import BackupStatus, RemoteState
from models.pool import Pool
from models.records import BackupRecord
from resolvers.installation.backup import PREFIX
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation
from resolvers.machine.beneath import TooLargeError
from resolvers.machine.git import UnreadableError
from resolvers.machine.remote import Head, RefusedError, head_of
from resolvers.machine.work import with_git

REMOTES = Pool("repositories being asked", threads=2, at_once=1, of_one=4, in_all=20)

_POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n"
"""What git keeps of a large file in its place."""


@operation("backupRemote", caller=Caller.PERSON, server_role=ServerRole.SUPER_ADMIN, read_only=True)
async def get_backup_remote(ctx: Context) -> Record:
    """The repository that backups are copied to, and whether the newest is there.

    Raises NotConfigured where nothing is installed to ask it with, Unavailable where it takes too long.
    """
    completed = {"status": BackupStatus.COMPLETED.value}
    newest = await collection(Backup).find_one(completed, sort=[("_id", -1)])
    about: Record = {
        "configured": False,
        "url": None,
        "state": None,
        "newest": None if newest is None else newest["filename"],
        "newest_there": None,
        "committed_at": None,
        "checked_at": None,
    }
    if (remote := ctx.services.backup_remote) is None:
        return about
    about |= {"configured": True, "url": remote.url, "checked_at": utc_now()}
    head = await _head(remote)
    if isinstance(head, RemoteState):
        return {**about, "state": head}
    there = max((name for name, _ in head.files), default=None) if head is not None else None
    return {
        **about,
        "state": _state(newest, head),
        "newest_there": there,
        "committed_at": None if head is None else head.committed_at,
    }


async def _head(remote: BackupRemote) -> Head | RemoteState | None:
    try:
        return await with_git(head_of, remote, PREFIX, pool=REMOTES)
    except RefusedError:
        return RemoteState.REFUSED
    except TooLargeError:
        return RemoteState.TOO_LARGE
    except UnreadableError:
        return RemoteState.UNREACHABLE


def _state(newest: BackupRecord | None, head: Head | None) -> RemoteState:
    if newest is None:
        return RemoteState.NO_BACKUP
    name, ids = newest["filename"], _ids(newest)
    found = {} if head is None else dict(head.files)
    if name in found:
        if found[name] in ids:
            return RemoteState.IN_SYNC
        return RemoteState.DIFFERENT if newest.get("git_id") else RemoteState.UNVERIFIED
    # Encrypted, say, which is told by what its name ends with.
    return RemoteState.UNVERIFIED if any(other.startswith(f"{name}.") for other in found) else RemoteState.BEHIND


def _ids(backup: BackupRecord) -> set[str | None]:
    """What git may call the file of a backup."""
    pointer = _POINTER.format(sha256=backup["sha256"], size=backup["size"]).encode()
    blob = hashlib.sha1(b"blob %d\0%b" % (len(pointer), pointer), usedforsecurity=False)
    return {backup.get("git_id"), blob.hexdigest()}
