"""Figures are worked out of facts that every change of cards keeps, and not of the cards."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import Card, CardFactsBlock
from models.base import collection, to_record, utc_now
from models.enums import Priority, StatsInterval
from resolvers.card.card import delete_card
from resolvers.card.label import delete_label
from resolvers.column.column import delete_column
from resolvers.column.done import done_columns
from resolvers.figures import stats_group
from resolvers.figures.portfolio import get_portfolio, metrics_of
from resolvers.figures.roadmap import get_project_roadmap
from resolvers.figures.stats import get_project_stats
from resolvers.figures.stats_group import grouped
from resolvers.kit.context import Context
from resolvers.kit.periods import Periods
from resolvers.lane import card_facts_keep
from resolvers.lane.card_facts_keep import facts_of
from resolvers.lane.card_facts_rebuild import rebuild_facts
from resolvers.project.project import delete_project
from tests.resolvers import figures_oracle
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.kept import check_facts, forget_facts
from tests.resolvers.projects import Board, make_board
from tests.resolvers.test_indexes import recorded

NOW = datetime(2026, 5, 6, 7, 8, 9, 10_000, tzinfo=UTC)


@pytest.fixture
async def board(owner: Context, workspace: Any) -> Board:
    return await make_board(owner, workspace, columns=3)


def row_key(row: Any) -> str:
    return str(sorted((name, str(value)) for name, value in row.items()))


def plain(rows: Sequence[Any]) -> list[Any]:
    """Rows without what is null, in an order of their own: the database leaves nulls out, and has no order."""
    return sorted(({name: value for name, value in row.items() if value is not None} for row in rows), key=row_key)


moments = st.integers(-400 * 24, 10 * 24).map(lambda hours: NOW + timedelta(hours=hours, milliseconds=hours % 1000))
cards = st.lists(
    st.fixed_dictionaries(
        {
            "priority": st.none() | st.sampled_from(Priority),
            "archived": st.booleans(),
            "created_at": moments,
            "due_date": st.none() | moments,
            "start_date": st.none() | moments,
            "started_at": st.none() | moments,
            "completed_at": st.none() | moments,
            "updated_at": moments,
            "place": st.integers(0, 2),
            "people": st.integers(0, 2),
            "labels": st.lists(st.integers(0, 2), unique=True),
        }
    ),
    max_size=30,
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(values=cards, interval=st.sampled_from(StatsInterval), days=st.integers(1, 300))
async def test_figures_of_facts_are_those_that_the_database_finds_in_the_cards(
    values: list[dict[str, Any]], interval: StatsInterval, days: int, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given any cards
    monkeypatch.setattr(stats_group, "utc_now", lambda: NOW)
    monkeypatch.setattr("resolvers.figures.portfolio.utc_now", lambda: NOW)
    people, labels = [None, *(ObjectId() for _ in range(2))], [ObjectId() for _ in range(3)]
    project_id = board.project["_id"]
    await collection(Card).delete_many({"project_id": project_id})
    records = []
    for number, one in enumerate(values):
        place, own, on = one.pop("place"), people[one.pop("people")], [labels[label] for label in one.pop("labels")]
        inside = {"workspace_id": board.workspace_id, "project_id": project_id, "column_id": board.column_id(place)}
        records.append(to_record(Card(**inside, **one, rank=f"a{number}", title="x", assignee_id=own, label_ids=on)))
    if records:
        await collection(Card).insert_many(records)
    await forget_facts(project_id)
    periods = Periods.between(NOW - timedelta(days=days), NOW, interval)

    # When
    facts = list((await facts_of([project_id]))[project_id].values())
    found = grouped(facts, periods, stats_group.NAMES)
    [counted] = await metrics_of(board.ctx, [board.project], None)

    # Then
    expected = await figures_oracle.groups("project_id", project_id, periods, NOW)
    assert {name: plain(rows) for name, rows in found.items()} == {name: plain(expected[name]) for name in found}
    known = await figures_oracle.metrics(project_id, await done_columns([project_id]), NOW)
    changed = [one for one in (known.pop("last_activity_at"), board.project["updated_at"]) if one is not None]
    priorities = known.pop("priorities")
    assert {name: counted[name] for name in known} == known
    assert counted["last_activity_at"] == max(changed)
    assert {one["priority"]: one["count"] for one in counted["by_priority"] if one["count"]} == priorities


changes = st.lists(
    st.tuples(st.sampled_from(["create", "update", "move", "archive", "delete", "label"]), st.integers(0, 10**6)),
    max_size=14,
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=changes)
async def test_facts_follow_every_change_of_cards(
    steps: list[tuple[str, int]], owner: Context, workspace: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(card_facts_keep, "BLOCK", 4)
    board = await make_board(owner, workspace, columns=2)
    labels, cards = [await board.label(name) for name in "ab"], list[Any]()

    for step, number in steps:
        card = cards[number % len(cards)] if cards else None
        if step == "create" or card is None:
            cards.append(await board.card(number % 2, labelIds=[one["_id"] for one in labels]))
        elif step == "update":
            await board.update(card, title=f"{number}", priority="high", dueDate=NOW.isoformat())
        elif step == "move":
            await board.move(card, columnId=board.column_id(number % 2), order=0)
        elif step == "archive":
            await board.update(card, archived=number % 2 == 0)
        elif step == "delete":
            await delete_card(board.ctx, card["_id"])
            cards.remove(card)
        elif labels:
            await delete_label(board.ctx, labels.pop()["_id"])
        await check_facts(board.project["_id"])


async def test_facts_of_an_older_project_are_stored_with_its_next_change(board: Board) -> None:
    for _ in range(3):
        await board.card(0)
    await forget_facts(board.project["_id"])

    card = await board.card(1)

    await check_facts(board.project["_id"])
    assert card["_id"] in (await facts_of([board.project["_id"]]))[board.project["_id"]]


async def test_a_migration_stores_the_facts_of_older_projects(board: Board) -> None:
    for _ in range(3):
        await board.card(0)
    await forget_facts(board.project["_id"])

    for _ in range(2):
        await rebuild_facts([board.project])

    await check_facts(board.project["_id"])
    assert await collection(CardFactsBlock).count_documents({"project_id": board.project["_id"]}) == 1


async def test_facts_leave_with_a_column_and_with_the_project(board: Board) -> None:
    await board.card(0)
    column = await board.column("Another")
    board.columns.append(column)
    await board.card(3)

    await delete_column(board.ctx, column["_id"])
    await finish_deletions(board.ctx.services)
    await check_facts(board.project["_id"])
    await delete_project(board.ctx, board.project["_id"])
    await finish_deletions(board.ctx.services)

    assert await collection(CardFactsBlock).count_documents({"project_id": board.project["_id"]}) == 0


async def fill(board: Board, count: int) -> None:
    inside = {"workspace_id": board.workspace_id, "project_id": board.project["_id"]}
    records = [
        to_record(
            Card(
                **inside,
                column_id=board.column_id(number % 3),
                rank=f"b{number:05}",
                title="x",
                due_date=utc_now() + timedelta(days=number % 90),
            )
        )
        for number in range(count)
    ]
    await collection(Card).insert_many(records)
    await forget_facts(board.project["_id"])
    await board.card(0)  # stores the facts


async def test_figures_of_many_cards_read_no_card_and_few_blocks(owner: Context, workspace: Any) -> None:
    for count in (20, 600):
        board = await make_board(owner, workspace, columns=3)
        await fill(board, count)

        with recorded() as queries:
            periods = Periods.between(None, None, StatsInterval.DAY)
            figures = await get_project_stats(board.ctx, board.project["_id"], periods)
            [metrics] = await metrics_of(board.ctx, [board.project], None)
            roadmap = await get_project_roadmap(board.ctx, board.project["_id"])
            await get_portfolio(board.ctx, board.workspace_id)

        assert figures["cards"]["total"] == metrics["total"] == count + 1
        assert len(roadmap["cards"]) == count
        assert not [query for query in queries if query[1] == "cards"]
        blocks = await collection(CardFactsBlock).count_documents({"project_id": board.project["_id"]})
        assert blocks <= 1 + 2 * count // card_facts_keep.BLOCK
