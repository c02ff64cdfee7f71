"""How a pilotage stands: by profile, intent, detail and cycle; in queries that run on indexes."""

from typing import Any

import pytest
from bson import ObjectId

from gateway.database import Database
from models.pilotage_enums import PilotageDetail, PilotageIntent, PilotageProfile
from models.records import WorkspaceRecord
from resolvers.inputs.pilotage import (
    DecisionCreate,
    ObjectiveCreate,
    PilotageDocumentCreate,
    PilotagePriorityCreate,
    StandingOrderCreate,
    TodoCreate,
)
from resolvers.inputs.workspace import WorkspaceCreate
from resolvers.kit.context import Context
from resolvers.pilotage.cycle import close_cycle
from resolvers.pilotage.dashboard import dashboard_of, get_dashboard
from resolvers.pilotage.decision import create_decision, decisions_of
from resolvers.pilotage.document import create_document, documents_of
from resolvers.pilotage.objective import create_objective, objectives_of
from resolvers.pilotage.priority import create_priority, priorities_of
from resolvers.pilotage.risk import get_pilotage_portfolio, risks_of
from resolvers.pilotage.standing_order import create_standing_order, orders_for, standing_orders_of
from resolvers.pilotage.state import get_state, state_of
from resolvers.pilotage.todo import create_todo, todos_of
from resolvers.workspace.workspace import create_workspace
from tests.resolvers.lab import again
from tests.resolvers.projects import make_board
from tests.resolvers.test_indexes import Query, check, recorded

STATUSES = ("to_launch", "in_progress", "blocked", "done")


@pytest.fixture
async def steered(owner: Context, workspace: WorkspaceRecord) -> WorkspaceRecord:
    """A workspace with an objective at every status and one of each of the rest; one todo is done."""
    inside = {"workspace_id": workspace["_id"]}
    for status in STATUSES:
        await create_objective(again(owner), ObjectiveCreate.of(**inside, objective=status, status=status))
    await create_priority(again(owner), PilotagePriorityCreate.of(**inside, label="First"))
    await create_todo(again(owner), TodoCreate.of(**inside, label="Open"))
    await create_todo(again(owner), TodoCreate.of(**inside, label="Done", status="done"))
    await create_decision(again(owner), DecisionCreate.of(**inside, title="Buy"))
    await create_document(again(owner), PilotageDocumentCreate.of(**inside, title="API"))
    await create_standing_order(again(owner), StandingOrderCreate.of(**inside, text="Test"))
    return workspace


def named(records: list[Any]) -> list[str]:
    return [record.get("objective") or record.get("label") or record.get("title") for record in records]


@pytest.mark.parametrize(
    ("intent", "order"),
    [
        (PilotageIntent.WEEKLY_REVIEW, ["blocked", "in_progress", "to_launch", "done"]),
        (PilotageIntent.DAILY_EXECUTION, ["in_progress", "to_launch", "blocked", "done"]),
        (PilotageIntent.SPRINT_PLANNING, ["to_launch", "in_progress", "blocked", "done"]),
        (PilotageIntent.CONTEXT_ONLY, ["to_launch", "in_progress", "blocked", "done"]),
    ],
)
async def test_an_intent_puts_objectives_in_an_order(
    intent: PilotageIntent, order: list[str], steered: WorkspaceRecord, owner: Context
) -> None:
    state = await get_state(again(owner), steered["_id"], PilotageProfile.PILOTAGE, intent)

    assert named(state["objectives"]) == order


