"""`orrery dump`: the whole installation into one file."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from pymongo.asynchronous.database import AsyncDatabase

from auth.keys import derive_key
from gateway.dump.archive import ArchiveWriter, Manifest, writing
from gateway.dump.collections import DUMPED, File, read_all, read_chunks, read_files
from gateway.dump.error import DumpError
from gateway.dump.snapshot import Snapshot, snapshot
from gateway.migrations import STEPS, Progress, is_half_restored
from gateway.probes import product_version
from models import FileChunk
from models.base import Record, Recorded, collection, timestamp, utc_now
from realtime.lease import hold, holding
from resolvers.files.store import FILES_STAY

LEASE = timedelta(seconds=30)
PAUSE = 0.2


async def dump(
    db: AsyncDatabase[Record],
    path: Path,
    *,
    secret_key: str,
    files: Mapping[str, bytes],
    progress: Progress,
    patience: timedelta = timedelta(0),
) -> Manifest:
    """Write every document of the database, as all were at one moment, and some files into a new archive.

    Others may write meanwhile; another dump is waited for with `patience`. Raises `DumpError`.
    """
    if await is_half_restored():
        raise DumpError("A restore into this database has not ended: there is nothing whole to dump.")
    manifest = Manifest(
        product=product_version(),
        made_at=timestamp(utc_now()),
        steps=[step.name for step in STEPS],
        key=fingerprint(secret_key),
    )
    holder = secrets.token_hex(8)
    with writing(path, manifest) as archive:
        await _hold(holder, patience)
        async with holding(FILES_STAY, holder, LEASE):
            # Bytes of files are much, and the moment of the rest does not last for ever.
            async with snapshot(db) as moment:
                for model in DUMPED:
                    if model is not FileChunk:
                        await _dump(archive, model, moment, progress)
                stored = await read_files(moment)
            await _dump_chunks(archive, stored, progress)
        for name, content in files.items():
            archive.file(name, content)
    return manifest


async def _hold(holder: str, patience: timedelta) -> None:
    clock = asyncio.get_running_loop().time
    end = clock() + patience.total_seconds()
    while not await hold(FILES_STAY, holder, LEASE):
        if clock() >= end:
            raise DumpError("Another dump of this database goes on: try again when it has ended.")
        await asyncio.sleep(PAUSE)


async def _dump(archive: ArchiveWriter, model: type[Recorded[Any]], moment: Snapshot, progress: Progress) -> None:
    documents = collection(model)
    progress.begin(f"Dumping {documents.name}", await documents.estimated_document_count())
    with archive.collection(documents.name) as part:
        async for batch in read_all(model, moment):
            progress.advance(part.write_documents(batch))


async def _dump_chunks(archive: ArchiveWriter, files: Sequence[File], progress: Progress) -> None:
    name = collection(FileChunk).name
    progress.begin(f"Dumping {name}", sum(file.chunks for file in files))
    with archive.collection(name) as part:
        for file in files:
            count = 0
            async for batch in read_chunks(file):
                count += part.write_documents(batch)
            progress.advance(count)
            if count != file.chunks and not file.is_left:
                raise DumpError("Files were removed while they were read: run it again.")


def fingerprint(secret_key: str) -> str:
    """What tells two keys apart and nothing else of them."""
    return derive_key(secret_key, "fingerprint").hex()[:16]
