"""When a date is over, wherever that is told: a day alone lasts until it ends."""

from datetime import UTC, datetime, timedelta

import pytest

from models.enums import StatsInterval
from models.records import WorkspaceRecord
from resolvers.column.scope import update_scope
from resolvers.figures import portfolio, roadmap, stats_group
from resolvers.figures.portfolio import metrics_of
from resolvers.figures.roadmap import get_project_roadmap
from resolvers.figures.stats import get_project_stats
from resolvers.inputs.project import ProjectUpdate
from resolvers.inputs.relation import RelationCreate
from resolvers.inputs.scope import ScopeUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.periods import Periods
from resolvers.lane.due import has_passed
from resolvers.project.project import update_project
from resolvers.relation.relation import create_relation
from tests.resolvers.projects import Board, make_board

TODAY = "2026-05-01"
BEGIN = datetime(2026, 5, 1, tzinfo=UTC)
LAST = BEGIN + timedelta(hours=24, milliseconds=-1)
TOMORROW = BEGIN + timedelta(hours=24)


@pytest.mark.parametrize(
    ("date", "now", "passed"),
    [
        (BEGIN, BEGIN, False),
        (BEGIN, LAST, False),
        (BEGIN, TOMORROW, True),
        (BEGIN + timedelta(milliseconds=1), LAST, True),
        (LAST, LAST, False),
        (LAST, TOMORROW, True),
        (datetime(9999, 12, 31, tzinfo=UTC), datetime.max.replace(tzinfo=UTC), False),
    ],
)
def test_a_day_is_over_when_it_has_ended_and_a_moment_when_it_has_come(
    date: datetime, now: datetime, passed: bool
) -> None:
    assert has_passed(date, now) is passed


@pytest.fixture
async def board(owner: Context, workspace: WorkspaceRecord) -> Board:
    """A project, a scope and a card, all of which end on the same day."""
    board = await make_board(owner, workspace, columns=2)
    await update_project(board.ctx, board.project["_id"], read_input(ProjectUpdate, {"deadline": TODAY}))
    scope = await board.scope("Launch")
    await update_scope(board.ctx, scope["_id"], read_input(ScopeUpdate, {"endDate": TODAY}))
    await board.card(0, dueDate=TODAY)
    return board


@pytest.mark.parametrize(("now", "late"), [(BEGIN, False), (LAST, False), (TOMORROW, True)])
async def test_what_ends_on_a_day_is_late_from_the_next_one_on(
    board: Board, now: datetime, late: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given what each reader takes for the present
    for module in (portfolio, roadmap, stats_group):
        monkeypatch.setattr(module, "utc_now", lambda: now)

    # When metrics, figures and the roadmap are asked for
    [metrics] = await metrics_of(board.ctx, [board.project], None)
    stats = await get_project_stats(board.ctx, board.project["_id"], Periods.between(None, None, StatsInterval.DAY))
    drawn = await get_project_roadmap(board.ctx, board.project["_id"])

    # Then they agree
    assert (metrics["overdue"], metrics["next_deadline"]) == ((1, None) if late else (0, BEGIN))
    assert stats["cards"]["overdue"] == int(late)
    assert [one["is_late"] for one in (*drawn["cards"], *drawn["scopes"], *drawn["milestones"])] == [late] * 4


@pytest.mark.parametrize(
    ("due", "start", "violated"),
    [
        (TODAY, TODAY, False),
        ("2026-05-01T15:00Z", TODAY, False),
        ("2026-05-02", TODAY, True),
        ("2026-05-01T15:00Z", "2026-05-01T14:00Z", True),
        ("9999-12-31", TODAY, True),
    ],
)
async def test_a_dependency_is_violated_by_what_ends_before_the_other_is_due(
    owner: Context, workspace: WorkspaceRecord, due: str, start: str, violated: bool
) -> None:
    board = await make_board(owner, workspace, columns=2)
    blocker, blocked = await board.card(0, dueDate=due), await board.card(0, startDate=start)
    values = {"cardId": blocker["_id"], "targetCardId": blocked["_id"], "type": "blocks"}
    await create_relation(board.ctx, read_input(RelationCreate, values))

    drawn = await get_project_roadmap(board.ctx, board.project["_id"])

    assert [one["is_violated"] for one in drawn["dependencies"]] == [violated]
