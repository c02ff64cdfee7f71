"""A start tries the database's transactions out, and names what is wrong with them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection

from gateway.database import Database, DatabaseError
from gateway.database_check import Server, check_server
from gateway.isolation import find_fault
from models import Probe
from models.base import Record, collection

start, abort, commit = (
    AsyncClientSession.start_transaction,
    AsyncClientSession.abort_transaction,
    AsyncClientSession.commit_transaction,
)
update = AsyncCollection.update_one
Patched = Callable[..., Awaitable[Any]]


async def test_the_embedded_database_isolates_and_nothing_stays_of_the_trial(clean: Database) -> None:
    assert await find_fault(clean.db) is None
    assert await collection(Probe).find_one({}) is None


def without_transactions() -> dict[str, Patched]:
    async def begin(session: AsyncClientSession, **options: Any) -> None:
        pass

    return {"start_transaction": begin}


def committing_what_is_aborted() -> dict[str, Patched]:
    return {"abort_transaction": commit}


def committing_nothing() -> dict[str, Patched]:
    return {"commit_transaction": abort}


def with_one_transaction_in_three() -> dict[str, Patched]:
    """The one that is aborted and the one that is committed are some, the one that reads beside it is none."""
    begun: list[AsyncClientSession] = []

    async def begin(session: AsyncClientSession, **options: Any) -> None:
        begun.append(session)
        if len(begun) < 3:
            await start(session, **options)

    return {"start_transaction": begin}


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (without_transactions, "shows others what a transaction has not committed"),
        (committing_what_is_aborted, "keeps what a transaction wrote that was aborted"),
        (committing_nothing, "does not show what a transaction has committed"),
        (with_one_transaction_in_three, "shows a transaction what was committed after it began"),
    ],
)
async def test_what_is_wrong_with_transactions_is_named(
    broken: Callable[[], dict[str, Patched]], told: str, clean: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, patched in broken().items():
        monkeypatch.setattr(AsyncClientSession, name, patched)

    with pytest.raises(DatabaseError, match=f"^The database at here cannot be trusted with this data: it {told}.$"):
        await check_server(Server(clean.client, "here", timedelta(0)), clean.db.name)


async def test_a_database_that_loses_a_conflict_is_named(clean: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lost(probes: AsyncCollection[Record], asked: Any, values: Any, **options: Any) -> Any:
        # The second change of the same document is taken, and never written.
        if values != {"$set": {"value": 3}}:
            return await update(probes, asked, values, **options)
        return None

    monkeypatch.setattr(AsyncCollection, "update_one", lost)

    assert await find_fault(clean.db) == "lets two transactions change the same document without a conflict"
