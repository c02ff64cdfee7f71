"""Dates set automations off once each, when they have come, and not those that nobody waited for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import Automation, AutomationProgress
from models.base import collection, timestamp, utc_now
from models.records import AutomationRecord
from resolvers.automation.due import dates_come
from resolvers.automation.follow import follow
from resolvers.automation.trigger import due
from resolvers.kit.context import Context
from tests.resolvers.automations import automate, outcomes, traces
from tests.resolvers.projects import Board, make_board

DAY = timedelta(days=1)


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace)


async def waiting(board: Board, since: timedelta, **values: Any) -> AutomationRecord:
    """An automation that has waited for dates for some time, and has looked at none since."""
    automation = await automate(board, "due_date_reached", **values)
    before = utc_now() - since
    await collection(Automation).update_one({"_id": automation["_id"]}, {"$set": {"updated_at": before}})
    await looked(board, before)
    return automation


async def looked(board: Board, at: datetime) -> None:
    """Dates were last looked at then."""
    await collection(AutomationProgress).update_one({"_id": board.workspace_id}, {"$set": {"due_through": at}})


async def due_at(board: Board, date: datetime, **values: Any) -> Any:
    return await board.card(dueDate=timestamp(date), **values)


async def test_a_date_sets_an_automation_off_once_however_often_it_is_looked_at(board: Board) -> None:
    automation = await waiting(board, 2 * DAY)
    came = utc_now() - timedelta(minutes=5, milliseconds=1)
    card = await due_at(board, came)

    for _ in range(2):
        await follow(board.ctx.services)
        await looked(board, came - timedelta(minutes=1))
    assert [trace["event_id"] for trace in await traces(automation)] == [due(card, came, came).event_id]

    # Another date is another occasion
    await board.update(card, dueDate=timestamp(came + timedelta(minutes=1)))
    await follow(board.ctx.services)
    assert await outcomes(automation) == [("success", None)] * 2


async def test_what_is_to_come_is_done_or_too_old_sets_nothing_off(board: Board) -> None:
    automation = await waiting(board, 3 * DAY)
    now = utc_now()
    await due_at(board, now + timedelta(hours=1))
    await due_at(board, now - timedelta(hours=26))
    done = await due_at(board, now - timedelta(hours=1))
    await board.move(done, columnId=board.column_id(2))

    await follow(board.ctx.services)

    assert await traces(automation) == []


async def test_a_day_is_over_when_it_has_ended(board: Board) -> None:
    automation = await waiting(board, 3 * DAY)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    cards = [await due_at(board, day) for day in (today, today - DAY)]

    await follow(board.ctx.services)

    assert [trace["card_id"] for trace in await traces(automation)] == [cards[1]["_id"]]


async def test_a_date_that_came_before_anybody_waited_for_it_sets_nothing_off(board: Board) -> None:
    await due_at(board, utc_now() - timedelta(minutes=1))
    automation = await automate(board, "due_date_reached")
    await looked(board, utc_now() - DAY)

    await follow(board.ctx.services)

    assert await traces(automation) == []


async def test_many_dates_are_told_in_portions(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.automation.follow.PORTION", 2)
    automation = await waiting(board, DAY)
    came = utc_now() - timedelta(minutes=5, milliseconds=1)
    for _ in range(5):
        await due_at(board, came)

    await follow(board.ctx.services)

    assert await outcomes(automation) == [("success", None)] * 5
    progress = await collection(AutomationProgress).find_one({"_id": board.workspace_id})
    assert progress is not None
    assert progress["due_through"] is not None
    assert progress["due_through"] > came


async def test_a_date_that_comes_in_the_moment_of_the_look_is_in_that_one_alone(board: Board) -> None:
    moment = datetime(2026, 3, 1, 10, 30, 0, 5_000, tzinfo=UTC)
    card = await due_at(board, moment)
    hour = timedelta(hours=1)

    async def found(since: datetime, until: datetime) -> list[Any]:
        return [occasion.card_id async for occasion in dates_come([board.project["_id"]], since, until)]

    assert await found(moment - hour, moment) == [card["_id"]]
    assert await found(moment, moment + hour) == []
