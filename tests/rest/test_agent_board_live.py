"""What is sent over the agent board's WebSocket while the database is away."""

from datetime import UTC, datetime
from inspect import isawaitable
from typing import Any

import orjson
import pytest
from bson import ObjectId
from pymongo.asynchronous.cursor import AsyncCursor
from pymongo.errors import AutoReconnect, OperationFailure

from models import Card, Column, reach
from models.base import collection
from models.ids import Kind, new_id
from realtime.payload import EventPayload
from rest.agent_board.live.events import IN_PROJECT, Renderer
from tests.rest.conftest import Board


async def column_created(board: Board) -> Any:
    """An event whose message has to read the columns around one."""
    column = await collection(Column).find_one({"_id": ObjectId(board.todo)})
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return {"type": "ColumnCreated", "data": {"column": column, "order": 0}, "cursor": "c", "seq": None, "at": at}


async def card_updated(board: Board, mission_id: ObjectId | None) -> Any:
    """An event of a card that a mission is about."""
    card = (await board.ann.post("/api/cards", json={"projectId": board.project_id, "title": "Roof"})).json()["data"]
    record = await collection(Card).find_one({"_id": ObjectId(card["id"])})
    assert record is not None
    data = {"card": {**record, "active_mission_id": mission_id}}
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return {"type": "CardUpdated", "data": data, "cursor": "c", "seq": None, "at": at}


def breaks(monkeypatch: pytest.MonkeyPatch, error: Exception, times: int) -> list[int]:
    """Reading fails so many times; the list grows with each attempt."""
    read, attempts = AsyncCursor.to_list, list[int]()

    async def to_list(self: Any, *args: Any) -> Any:
        attempts.append(1)
        if len(attempts) <= times:
            raise error
        return await read(self, *args)

    monkeypatch.setattr(AsyncCursor, "to_list", to_list)
    return attempts


async def rendered(event: Any) -> EventPayload | None:
    made = Renderer(IN_PROJECT, "p")(event)
    assert isawaitable(made)
    payload: EventPayload | None = await made
    return payload


async def test_an_event_waits_for_a_database_that_is_away(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "AWAY_SECONDS", 0.0)
    event = await column_created(board)
    whole = await rendered(event)
    attempts = breaks(monkeypatch, AutoReconnect("gone"), times=2)

    assert await rendered(event) == whole
    assert len(attempts) == 3


async def test_a_failure_that_will_not_pass_is_not_waited_for(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    event = await column_created(board)
    breaks(monkeypatch, OperationFailure("not allowed"), times=100)

    with pytest.raises(OperationFailure):
        await rendered(event)


@pytest.mark.parametrize("mission_id", [None, new_id(Kind.MISSION)])
async def test_an_event_of_a_card_tells_whether_an_agent_works_on_it(board: Board, mission_id: ObjectId | None) -> None:
    told = await rendered(await card_updated(board, mission_id))

    assert told is not None
    assert orjson.loads(told.payload)["data"]["hasActiveAgent"] is (mission_id is not None)
