"""Whether the newest backup is in the repository that backups are copied to, by a server of git's on loopback."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from dulwich.objects import Blob

from models import Backup
from models.backup_remote import BackupRemote, parse_backup_remote
from models.base import Record, collection, to_record
from models.enums import ServerRole
from models.installation_enums import BackupStatus, RemoteState
from resolvers.installation.backup_remote import get_backup_remote
from resolvers.installation.installation import grant_server_role
from resolvers.kit.context import Context
from tests.resolvers.git_server import COMMITTED_AT, git_server
from tests.resolvers.lab import People, again

PASSWORD = "canary-of-the-repository"
CONTENT = b"a backup"
OLD, NEW = "orrery-20261129T030000000Z.zip", "orrery-20261130T030000000Z.zip"


@pytest.fixture
async def root(people: People) -> Context:
    """Somebody who runs the installation, which has no backup."""
    await collection(Backup).delete_many({})
    ctx = await people.register("root")
    await grant_server_role(again(ctx), ctx.user_id, ServerRole.SUPER_ADMIN)
    return ctx


async def keep(root: Context, filename: str, content: bytes, *, git_id: str | None) -> None:
    """Have a backup of some bytes."""
    digest = sha256(content).hexdigest()
    kept = Backup(filename=filename, size=len(content), sha256=digest, git_id=git_id, created_by=root.user_id)
    kept.status = BackupStatus.COMPLETED
    await collection(Backup).insert_one(to_record(kept))


async def test_the_newest_backup_is_compared_with_what_was_copied(root: Context, tmp_path: Path) -> None:
    async def asked(remote: BackupRemote | None) -> Record:
        services = replace(root.services, backup_remote=remote)
        found = await get_backup_remote(Context(root.subject, services))
        assert PASSWORD not in str(found)
        return found

    async def state(*there: tuple[str, bytes]) -> RemoteState:
        server.commit(dict(there))
        found: RemoteState = (await asked(remote))["state"]
        return found

    # Without a repository nothing is asked
    assert (await asked(None))["configured"] is False

    with git_server(tmp_path / "repository") as server:
        server.credential = f"reader:{PASSWORD}"
        remote = parse_backup_remote(server.url.replace("://", f"://reader:{PASSWORD}@"))
        assert PASSWORD not in repr(remote)

        # With no backup, and then with two of which none was copied, to a repository that nothing was ever copied to
        assert (await asked(remote))["state"] == RemoteState.NO_BACKUP
        await keep(root, OLD, b"an old one", git_id=None)
        await keep(root, NEW, CONTENT, git_id=Blob.from_string(CONTENT).id.decode())
        empty = await asked(remote)
        assert (empty["state"], empty["newest_there"], empty["committed_at"]) == (RemoteState.BEHIND, None, None)

        # When the older one was copied, both names are told
        server.commit({OLD: b"an old one", "README.md": b"Backups"})
        behind = await asked(remote)
        assert (behind["state"], behind["newest"], behind["newest_there"]) == (RemoteState.BEHIND, NEW, OLD)
        assert behind["committed_at"] == datetime.fromtimestamp(COMMITTED_AT, UTC)
        assert (behind["configured"], behind["url"]) == (True, server.url)

        # What has the same bytes is the same, as itself or as LFS keeps it; anything else of its name is not
        assert await state((OLD, b"an old one"), (NEW, CONTENT)) == RemoteState.IN_SYNC
        pointer = f"oid sha256:{sha256(CONTENT).hexdigest()}\nsize {len(CONTENT)}\n"
        pointer = "version https://git-lfs.github.com/spec/v1\n" + pointer
        assert await state((NEW, pointer.encode())) == RemoteState.IN_SYNC
        assert await state((NEW, CONTENT[:-1])) == RemoteState.DIFFERENT
        assert await state((f"{NEW}.age", b"sealed")) == RemoteState.UNVERIFIED
        await collection(Backup).update_one({"filename": NEW}, {"$unset": {"git_id": ""}})  # one of before
        assert await state((NEW, CONTENT)) == RemoteState.UNVERIFIED

        # What sends files along is read up to a bound, and never whole
        assert await state((NEW, secrets.token_bytes(5 * 1024 * 1024))) == RemoteState.TOO_LARGE

        # Whoever has another credential, or asks for another repository, is told that and no more
        assert (await asked(replace(remote, password="other")))["state"] == RemoteState.REFUSED
        away = replace(remote, url=server.url.replace("db-backups", "none"))
        assert (await asked(away))["state"] == RemoteState.UNREACHABLE
    assert (await asked(remote))["state"] == RemoteState.UNREACHABLE


@pytest.mark.parametrize(
    "text",
    [
        "git@github.com:acme/db.git",
        "http://github.com/acme/db.git",
        "file:///srv/db.git",
        "https://github.com/",
        "https://github.com/acme/db.git?x=1",
        "https://github.com:port/acme/db.git",
    ],
)
def test_other_addresses_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be"):
        parse_backup_remote(text)
