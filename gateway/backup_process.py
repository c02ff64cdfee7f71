"""One backup, in a process of its own, as packing would hold up the gateway. Started by `gateway/backups.py` alone.

Standard input brings the order, and is then held open: its end, however the gateway ended, ends this. Standard output
carries one line of JSON: what the file holds, or the sentence that says why there is none.
"""

import asyncio
import hashlib
import json
import os
import pickle
import sys
import threading
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from gateway.settings import Settings

NICENESS = 10
MARGIN = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made: a file of the database at `url`."""

    settings: Settings
    url: str
    path: Path


class _Nobody:
    """Who watches the progress."""

    def begin(self, what: str, total: int | None = None) -> None:
        pass

    def advance(self, units: int = 1) -> None:
        pass


def main() -> int:
    """Make it, and read it back."""
    os.nice(NICENESS)
    order: Order = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent, over a pipe
    threading.Thread(target=_watch_parent, daemon=True, name="parent").start()
    # Not at the top: the parent loads this module too.
    from gateway.cli.serve import log_to_standard_error
    from gateway.database import DatabaseError
    from gateway.dump.error import DumpError

    log_to_standard_error()
    try:
        told: dict[str, Any] = asyncio.run(make(order))
    except (DumpError, DatabaseError) as error:
        told = {"error": str(error).replace(str(order.path), order.path.name)}
    print(json.dumps(told), flush=True)
    return 1 if "error" in told else 0


async def make(order: Order) -> dict[str, Any]:
    """The size, the SHA-256 and the documents of the file that was made. Keys are not in it. Raises DumpError."""
    from gateway.database import open_unlimited
    from gateway.dump.archive import reading
    from gateway.dump.dump import LEASE, dump

    settings, key = order.settings, order.settings.secret_key
    async with open_unlimited(settings, order.url) as database:
        # A process that was killed at this has what it held for so long.
        made = await dump(
            database.db, order.path, secret_key=key, files={}, progress=_Nobody(), patience=LEASE + MARGIN
        )
    with reading(order.path) as archive:
        for part in archive.manifest.collections:
            archive.verify(part)
    size = order.path.stat().st_size
    blob = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)  # as git calls what a file holds
    with order.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        git_id = hashlib.file_digest(file, lambda: blob).hexdigest()
    return {"size": size, "sha256": digest, "documents": made.documents, "git_id": git_id}


def _watch_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(4)


if __name__ == "__main__":
    # Under the name that the orders are made of, which `__main__` is not.
    from gateway import backup_process

    sys.exit(backup_process.main())
