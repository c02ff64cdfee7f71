"""What is in a repository elsewhere, without the files themselves. For processes of their own
(`resolvers.machine.work`): what answers there may be anything."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from models.backup_remote import BackupRemote
from resolvers.machine.beneath import TooLargeError
from resolvers.machine.git import MissingLibraryError, UnreadableError

SECONDS = 10.0
"""That each answer is waited for."""
MAX_BYTES = 4 * 1024 * 1024
"""Of what is sent: the last commit and its folders, and the files too where a server cannot leave them out."""
MAX_FILES = 50_000


class RefusedError(Exception):
    """It takes a credential, or another one."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last commit: when it was made, and the names of files in it with the ids of what they hold."""

    committed_at: datetime
    files: list[tuple[str, str]]


def head_of(remote: BackupRemote, prefix: str) -> Head | None:
    """The last commit of the branch that HEAD is on, with its files that are called so; None where there is none.

    Raises RefusedError, TooLargeError for more than is read, UnreadableError for what does not answer or is no
    repository, MissingLibraryError.
    """
    try:
        from dulwich.client import HTTPUnauthorized
    except ImportError as error:
        raise MissingLibraryError from error
    try:
        return _read(remote, prefix)
    except HTTPUnauthorized as error:
        raise RefusedError from error
    except TooLargeError:
        raise
    except Exception as error:  # the library's errors have no class in common
        raise UnreadableError from error


def _read(remote: BackupRemote, prefix: str) -> Head | None:
    from dulwich.client import HttpGitClient
    from dulwich.object_store import MemoryObjectStore

    base, _, name = remote.url.rstrip("/").rpartition("/")
    # Without settings of the machine or of the account that this runs as.
    client = HttpGitClient(
        f"{base}/", config=None, username=remote.username, password=remote.password, timeout=SECONDS, quiet=True
    )
    store = MemoryObjectStore()
    pack, complete, _ = store.add_pack()

    def wanted(refs: Any, depth: int | None = None) -> list[Any]:
        if client.dumb:  # whole packs would be read
            raise UnreadableError
        return [refs[b"HEAD"]] if b"HEAD" in refs else []

    def keep(content: bytes) -> int:
        if pack.tell() + len(content) > MAX_BYTES:
            raise TooLargeError
        return pack.write(content)

    found: Any = client.fetch_pack(
        name, wanted, _NothingYet(), keep, depth=1, ref_prefix=[b"HEAD"], filter_spec=b"blob:none"
    )
    if b"HEAD" not in found.refs:
        return None
    complete()
    commit: Any = store[found.refs[b"HEAD"]]
    files = [(file, id) for file, id in _files(store, commit.tree) if file.startswith(prefix)]
    return Head(datetime.fromtimestamp(commit.commit_time, UTC), files)


def _files(store: Any, tree: Any) -> Iterator[tuple[str, str]]:
    waiting, count = [tree], 0
    while waiting:
        for entry in store[waiting.pop()].items():
            if (count := count + 1) > MAX_FILES:
                raise TooLargeError
            if entry.mode == _FOLDER:
                waiting.append(entry.sha)
            else:
                yield entry.path.decode(errors="replace"), entry.sha.decode()


_FOLDER = 0o040000


class _NothingYet:
    """What we have of it, as the library asks for that."""

    def __iter__(self) -> "_NothingYet":
        return self

    def __next__(self) -> Any:
        return None

    def ack(self, sha: Any) -> None:
        pass

    def nak(self) -> None:
        pass
