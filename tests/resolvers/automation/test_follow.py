"""Automations follow the history: each event once, whoever follows and dies, and at the cost of what is set off."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.database import Database
from models import AutomationTrace, StreamHead
from models.base import collection, utc_now
from models.errors import RateLimited
from realtime.hub import Hub
from realtime.log import EventLog
from resolvers.automation import run as run_module
from resolvers.automation.action import act
from resolvers.automation.follow import Automations, follow
from resolvers.automation.run import TOO_DEEP
from resolvers.automation.trim import AGE, trim_traces
from resolvers.kit.context import Context, Services
from tests.resolvers.automations import automate, outcomes, traces
from tests.resolvers.lab import events
from tests.resolvers.projects import Board, make_board
from tests.resolvers.test_indexes import check, recorded


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace)


@pytest.fixture
async def others(database: Database, services: Services) -> AsyncIterator[Services]:
    """The services of another process over the same database."""
    hub = Hub(EventLog(database.client))
    await hub.start()
    yield replace(services, hub=hub)
    await hub.stop()


async def test_two_who_follow_at_once_do_everything_once(board: Board, others: Services) -> None:
    automation = await automate(board, "task_created")
    cards = [await board.card() for _ in range(6)]

    await asyncio.gather(follow(board.ctx.services), follow(others))

    assert await outcomes(automation) == [("success", None)] * len(cards)
    assert [(await board.stored(card))["comment_count"] for card in cards] == [1] * len(cards)


async def test_whoever_is_killed_when_each_event_is_acted_on_once(board: Board, others: Services) -> None:
    """The short form of `python -m tests.faults.automations_killed`."""
    chance = random.Random(7)
    noting = await automate(board, "task_created")
    loop = [
        await automate(
            board,
            "task_moved",
            {"type": "move_card", "columnId": str(board.column_id(place))},
            conditions={"to": str(board.column_id(3 - place))},
        )
        for place in (1, 2)
    ]
    cards = [await board.card() for _ in range(12)]
    await board.move(cards[0], columnId=board.column_id(1))

    # When four follow, and are ended at any moment, again and again
    for _ in range(8):
        tasks = [asyncio.create_task(follow(services)) for services in (board.ctx.services, others) * 2]
        await asyncio.sleep(chance.uniform(0, 0.1))
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    await follow(others)

    # Then all was done, and nothing twice
    assert await outcomes(noting) == [("success", None)] * len(cards)
    assert [(await board.stored(card))["comment_count"] for card in cards] == [1] * len(cards)
    together = [*await outcomes(loop[0]), *await outcomes(loop[1])]
    assert sorted(together, key=str) == [("failure", TOO_DEEP), *[("success", None)] * 5]
    ran = [event for event in await events(board.workspace_id) if event["type"] == "AutomationRan"]
    assert len(ran) == len(cards) + 6


async def test_who_dies_between_two_automations_leaves_the_rest_to_another(
    board: Board, others: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given two automations, of which the second does not come about
    first, second = [await automate(board, "task_created") for _ in range(2)]
    await board.card()

    async def dying(ctx: Context, automation: Any, card: Any) -> None:
        if automation["_id"] == second["_id"]:
            raise asyncio.CancelledError
        await act(ctx, automation, card)

    monkeypatch.setattr(run_module, "act", dying)
    with pytest.raises(asyncio.CancelledError):
        await follow(board.ctx.services)
    assert (len(await traces(first)), len(await traces(second))) == (1, 0)

    # When another process goes on
    monkeypatch.setattr(run_module, "act", act)
    await follow(others)

    # Then each has acted once
    assert await outcomes(first) == await outcomes(second) == [("success", None)]


async def test_what_another_attempt_may_not_meet_is_tried_again(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    automation = await automate(board, "task_created")
    await board.card()

    async def busy(*_: Any) -> None:
        raise RateLimited("busy")

    monkeypatch.setattr(run_module, "act", busy)
    automations = Automations(board.ctx.services)
    with pytest.raises(RateLimited):
        await automations.follow_some()
    monkeypatch.setattr(run_module, "act", act)
    while await automations.follow_some():
        pass

    assert await outcomes(automation) == [("success", None)]


async def test_a_change_of_a_workspace_without_automations_is_not_looked_at(board: Board) -> None:
    automations = Automations(board.ctx.services)
    await automations.follow_some()

    assert automations.hears(board.workspace_id) is False
    await board.card()
    with recorded() as queries:
        await automations.follow_some()
    assert queries == []


async def test_every_query_runs_on_an_index_and_more_automations_are_no_more_queries(
    board: Board, database: Database
) -> None:
    # Given an automation that is set off, and then others that are not
    automation = await automate(
        board, "task_created", conditions={"priority": {"in": ["high", "low"]}, "assignee": None}
    )
    await automate(board, "due_date_reached", {"type": "notify"})
    counts = []
    for others in (0, 5):
        for _ in range(others):
            await automate(board, "task_moved", {"type": "notify"})
        await board.card(priority="high")
        automations = Automations(board.ctx.services)
        with recorded() as queries:
            while await automations.follow_some():
                pass
        await check(database, queries)
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert len(await traces(automation)) == 2


async def test_traces_are_kept_for_ninety_days(board: Board) -> None:
    automation = await automate(board, "task_created")
    for _ in range(2):
        await board.card()
    await follow(board.ctx.services)
    old, recent = await traces(automation)
    before = utc_now() - AGE - timedelta(hours=1)
    await collection(AutomationTrace).update_one({"_id": old["_id"]}, {"$set": {"created_at": before}})

    while await trim_traces(board.ctx.services):
        pass

    assert await traces(automation) == [recent]


async def test_events_that_are_gone_from_the_log_are_passed_over(board: Board) -> None:
    automation = await automate(board, "task_created")
    await board.card()
    await collection(StreamHead).update_one({"_id": board.workspace_id}, {"$set": {"floor": await board.seq()}})
    await board.card()
    await follow(board.ctx.services)

    assert len(await traces(automation)) == 1
