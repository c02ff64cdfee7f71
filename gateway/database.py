"""The connection to MongoDB: opened, checked and given its indexes before anything is served."""

import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from beanie import init_beanie
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    ConfigurationError,
    InvalidURI,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from gateway.driver import repair
from gateway.embedded import EmbeddedDatabase, EmbeddedError
from gateway.settings import Settings

# MongoDB 5.0, the first version whose transactions and change streams we rely on.
MIN_WIRE_VERSION = 13

OPTIONS: dict[str, Any] = {
    "appname": "orrery",
    "tz_aware": True,
    "w": "majority",
    "journal": True,
    "retryWrites": True,
    "retryReads": True,
    "timeoutMS": 20_000,
    "serverSelectionTimeoutMS": 5_000,
    "connectTimeoutMS": 5_000,
    "socketTimeoutMS": 20_000,
    "waitQueueTimeoutMS": 10_000,
    "maxPoolSize": 100,
    # Opened ahead: a first burst of requests then waits for no greeting and no authentication.
    "minPoolSize": 16,
    # Below the five minutes after which the embedded database closes an idle connection.
    "maxIdleTimeMS": 240_000,
}


class DatabaseError(Exception):
    """The database cannot be used; the message is one sentence without any credential."""


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

    Where they were created before, as `prepared` says, it only learns the documents.

    Raises `DatabaseError` where the server is unreachable, too old, standalone, or refuses the credentials.
    """
    address = url or settings.mongodb_url
    if address is None:
        raise DatabaseError("No database is named: set ORRERY_MONGODB_URL or start the embedded database.")
    repair()
    hosts = address.partition("://")[2].rpartition("@")[2].partition("/")[0].partition("?")[0]
    try:
        with warnings.catch_warnings():
            # The driver only warns of an option that it does not understand, and goes on without it.
            warnings.simplefilter("error", UserWarning)
            client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(address, **OPTIONS)
    except (InvalidURI, ConfigurationError, UserWarning, ValueError) as error:
        raise DatabaseError("ORRERY_MONGODB_URL is not a valid MongoDB URL.") from error
    try:
        await _check_server(client, settings.mongodb_database, hosts)
        database = Database(client=client, db=client[settings.mongodb_database])
        await _create_indexes(database, skip=prepared)
    except BaseException:
        await client.close()
        raise
    return database


async def _check_server(client: AsyncMongoClient[dict[str, Any]], name: str, hosts: str) -> None:
    too_old = f"The MongoDB server at {hosts} is too old: 5.0 or later is needed."
    try:
        hello = await client.admin.command("hello")
        if hello.get("maxWireVersion", 0) < MIN_WIRE_VERSION:
            raise DatabaseError(too_old)
        if "setName" not in hello and hello.get("msg") != "isdbgrid":
            raise DatabaseError(
                f"The MongoDB server at {hosts} stands alone: transactions need a replica set or a sharded cluster."
            )
        # Unlike a greeting, this needs the right to read.
        await client[name].list_collection_names()
    except ServerSelectionTimeoutError as error:
        raise DatabaseError(f"No MongoDB server answers at {hosts}: is it running, and a replica set?") from error
    except OperationFailure as error:
        raise DatabaseError(f"The MongoDB server at {hosts} refuses the credentials of ORRERY_MONGODB_URL.") from error
    except ConfigurationError as error:
        raise DatabaseError(too_old) from error
    except PyMongoError as error:
        raise DatabaseError(f"The connection to the MongoDB server at {hosts} failed.") from error


async def _create_indexes(database: Database, *, skip: bool) -> None:
    # Not at the top: a wrong setting should be told at once, without loading every document first.
    from models import DOCUMENTS

    try:
        await init_beanie(database=database.db, document_models=list(DOCUMENTS), skip_indexes=skip)
    except OperationFailure as error:
        reason = (error.details or {}).get("errmsg", "the server gave no reason")
        raise DatabaseError(f"An index could not be created: {reason}.") from error
    except PyMongoError as error:
        raise DatabaseError("The connection to the database failed while its indexes were created.") from error
