"""Fixtures of every test: one embedded database for the session, emptied before each test that asks, loopback only."""

import asyncio
import gc
import ipaddress
import socket
from asyncio.selector_events import BaseSelectorEventLoop
from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from argon2 import PasswordHasher
from pymongo import monitoring
from pymongo.errors import AutoReconnect, ClientBulkWriteException
from pymongo.operations import DeleteMany

from auth import passwords
from gateway import embedded
from gateway.database import Database, open_database
from gateway.garbage import keep_what_is_loaded
from gateway.settings import Settings
from models import Migration
from models.base import Recorded
from tests.hashing import CHEAP
from tests.machine import automations_root, project_roots
from tests.patience import PATIENCE
from tests.written import Written

pytest_plugins = ["tests.order", "tests.workers"]

MANY = {"ORRERY_REGISTRATIONS_PER_HOUR": "1000000"}
"""Settings of a gateway that all its clients reach from one address."""

# Only clients that are made later have it.
FULL = Written()
"""The collections that may hold something: those that were written to since they were emptied."""
monitoring.register(FULL)


def pytest_collection() -> None:
    """What is loaded from here on stays: looking through it for garbage again and again is in vain."""
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """A test's garbage is looked for among what tests make, not among the tests, and as rarely as in a gateway."""
    keep_what_is_loaded()
    gc.enable()


_connect = socket.socket.connect
_connect_ex = socket.socket.connect_ex


def _refuse_other_hosts(sock: socket.socket, address: Any) -> None:
    if sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = str(address[0])
    if host != "localhost" and not ipaddress.ip_address(host.partition("%")[0]).is_loopback:
        raise AssertionError(f"a test reached out to {host}: only loopback is allowed")


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Fails a test that opens a connection to another machine."""

    def connect(sock: socket.socket, address: Any) -> None:
        _refuse_other_hosts(sock, address)
        _connect(sock, address)

    def connect_ex(sock: socket.socket, address: Any) -> int:
        _refuse_other_hosts(sock, address)
        return _connect_ex(sock, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket.socket, "connect_ex", connect_ex)
        yield


@pytest.fixture(scope="session", autouse=True)
def no_socket_left() -> Iterator[None]:
    """Close the socket of a connection that is cancelled while it is made: the driver leaves it to a later test."""
    made = BaseSelectorEventLoop.sock_connect

    async def sock_connect(loop: BaseSelectorEventLoop, sock: socket.socket, address: Any) -> None:
        try:
            await made(loop, sock, address)
        except asyncio.CancelledError:
            sock.close()
            raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseSelectorEventLoop, "sock_connect", sock_connect)
        yield


@pytest.fixture(scope="session", autouse=True)
def production_hasher() -> Iterator[PasswordHasher]:
    """The hasher that a gateway uses: until the session ends, passwords are hashed at the lowest cost there is."""
    with pytest.MonkeyPatch.context() as patch:
        production = passwords.hasher
        patch.setattr(passwords, "hasher", CHEAP)
        yield production


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """Settings of a gateway of its own, with its data in a temporary folder."""
    with TemporaryDirectory(prefix="orrery-tests-", dir=_without_a_disk()) as data:
        values = {"ORRERY_DATA_DIR": data, "ORRERY_SECRET_KEY": "test-" * 10, **MANY}
        yield replace(Settings.from_env(values), project_roots=project_roots(), automations_root=automations_root())


def _without_a_disk() -> Path | None:
    """Where a folder is in memory and has room: the database waits for the disk at the end of each change."""
    memory = Path("/dev/shm")  # noqa: S108
    return memory if memory.is_dir() and disk_usage(memory).free > 2 * 1024**3 else None


@pytest.fixture(scope="session")
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The embedded database of the whole session, connected and with every index, and quickly emptied."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(embedded, "CHILD", Path(__file__).with_name("embedded_child.py"))
        async with open_database(settings) as opened:
            patch.undo()
            yield opened


async def empty(database: Database, *only: type[Recorded[Any]]) -> None:
    """Empty every collection, or some; the indexes stay, and what says that the database is migrated."""
    names = {model.Settings.name for model in only} if only else FULL.collections - {Migration.Settings.name}
    if full := names & FULL.collections:
        await _delete_all(database, full)
        FULL.collections.difference_update(full)


async def _delete_all(database: Database, names: Collection[str]) -> None:
    """Again and again where connections are still being cut: a test before had the database out of reach."""
    deletions = [DeleteMany({}, namespace=f"{database.db.name}.{name}") for name in names]
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await database.client.bulk_write(deletions)
            except (AutoReconnect, ClientBulkWriteException) as error:
                if not isinstance(getattr(error, "error", error), AutoReconnect):
                    raise
                await asyncio.sleep(0.1)
            else:
                return


@pytest.fixture
async def clean(database: Database) -> Database:
    """The database with every collection empty."""
    await empty(database)
    return database
