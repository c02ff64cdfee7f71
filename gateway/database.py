"""The connection to MongoDB: opened, checked and given its indexes before anything is served."""

import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from beanie import init_beanie
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConfigurationError, InvalidURI

from gateway.database_check import check_server, with_patience
from gateway.database_error import DatabaseError
from gateway.database_options import options
from gateway.driver import repair
from gateway.embedded import EmbeddedDatabase, EmbeddedError
from gateway.settings import Settings


@dataclass(frozen=True, slots=True)
class Database:
    """An open client, and the database that holds every collection."""

    client: AsyncMongoClient[dict[str, Any]]
    db: AsyncDatabase[dict[str, Any]]

    async def close(self) -> None:
        await self.client.close()


@asynccontextmanager
async def open_url(settings: Settings) -> AsyncIterator[str | None]:
    """The URL of the database of `settings` for as long as the block runs, the embedded one started where none is set.

    Raises `DatabaseError`.
    """
    if settings.mongodb_url:
        yield settings.mongodb_url
        return
    embedded = EmbeddedDatabase(settings.data_dir)
    try:
        url = await embedded.start()
    except EmbeddedError as error:
        raise DatabaseError(str(error)) from error
    try:
        yield url
    finally:
        await embedded.stop()


@asynccontextmanager
async def open_database(settings: Settings, *, prepared: bool = False) -> AsyncIterator[Database]:
    """The database of `settings` for as long as the block runs, the embedded one started where no URL is set.

    `prepared` says that it has its indexes already. Raises `DatabaseError`.
    """
    async with open_url(settings) as url:
        database = await connect(settings, url=url, prepared=prepared)
        try:
            yield database
        finally:
            await database.close()


async def connect(settings: Settings, *, url: str | None = None, prepared: bool = False) -> Database:
    """Connect to `url` (by default the one of `settings`), check the server, and create the indexes.

    Where that was done before, as `prepared` says, it only learns the documents.

    Raises `DatabaseError` where the server cannot be reached within a minute or cannot hold this data.
    """
    address = url or settings.mongodb_url
    if address is None:
        raise DatabaseError("No database is named: set ORRERY_MONGODB_URL or start the embedded database.")
    repair()
    hosts = address.partition("://")[2].rpartition("@")[2].partition("/")[0].partition("?")[0]
    client = _client(address, settings)
    try:
        database = Database(client=client, db=client[settings.mongodb_database])
        if not prepared:
            await check_server(client, settings.mongodb_database, hosts)
        await with_patience(lambda: _create_indexes(database, skip=prepared), client, hosts)
    except BaseException:
        await client.close()
        raise
    return database


def _client(address: str, settings: Settings) -> AsyncMongoClient[dict[str, Any]]:
    try:
        with warnings.catch_warnings():
            # The driver only warns of an option that it does not understand, and goes on without it.
            warnings.simplefilter("error", UserWarning)
            return AsyncMongoClient(address, **options(settings))
    except (InvalidURI, ConfigurationError, UserWarning, ValueError) as error:
        raise DatabaseError("ORRERY_MONGODB_URL is not a valid MongoDB URL.") from error


async def _create_indexes(database: Database, *, skip: bool) -> None:
    # Not at the top: a wrong setting should be told at once, without loading every document first.
    from models import DOCUMENTS

    await init_beanie(database=database.db, document_models=list(DOCUMENTS), skip_indexes=skip)


__all__ = ["Database", "DatabaseError", "connect", "open_database", "open_url"]
