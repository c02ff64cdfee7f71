"""Figures of cards, as they are now and over time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import Card
from models.base import Record, collection, utc_now
from models.enums import Priority, StatsInterval
from models.errors import BadUserInput
from models.records import CardRecord, WorkspaceRecord
from resolvers.figures.stats import get_project_stats, stats_of_project, stats_of_scope
from resolvers.kit.context import Context
from resolvers.kit.periods import Periods
from tests.resolvers.kept import forget_facts
from tests.resolvers.projects import Board, make_board

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
async def board(owner: Context, workspace: WorkspaceRecord) -> Board:
    return await make_board(owner, workspace, columns=3)


async def stamp(card: CardRecord, **moments: datetime | None) -> None:
    """Let a card have been created, started and completed at other times."""
    await collection(Card).update_one({"_id": card["_id"]}, {"$set": moments})
    await forget_facts(card["project_id"])


async def week(board: Board, interval: StatsInterval = StatsInterval.DAY, days: int = 7) -> Record:
    periods = Periods.between(MONDAY, MONDAY + timedelta(days=days), interval)
    return await get_project_stats(board.ctx, board.project["_id"], periods)


def at(day: int, hour: int = 0) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


async def test_every_day_of_the_range_has_its_throughput(board: Board) -> None:
    # Given cards of before, of the range and of after it; one was archived when it was done
    for created, completed in ((-9, -2), (-9, 1), (1, 1), (1, 3), (6, 9)):
        card = await board.card(2)
        await stamp(card, created_at=at(created), completed_at=at(completed, 5))
        if completed == 3:
            await board.update(card, archived=True)
    await stamp(await board.card(0), created_at=at(3))

    # When
    found = await week(board)

    # Then
    assert [one["start"] for one in found["throughput"]] == [at(day) for day in range(7)]
    assert [one["created"] for one in found["throughput"]] == [0, 2, 0, 1, 0, 0, 1]
    assert [one["completed"] for one in found["throughput"]] == [0, 2, 0, 1, 0, 0, 0]
    assert [one["at"] for one in found["burn_up"]] == [at(day) for day in range(1, 8)]
    assert [one["scope"] for one in found["burn_up"]] == [2, 4, 4, 5, 5, 5, 6]
    assert [one["done"] for one in found["burn_up"]] == [1, 3, 3, 4, 4, 4, 4]


async def test_weeks_begin_on_monday_and_months_on_the_first(board: Board) -> None:
    for day in (-1, 0, 6, 7, 29):
        await stamp(await board.card(2), created_at=at(day), completed_at=at(day, 23))

    weeks = await week(board, StatsInterval.WEEK, 14)
    months = await week(board, StatsInterval.MONTH, 30)

    assert [(one["start"], one["completed"]) for one in weeks["throughput"]] == [(at(0), 2), (at(7), 1)]
    assert [(one["start"], one["completed"]) for one in months["throughput"]] == [
        (datetime(2026, 3, 1, tzinfo=UTC), 5),
    ]
    assert months["to"] == datetime(2026, 4, 1, tzinfo=UTC)


async def test_cards_that_were_done_before_it_was_kept_burn_up_from_their_creation(board: Board) -> None:
    await stamp(await board.card(2), created_at=at(-5), completed_at=None)
    await stamp(await board.card(2), created_at=at(2), completed_at=None)
    await collection(Card).update_many(
        {"project_id": board.project["_id"]}, {"$unset": {"completed_at": "", "started_at": ""}}
    )
    await forget_facts(board.project["_id"])

    found = await week(board)

    assert [one["done"] for one in found["burn_up"]] == [1, 1, 2, 2, 2, 2, 2]
    assert sum(one["completed"] for one in found["throughput"]) == 0
    assert found["cards"] == {"total": 2, "open": 0, "done": 2, "overdue": 0}


async def test_times_are_median_and_85th_percentile_of_the_cards_completed_in_the_range(board: Board) -> None:
    # Given cards of 1 to 10 hours, one of another time and one that was never seen in work
    for hours in range(1, 11):
        card = await board.card(2)
        await stamp(card, created_at=at(0), started_at=at(1), completed_at=at(1, hours) + timedelta(minutes=30))
    await stamp(await board.card(2), created_at=at(-30), started_at=at(-30), completed_at=at(-1))
    await stamp(await board.card(2), created_at=at(1), started_at=None, completed_at=at(1, 100))

    found = await week(board)

    assert found["cycle_time"] == {"count": 10, "median_hours": 5, "p85_hours": 9, "average_hours": 6.0}
    assert (found["lead_time"]["count"], found["lead_time"]["median_hours"]) == (11, 30)


async def test_a_range_without_cards_has_periods_and_no_times(board: Board) -> None:
    found = await week(board)

    assert found["cycle_time"] == {"count": 0, "median_hours": None, "p85_hours": None, "average_hours": None}
    assert [one["scope"] for one in found["burn_up"]] == [0] * 7
    assert (found["ageing"]["count"], found["ageing"]["oldest_days"]) == (0, None)
    assert found["by_column"] == found["by_label"] == []


async def test_cards_are_counted_by_column_priority_assignee_and_label(board: Board, owner: Context) -> None:
    bug, later = await board.label("bug"), await board.label("later")
    past = (utc_now() - timedelta(days=1)).isoformat()
    await board.card(0, priority="high", labelIds=[bug["_id"], later["_id"]], dueDate=past)
    await board.card(0, priority="high", labelIds=[bug["_id"]], assigneeId=owner.user_id)
    await board.card(2, labelIds=[later["_id"]], dueDate=past)
    await board.update(await board.card(0), archived=True)

    found = await week(board)

    def shares(name: str, key: str) -> list[tuple[Any, int, int]]:
        return [(one[key], one["count"], one["open"]) for one in found[name]]

    assert found["cards"] == {"total": 3, "open": 2, "done": 1, "overdue": 1}
    assert shares("by_column", "column_id") == [(board.column_id(0), 2, 2), (board.column_id(2), 1, 0)]
    assert shares("by_priority", "priority") == [(Priority.HIGH, 2, 2), (None, 1, 0)]
    assert shares("by_assignee", "assignee_id") == [(None, 2, 1), (owner.user_id, 1, 1)]
    assert sorted(shares("by_label", "label_id")) == [(bug["_id"], 2, 2), (later["_id"], 2, 1)]


async def test_ages_are_those_of_open_cards(board: Board) -> None:
    now = utc_now()
    for days in (0, 2, 5, 100):
        await stamp(await board.card(0), created_at=now - timedelta(days=days, minutes=1))
    await stamp(await board.card(2), created_at=now - timedelta(days=500))

    ageing = (await week(board))["ageing"]

    assert (ageing["count"], ageing["median_days"], ageing["p85_days"], ageing["oldest_days"]) == (4, 2, 100, 100)
    assert [one["count"] for one in ageing["buckets"]] == [1, 1, 1, 0, 0, 0, 1]
    assert (ageing["buckets"][0]["to_days"], ageing["buckets"][-1]["to_days"]) == (1, None)


async def test_projects_and_scopes_have_figures_of_their_own_in_one_go(
    board: Board, owner: Context, workspace: WorkspaceRecord
) -> None:
    other = await make_board(owner, workspace)
    scopes = [await board.scope("one"), await board.scope("two")]
    inside = await board.column("Scoped", scopes[0]["_id"])
    await board.card(None, columnId=inside["_id"])
    await board.card(0)
    await other.card(0)

    projects = await stats_of_project(board.ctx, [board.project, other.project], None)
    of_scopes = await stats_of_scope(board.ctx, scopes, frozenset({"cards"}))

    assert [one["cards"]["total"] for one in projects] == [2, 1]
    assert [one["cards"]["total"] for one in of_scopes] == [1, 0]


@pytest.mark.parametrize(
    ("begin", "end", "field"),
    [
        (MONDAY, MONDAY, "from"),
        (MONDAY, MONDAY - timedelta(days=1), "from"),
        (MONDAY - timedelta(days=367), MONDAY, "from"),
        (None, datetime(9998, 12, 1, tzinfo=UTC), "to"),
        (None, datetime(1970, 1, 1, tzinfo=UTC), "to"),
    ],
)
def test_a_range_that_is_empty_or_too_long_is_refused(begin: datetime | None, end: datetime, field: str) -> None:
    with pytest.raises(BadUserInput) as refused:
        Periods.between(begin, end, StatsInterval.DAY)

    assert refused.value.details["field"] == field


@pytest.mark.parametrize(("interval", "count"), [("day", 30), ("week", 12), ("month", 12)])
def test_a_range_that_is_not_given_ends_now(interval: str, count: int) -> None:
    periods = Periods.between(None, None, StatsInterval(interval))

    assert len(periods.starts) == count
    assert periods.starts[-1] <= utc_now() < periods.end
    assert list(periods.starts) == sorted(set(periods.starts))
