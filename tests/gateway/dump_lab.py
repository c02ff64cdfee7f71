"""Dumps of the session's database, and a second database to restore them into."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

import bson

from gateway.database import Database, learn, open_unlimited, open_url
from gateway.dump.archive import Manifest, reading, split
from gateway.dump.dump import dump
from gateway.dump.restore import restore
from gateway.settings import Settings
from models.base import Record

KEY = "test-" * 10


class Bar:
    """Nobody who watches."""

    def begin(self, what: str, total: int | None = None) -> None:
        pass

    def advance(self, units: int = 1) -> None:
        pass


async def dumped(database: Database, path: Path, **files: bytes) -> Manifest:
    return await dump(database.db, path, secret_key=KEY, files=files, progress=Bar())


async def restored(database: Database, path: Path) -> dict[str, bytes]:
    """Restore a dump; the files that it brought."""
    files: dict[str, bytes] = {}
    await restore(database.db, path, files.__setitem__, Bar())
    return files


@asynccontextmanager
async def another(database: Database, settings: Settings, folder: Path) -> AsyncIterator[Database]:
    """A database of its own, whose documents are the models' while the block runs."""
    theirs = replace(settings, data_dir=folder)
    try:
        async with open_url(theirs) as url, open_unlimited(theirs, url) as opened:
            yield opened
    finally:
        await learn(database)


async def everything(database: Database) -> dict[str, list[Record]]:
    """The documents of every collection that has some, in the order of ids."""
    found: dict[str, list[Record]] = {}
    for name in await database.db.list_collection_names():
        if documents := await database.db[name].find({}).to_list():
            found[name] = sorted(documents, key=lambda one: str(one["_id"]))
    return found


async def as_stored(database: Database, *left_out: str) -> dict[str, list[bytes]]:
    """The bytes of every document, in the order of ids, by the collections that have some."""
    found: dict[str, list[bytes]] = {}
    for name in await database.db.list_collection_names():
        if name not in left_out:
            batches = cast(AsyncIterator[bytes], database.db[name].find_raw_batches({}, sort=[("_id", 1)]))
            if documents := [document async for batch in batches for document in split(batch)]:
                found[name] = documents
    return found


def documents_of(path: Path, name: str) -> list[Record]:
    """The documents of a collection in an archive."""
    with reading(path) as archive:
        [part] = [part for part in archive.manifest.collections if part.name == name]
        return [bson.decode(one) for one in archive.documents(part)]
