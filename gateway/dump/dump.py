"""`orrery dump`: the whole installation into one file."""

from collections.abc import Mapping
from pathlib import Path

from beanie import Document as AnyDocument
from pymongo.asynchronous.database import AsyncDatabase

from auth.keys import derive_key
from gateway.dump.archive import ArchiveWriter, Manifest, writing
from gateway.dump.collections import DUMPED, read_all
from gateway.dump.error import DumpError
from gateway.dump.snapshot import Snapshot, snapshot
from gateway.migrations import STEPS, Progress, is_half_restored
from gateway.operations import product_version
from models.base import Record, collection, timestamp, utc_now


async def dump(
    db: AsyncDatabase[Record], path: Path, *, secret_key: str, files: Mapping[str, bytes], progress: Progress
) -> Manifest:
    """Write every document of the database, as all were at one moment, and some files into a new archive.

    Others may write meanwhile. Raises `DumpError`.
    """
    if await is_half_restored():
        raise DumpError("A restore into this database has not ended: there is nothing whole to dump.")
    manifest = Manifest(
        product=product_version(),
        made_at=timestamp(utc_now()),
        steps=[step.name for step in STEPS],
        key=fingerprint(secret_key),
    )
    with writing(path, manifest) as archive:
        async with snapshot(db) as moment:
            for model in DUMPED:
                await _dump(archive, collection(model).name, model, moment, progress)
        for name, content in files.items():
            archive.file(name, content)
    return manifest


async def _dump(
    archive: ArchiveWriter, name: str, model: type[AnyDocument], moment: Snapshot, progress: Progress
) -> None:
    progress.begin(f"Dumping {name}", await collection(model).estimated_document_count())
    with archive.collection(name) as part:
        async for batch in read_all(model, moment):
            progress.advance(part.write_documents(batch))


def fingerprint(secret_key: str) -> str:
    """What tells two keys apart and nothing else of them."""
    return derive_key(secret_key, "fingerprint").hex()[:16]
