"""Reads and writes are of a majority, and the fate of a commit is asked of the one primary."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from pymongo import monitoring
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import PyMongoError

from gateway.database import Database
from models import BusMessage, LoggedEvent
from models.ids import Kind, new_id
from realtime.log import EventLog
from tests.gateway.lab import Board, Lab
from tests.realtime.log_lab import appends

READS = ("find", "aggregate", "count", "distinct")
WRITES = ("insert", "update", "delete", "findAndModify", "commitTransaction")


class Recorder(monitoring.CommandListener):
    """The commands that are sent while `commands` is a list."""

    commands: list[Mapping[str, Any]] | None = None

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        # Of a new connection's signing in, the driver tells nothing.
        if self.commands is not None and event.command:
            self.commands.append(dict(event.command))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


# Only clients that are made later have it, so it stands here.
RECORDER = Recorder()
monitoring.register(RECORDER)


@contextmanager
def recorded() -> Iterator[list[Mapping[str, Any]]]:
    seen: list[Mapping[str, Any]] = []
    RECORDER.commands = seen
    try:
        yield seen
    finally:
        RECORDER.commands = None


def first(command: Mapping[str, Any]) -> str:
    return next(iter(command))


async def test_every_read_and_every_write_of_a_gateway_is_of_a_majority(lab: Lab, board: Board) -> None:
    bob = await lab.person("bob@example.com")
    with recorded() as commands:
        card = await board.card("Align")
        await board.ann.ask("query ($id: ID!) { card(id: $id) { title project { cards { nodes { id } } } } }", id=card)
        await board.ann.ask("{ viewer { id } organizations { nodes { workspaces { nodes { id } } } } }")
        await bob.refused("query ($id: ID!) { card(id: $id) { title } }", id=card)

    # Within a transaction only its first command and its commit say a concern.
    outside = [one for one in commands if one.get("autocommit") is not False]
    beginnings = [one for one in commands if one.get("startTransaction")]
    reads = [one for one in outside if first(one) in READS]
    writes = [one for one in commands if first(one) in WRITES and (one in outside or "commitTransaction" in one)]
    assert len(reads) > 5
    assert len(beginnings) >= 1
    assert len([one for one in writes if "commitTransaction" in one]) >= 1
    assert [one for one in reads if one["readConcern"]["level"] != "majority"] == []
    assert [one for one in beginnings if one["readConcern"]["level"] != "snapshot"] == []
    assert [
        one
        for one in writes
        if one.get(first(one)) != BusMessage.Settings.name
        and (one["writeConcern"]["w"], one["writeConcern"]["j"]) != ("majority", True)
    ] == []


async def test_a_commit_whose_answer_was_lost_is_looked_up_with_a_linearizable_read(
    clean: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = AsyncClientSession.commit_transaction

    async def lost(session: AsyncClientSession) -> None:
        await commit(session)
        raise PyMongoError("the answer was lost")

    monkeypatch.setattr(AsyncClientSession, "commit_transaction", lost)
    stream = new_id(Kind.WORKSPACE)

    with recorded() as commands:
        committed = await EventLog(clean.client).write(stream, None, appends(stream))

    assert committed.cursor.seq == 1
    [asked] = [one for one in commands if one.get("find") == LoggedEvent.Settings.name]
    assert asked["readConcern"] == {"level": "linearizable"}
