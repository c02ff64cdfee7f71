"""Whether a server can hold this data, asked before anything is served, with patience for one that is slow."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from pymongo import AsyncMongoClient, timeout
from pymongo.errors import (
    AutoReconnect,
    ConfigurationError,
    NotPrimaryError,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from gateway.database_error import DatabaseError

T = TypeVar("T")
Client = AsyncMongoClient[dict[str, Any]]

# MongoDB 5.0, the first version whose transactions and change streams we rely on.
MIN_WIRE_VERSION = 13
LOOK_SECONDS = 5.0
"""Until somebody who waits is told why."""
PAUSE = 1.0
CREDENTIALS = (13, 18, 8000)
"""Unauthorized, AuthenticationFailed, and what Atlas says for both."""
MAY_PASS = (50, 91, 189, 262, 11600, 11602, 10107, 13435, 13436)
"""Out of time, shutting down, or no primary (any more): errors that a server recovers from."""

AT_WORK_IN_EMBEDDED = 2
"""Transactions that a process works at at a time in the embedded database, which works at one command after the other:
of more, each only takes longer, and meets more of the others' (decision 119)."""

log = logging.getLogger("orrery.database")


@dataclass(frozen=True, slots=True)
class Server:
    """A client and what to call its server: hosts without a credential. `patience` is for one that is away or busy."""

    client: Client
    hosts: str
    patience: timedelta


async def check_server(server: Server, name: str) -> None:
    """Look at the server and try out its transactions.

    Raises `DatabaseError` where it does not answer in time, is too old, stands alone, shards a collection, refuses the
    credentials, or does not isolate transactions.
    """

    async def check() -> None:
        await _look(server, name)
        # Not at the top: a wrong setting should be told at once, without loading every document first.
        from gateway.isolation import find_fault

        if fault := await find_fault(server.client[name]):
            raise DatabaseError(f"The database at {server.hosts} cannot be trusted with this data: it {fault}.")

    await with_patience(check, server)


async def transactions_at_a_time(server: Server, most: int) -> int:
    """How many transactions a process works at at a time in what the server is, which are `most` in MongoDB itself."""
    told = await server.client.admin.command("buildInfo")
    return min(most, AT_WORK_IN_EMBEDDED) if "secantusVersion" in told else most


async def with_patience(work: Callable[[], Awaitable[T]], server: Server) -> T:
    """What `work` returns, done again for a while where the server is away or busy. Raises `DatabaseError`."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + server.patience.total_seconds()
    while True:
        try:
            return await work()
        except PyMongoError as error:
            sentence = _sentence(error, server)
            left = deadline - clock()
            if left <= 0 or not _may_pass(error):
                raise DatabaseError(sentence) from error
            log.warning("%s Trying again for up to %d seconds.", sentence, left + 1)
            await asyncio.sleep(PAUSE)


async def _look(server: Server, name: str) -> None:
    client, hosts = server.client, server.hosts
    with timeout(LOOK_SECONDS):
        hello = await client.admin.command("hello")
    if hello.get("maxWireVersion", 0) < MIN_WIRE_VERSION:
        raise DatabaseError(_too_old(hosts))
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise DatabaseError(f"The MongoDB server at {hosts} stands alone: transactions need a replica set.")
    with timeout(LOOK_SECONDS):
        # Unlike a greeting, this needs the right to read. A plain command is sent once: what the driver sends again and
        # again ends because its time is up, and not with the reason.
        await client[name].command("listCollections", nameOnly=True)
    if "setName" not in hello:
        await _require_unsharded(server, name)


async def _require_unsharded(server: Server, name: str) -> None:
    """A router of a cluster serves us as a replica set does, as long as all is on one shard.

    Over several, a read may see a change on one of them and not yet on another, so that cursors lose events; and most
    unique indexes could not be.
    """
    with timeout(LOOK_SECONDS):
        names = await server.client[name].list_collection_names()
    for name in sorted(names):
        with timeout(LOOK_SECONDS):
            told = await server.client[name].command("collStats", name)
        if told.get("sharded"):
            raise DatabaseError(
                f"The collection {name} of the cluster at {server.hosts} is sharded: this data has to be on one shard, "
                "unsharded."
            )


def _may_pass(error: PyMongoError) -> bool:
    if isinstance(error, AutoReconnect) or error.timeout or error.has_error_label("TransientTransactionError"):
        return True
    return isinstance(error, OperationFailure) and error.code in MAY_PASS


def _sentence(error: PyMongoError, server: Server) -> str:
    """What is wrong and where, for the person who starts the gateway; the driver's own texts are long and tell all."""
    client, hosts = server.client, server.hosts
    if isinstance(error, ConfigurationError):
        return _too_old(hosts)
    if isinstance(error, ServerSelectionTimeoutError | NotPrimaryError):
        servers = client.topology_description.server_descriptions().values()
        if isinstance(error, NotPrimaryError) or any(member.is_server_type_known for member in servers):
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