@pytest.mark.parametrize(
    ("profile", "objectives", "todos", "others"),
    [
        (PilotageProfile.PILOTAGE, 4, ["Open", "Done"], [1, 1, 1, 1]),
        (PilotageProfile.EXECUTION, 3, ["Open"], [0, 0, 0, 0]),
        (PilotageProfile.REVUE, 1, ["Done"], [1, 0, 0, 0]),
    ],
)
async def test_a_profile_tells_its_part(
    profile: PilotageProfile,
    objectives: int,
    todos: list[str],
    others: list[int],
    steered: WorkspaceRecord,
    owner: Context,
) -> None:
    state = await get_state(again(owner), steered["_id"], profile)

    assert (len(state["objectives"]), named(state["todos"])) == (objectives, todos)
    assert [len(state[name]) for name in ("decisions", "priorities", "documents", "standing_orders")] == others
    assert state["counts"]["objectives"] == dict.fromkeys(STATUSES, 1)


async def test_a_detail_tells_counts_lists_or_earlier_cycles_too(steered: WorkspaceRecord, owner: Context) -> None:
    # Given a second cycle
    await close_cycle(again(owner), steered["_id"], 1)

    async def read(detail: PilotageDetail) -> Any:
        everything = (PilotageProfile.PILOTAGE, PilotageIntent.CONTEXT_ONLY)
        return await get_state(again(owner), steered["_id"], *everything, detail)

    # When
    minimal, standard, detailed = [await read(detail) for detail in PilotageDetail]

    # Then what is open goes on, and what was done and decided is history
    assert minimal["objectives"] == minimal["todos"] == minimal["decisions"] == []
    assert minimal["counts"] == standard["counts"] == detailed["counts"]
    assert (named(standard["objectives"]), named(standard["todos"])) == (list(STATUSES[:3]), ["Open"])
    assert (standard["cycle"], standard["decisions"], standard["history"]) == (2, [], None)
    assert {name: named(found) for name, found in detailed["history"].items()} == {
        "objectives": ["done"],
        "todos": ["Done"],
        "decisions": ["Buy"],
    }


async def test_what_endangers_the_work_is_told(steered: WorkspaceRecord, owner: Context) -> None:
    portfolio = await get_pilotage_portfolio(again(owner), steered["_id"])
    [risks] = await risks_of(again(owner), [steered], None)

    assert risks == portfolio["risks"]
    assert [(risk["kind"], risk["count"]) for risk in risks] == [("objective_blocked", 1)]
    assert named(portfolio["objectives"]) == ["blocked", "in_progress", "to_launch"]


async def test_every_read_runs_on_an_index(steered: WorkspaceRecord, owner: Context, database: Database) -> None:
    ctx = again(owner)
    await make_board(owner, steered)

    with recorded() as queries:
        for profile in PilotageProfile:
            await get_state(ctx, steered["_id"], profile, detail_level=PilotageDetail.DETAILED)
        await get_dashboard(ctx, steered["_id"])
        await get_pilotage_portfolio(ctx, steered["_id"])
        await orders_for(steered["_id"], ObjectId())
        for edge in (state_of, dashboard_of, risks_of, decisions_of, documents_of):
            await edge(ctx, [steered], None)
        for filtered in (objectives_of, todos_of, priorities_of, standing_orders_of):
            await filtered(ctx, [steered], None, filter={})

    await check(database, queries)


def sent(queries: list[Query]) -> int:
    """How many commands were sent: a join is part of one."""
    return sum(command != "$lookup" for command, _, _ in queries)


async def test_many_workspaces_are_read_with_as_many_queries_as_one(
    steered: WorkspaceRecord, owner: Context, workspace: WorkspaceRecord
) -> None:
    # Given others
    others = []
    for slug in ("second", "third"):
        values = WorkspaceCreate(organization_id=workspace["organization_id"], name=slug, slug=slug)
        others.append((await create_workspace(again(owner), values)).value)
    ctx = again(owner)

    # When
    with recorded() as of_one:
        [alone] = await state_of(ctx, [steered], None)
    with recorded() as of_three:
        beside, *empty = await state_of(ctx, [steered, *others], None)

    # Then
    assert beside == alone
    assert sent(of_three) == sent(of_one)
    assert [state["counts"]["objectives"] for state in empty] == [dict.fromkeys(STATUSES, 0)] * 2
