"""The connection to MongoDB: opened, checked and given its indexes before anything is served."""

import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

from beanie import init_beanie
from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConfigurationError, InvalidURI

from gateway.database_check import AT_WORK_IN_EMBEDDED, Server, check_server, transactions_at_a_time, with_patience
from gateway.database_error import DatabaseError
from gateway.database_options import UNLIMITED, options
from gateway.driver import repair
from gateway.embedded import EmbeddedDatabase, EmbeddedError
from gateway.settings import Settings


@dataclass(frozen=True, slots=True)
class Database:
    """An open client, the database that holds every collection, and the address that both are reached by.

    `transactions` is how many transactions one process works at at a time, large ones aside.
    """

    client: AsyncMongoClient[dict[str, Any]]
    db: AsyncDatabase[dict[str, Any]]
    url: str = field(repr=False)
    transactions: int = AT_WORK_IN_EMBEDDED

    async def close(self) -> None:
        await self.client.close()


UrlOf = Callable[[], Awaitable[str]]
"""Waits for a database to accept connections, and returns its URL. Raises `DatabaseError`."""


@asynccontextmanager
async def begin(settings: Settings) -> AsyncIterator[UrlOf]:
    """The database of `settings` for as long as the block runs, the embedded one where no URL is set.

    That is a process of its own, which has been started when the block begins and goes on while that does something
    else. Raises `DatabaseError`.
    """
    if settings.mongodb_url:
        address = settings.mongodb_url

        async def known() -> str:
            return address

        yield known
        return
    embedded = EmbeddedDatabase(settings.data_dir)

    async def started() -> str:
        with _as_database_error():
            return await embedded.start()

    with _as_database_error():
        await embedded.begin()
    try:
        yield started
    finally:
        await embedded.stop()


@contextmanager
def _as_database_error() -> Iterator[None]:
    try:
        yield
    except EmbeddedError as error:
        raise DatabaseError(str(error)) from error


@asynccontextmanager
async def open_url(settings: Settings) -> AsyncIterator[str]:
    """The URL of the database of `settings` for as long as the block runs, the embedded one started where none is set.

    Raises `DatabaseError`.
    """
    async with begin(settings) as url:
        yield await url()


@asynccontextmanager
async def open_database(
    settings: Settings, *, prepared: bool = False, begun: UrlOf | None = None
) -> AsyncIterator[Database]:
    """The database of `settings` for as long as the block runs, the embedded one started where no URL is set.

    `prepared` says that it was looked at and migrated already, `begun` is what `begin` made of it before. Raises
    `DatabaseError`.
    """
    async with nullcontext(begun) if begun is not None else begin(settings) as url:
        database = await connect(settings, url=await url(), prepared=prepared)
        try:
            yield database
        finally:
            await database.close()


async def connect(settings: Settings, *, url: str | None = None, prepared: bool = False) -> Database:
    """Connect to `url` (by default the one of `settings`), check the server, and see that the database is migrated.

    The embedded database, and one that nobody has used yet, are migrated here; for another one that is for
    `orrery migrate`. Where all that was done before, as `prepared` says, it only learns the documents.

    Raises `DatabaseError` where the server cannot be reached in time or cannot hold this data, and where it has to be
    migrated.
    """
    address = _address(settings, url)
    database, server = _open(settings, address, options(settings))
    try:
        if not prepared:
            await check_server(server, settings.mongodb_database)
        await with_patience(lambda: learn(database), server)
        if not prepared and await with_patience(lambda: _is_left_to_us(database, settings), server):
            await _migrate(settings, address)
            await learn(database)
        transactions = await with_patience(lambda: _transactions(server), server)
    except BaseException:
        await database.close()
        raise
    return replace(database, transactions=transactions)


@asynccontextmanager
async def open_unlimited(settings: Settings, url: str) -> AsyncIterator[Database]:
    """The database at `url` for work that takes as long as it takes, checked and as it is. Raises `DatabaseError`."""
    hasty, server = _open(settings, url, options(settings))
    try:
        await check_server(server, settings.mongodb_database)
    finally:
        await hasty.close()
    database, _ = _open(settings, url, options(settings) | UNLIMITED)
    try:
        await learn(database)
        yield database
    finally:
        await database.close()


def _open(settings: Settings, address: str, chosen: dict[str, Any]) -> tuple[Database, Server]:
    client = _client(address, chosen)
    hosts = address.partition("://")[2].rpartition("@")[2].partition("/")[0].partition("?")[0]
    return Database(client, client[settings.mongodb_database], address), Server(
        client, hosts, settings.mongodb_patience
    )


def _address(settings: Settings, url: str | None) -> str:
    address = url or settings.mongodb_url
    if address is None:
        raise DatabaseError("No database is named: set ORRERY_MONGODB_URL or start the embedded database.")
    return address


def _client(address: str, chosen: dict[str, Any]) -> AsyncMongoClient[dict[str, Any]]:
    repair()
    try:
        with warnings.catch_warnings():
            # The driver only warns of an option that it does not understand, and goes on without it.
            warnings.simplefilter("error", UserWarning)
            return AsyncMongoClient(address, **chosen)
    except (InvalidURI, ConfigurationError, UserWarning, ValueError) as error:
        raise DatabaseError("ORRERY_MONGODB_URL is not a valid MongoDB URL.") from error


async def learn(database: Database) -> None:
    """Let the documents be those of `database`."""
    # Not at the top: a wrong setting should be told at once, without loading every document first.
    from models import DOCUMENTS

    await init_beanie(database=database.db, document_models=list(DOCUMENTS), skip_indexes=True)


async def _transactions(server: Server) -> int:
    from realtime.writer import MAX_TRANSACTIONS

    return await transactions_at_a_time(server, MAX_TRANSACTIONS)


async def _is_left_to_us(database: Database, settings: Settings) -> bool:
    """Whether there is something to migrate that this start does by itself. Raises `DatabaseError` where it is not."""
    from gateway.migrations import find_pending, is_half_restored, is_new

    if await is_half_restored():
        raise DatabaseError("A restore into this database has not ended: run orrery restore once more.")
    pending = await find_pending(database.db)
    if pending and settings.mongodb_url is not None and not await is_new():
        raise DatabaseError(
            f"The database is not ready for this version, which needs {pending.told}: run orrery migrate first, with "
            "no gateway of another version serving."
        )
    return bool(pending)


async def _migrate(settings: Settings, address: str) -> None:
    from gateway.migrations import Logged, is_new, migrate

    async with open_unlimited(settings, address) as database:
        await migrate(database.db, Logged(new=await is_new()))


__all__ = [
    "Database",
    "DatabaseError",
    "UrlOf",
    "begin",
    "connect",
    "learn",
    "open_database",
    "open_unlimited",
    "open_url",
]
