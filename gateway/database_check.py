"""Whether a server can hold this data, asked before anything is served, with patience for one that is slow."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.errors import (
    AutoReconnect,
    ConfigurationError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from gateway.database_error import DatabaseError

Client = AsyncMongoClient[dict[str, Any]]

# MongoDB 5.0, the first version whose transactions and change streams we rely on.
MIN_WIRE_VERSION = 13
PATIENCE = 60.0
"""Seconds that a start waits for a server that is starting, electing or busy."""
PAUSE = 1.0
CREDENTIALS = (13, 18, 8000)
"""Unauthorized, AuthenticationFailed, and what Atlas says for both."""
MAY_PASS = (50, 91, 189, 262, 11600, 11602, 10107, 13435, 13436)
"""Out of time, shutting down, or no primary (any more): errors that a server recovers from."""

log = logging.getLogger("orrery.database")


async def check_server(client: Client, name: str, hosts: str) -> None:
    """Look at the server and try out its transactions.

    Raises `DatabaseError` where it does not answer in time, is too old, stands alone, refuses the credentials, or does
    not isolate transactions.
    """

    async def check() -> None:
        await _look(client, name, hosts)
        # Not at the top: a wrong setting should be told at once, without loading every document first.
        from gateway.isolation import find_fault

        if fault := await find_fault(client[name]):
            raise DatabaseError(f"The database at {hosts} cannot be trusted with this data: it {fault}.")

    await with_patience(check, client, hosts)


async def with_patience(work: Callable[[], Awaitable[None]], client: Client, hosts: str) -> None:
    """Do `work`, again for up to a minute while the server is away or busy, and say so. Raises `DatabaseError`."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + PATIENCE
    while True:
        try:
            return await work()
        except PyMongoError as error:
            sentence = _sentence(error, client, hosts)
            left = deadline - clock()
            if left <= 0 or not _may_pass(error):
                raise DatabaseError(sentence) from error
            log.warning("%s Trying again for up to %d seconds.", sentence, left + 1)
            await asyncio.sleep(PAUSE)


async def _look(client: Client, name: str, hosts: str) -> None:
    hello = await client.admin.command("hello")
    if hello.get("maxWireVersion", 0) < MIN_WIRE_VERSION:
        raise DatabaseError(_too_old(hosts))
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise DatabaseError(f"The MongoDB server at {hosts} stands alone: transactions need a replica set.")
    # Unlike a greeting, this needs the right to read.
    await client[name].list_collection_names()


def _may_pass(error: PyMongoError) -> bool:
    if isinstance(error, AutoReconnect) or error.timeout or error.has_error_label("TransientTransactionError"):
        return True
    return isinstance(error, OperationFailure) and error.code in MAY_PASS


def _sentence(error: PyMongoError, client: Client, hosts: str) -> str:
    """What is wrong and where, for the person who starts the gateway; the driver's own texts are long and tell all."""
    if isinstance(error, ConfigurationError):
        return _too_old(hosts)
    if isinstance(error, ServerSelectionTimeoutError):
        known = [one for one in client.topology_description.server_descriptions().values() if one.is_server_type_known]
        if known:
            return f"The MongoDB servers at {hosts} answer, and none of them is the primary of a replica set."
        return f"No MongoDB server answers at {hosts}: is it running, and a replica set?"
    if isinstance(error, OperationFailure) and error.code in CREDENTIALS:
        return f"The MongoDB server at {hosts} refuses the credentials of ORRERY_MONGODB_URL."
    if error.timeout:
        return f"The MongoDB server at {hosts} is too busy to answer in time."
    if isinstance(error, AutoReconnect):
        return f"The MongoDB server at {hosts} closes the connection: is it going down, or is TLS needed?"
    if isinstance(error, OperationFailure):
        reason = str((error.details or {}).get("errmsg", "it gives no reason")).partition("\n")[0].rstrip(".")
        return f"The MongoDB server at {hosts} fails: {reason}."
    return f"The connection to the MongoDB server at {hosts} failed ({type(error).__name__})."


def _too_old(hosts: str) -> str:
    return f"The MongoDB server at {hosts} is too old: 5.0 or later is needed."
