"""What a workspace steers by: what follows from a change, what is told of it, and how much there may be."""

from dataclasses import dataclass
from typing import Any

import pytest
from bson import ObjectId

from models import StandingOrder
from models.base import collection, to_record
from models.errors import Conflict, Forbidden, NotFound
from models.records import ObjectiveRecord, TodoRecord, WorkspaceRecord
from resolvers.agent.agent import create_agent
from resolvers.inputs.agent import AgentCreate
from resolvers.inputs.pilotage import (
    ObjectiveCreate,
    ObjectiveUpdate,
    PilotagePriorityCreate,
    PilotagePriorityUpdate,
    StandingOrderCreate,
    StandingOrderUpdate,
    TodoCreate,
    TodoUpdate,
)
from resolvers.inputs.workspace import WorkspaceCreate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.pilotage.cycle import close_cycle
from resolvers.pilotage.objective import create_objective, delete_objective, update_objective
from resolvers.pilotage.priority import FEW, create_priority, update_priority
from resolvers.pilotage.standing_order import (
    MAX_STANDING_ORDERS,
    create_standing_order,
    delete_standing_order,
    orders_for,
    update_standing_order,
)
from resolvers.pilotage.todo import create_todo, update_todo
from resolvers.workspace.workspace import create_workspace
from tests.resolvers.conftest import Join
from tests.resolvers.lab import again, event_types, events


@dataclass(frozen=True)
class Steering:
    """The owner of a workspace, and what they set there."""

    owner: Context
    workspace_id: ObjectId

    async def objective(self, **values: Any) -> ObjectiveRecord:
        given = ObjectiveCreate.of(**{"workspace_id": self.workspace_id, "objective": "Sell", **values})
        return (await create_objective(again(self.owner), given)).value

    async def moved(self, record: ObjectiveRecord, **values: Any) -> ObjectiveRecord:
        changed = await update_objective(again(self.owner), record["_id"], read_input(ObjectiveUpdate, values))
        return changed.value

    async def todo(self, **values: Any) -> TodoRecord:
        given = TodoCreate.of(**{"workspace_id": self.workspace_id, "label": "Test", **values})
        return (await create_todo(again(self.owner), given)).value


@pytest.fixture
def steering(owner: Context, workspace: WorkspaceRecord) -> Steering:
    return Steering(owner, workspace["_id"])


async def test_what_is_done_says_when_and_in_which_cycle_as_long_as_it_is(steering: Steering) -> None:
    # Given an objective, in the second cycle
    objective = await steering.objective()
    await close_cycle(again(steering.owner), steering.workspace_id, 1)

    # When
    done = await steering.moved(objective, status="done")
    told = (await events(steering.workspace_id))[-1]
    reopened = await steering.moved(objective, status="to_launch")

    # Then
    assert (objective["done_at"], objective["done_cycle"]) == (None, None)
    assert (done["done_at"], done["done_cycle"]) == (done["updated_at"], 2)
    assert (told["type"], told["data"]["objective"]) == ("ObjectiveUpdated", done)
    assert (reopened["done_at"], reopened["done_cycle"]) == (None, None)


async def test_a_reason_goes_with_the_status_that_it_is_for(steering: Steering) -> None:
    objective = await steering.objective()

    blocked = await steering.moved(objective, status="blocked", blockedReason="Waiting")
    renamed = await steering.moved(objective, objective="Sell more")
    freed = await steering.moved(objective, status="in_progress")
    cleared = await steering.moved(await steering.objective(status="blocked", blocked_reason="Why"), blockedReason=None)

    assert [blocked["blocked_reason"], renamed["blocked_reason"], freed["blocked_reason"]] == ["Waiting"] * 2 + [None]
    assert (cleared["status"], cleared["blocked_reason"]) == ("blocked", None)


async def test_a_todo_serves_what_is_of_its_workspace(steering: Steering, owner: Context, workspace: Any) -> None:
    # Given an objective of another workspace of the same person
    values = WorkspaceCreate(organization_id=workspace["organization_id"], name="Other", slug="other")
    other = Steering(owner, (await create_workspace(again(owner), values)).value["_id"])
    foreign, todo = await other.objective(), await steering.todo()

    # When, then
    with pytest.raises(NotFound, match="Objective"):
        await steering.todo(objective_id=foreign["_id"])
    with pytest.raises(NotFound, match="Objective"):
        await update_todo(again(owner), todo["_id"], TodoUpdate.of(objective_id=foreign["_id"]))


async def test_todos_outlive_their_objective_and_name_it_no_more(steering: Steering) -> None:
    # Given
    objective = await steering.objective()
    todo, other = await steering.todo(objective_id=objective["_id"]), await steering.todo()
    before = len(await events(steering.workspace_id))

    # When
    await delete_objective(again(steering.owner), objective["_id"])

    # Then
    told = (await events(steering.workspace_id))[before:]
    assert [event["type"] for event in told] == ["ObjectiveDeleted", "TodoUpdated"]
    assert told[1]["data"]["todo"] == {**todo, "objective_id": None, "updated_at": told[1]["at"]}
    assert other["objective_id"] is None


async def test_a_fifth_active_priority_is_warned_of_and_not_refused(steering: Steering) -> None:
    # Given as many as there should be
    async def add(**values: Any) -> Any:
        given = PilotagePriorityCreate.of(workspace_id=steering.workspace_id, label="First", **values)
        return (await create_priority(again(steering.owner), given)).value

    made = [await add() for _ in range(FEW)]
    resting = await add(active=False)

    # When
    awake = PilotagePriorityUpdate.of(active=True)
    fifth = await update_priority(again(steering.owner), resting.pilotage_priority["_id"], awake)

    # Then
    assert [set_.warnings for set_ in (*made, resting)] == [[]] * (FEW + 1)
    assert fifth.value.pilotage_priority["active"]
    assert fifth.value.warnings == ["5 priorities are active; with more than 4, nothing comes first"]


async def test_a_cycle_is_closed_once(steering: Steering) -> None:
    closed = (await close_cycle(again(steering.owner), steering.workspace_id, 1)).value
    before = await event_types(steering.workspace_id)

    with pytest.raises(Conflict, match="open cycle is 2"):
        await close_cycle(again(steering.owner), steering.workspace_id, 1)

    assert closed["pilotage_cycle"] == 2
    assert before[-1] == "PilotageCycleClosed"
    assert await event_types(steering.workspace_id) == before


async def test_a_permanent_standing_order_is_not_deleted(steering: Steering) -> None:
    values = StandingOrderCreate.of(workspace_id=steering.workspace_id, text="Write tests", permanent=True)
    order = (await create_standing_order(again(steering.owner), values)).value

    with pytest.raises(Forbidden, match="permanent"):
        await delete_standing_order(again(steering.owner), order["_id"])
    await update_standing_order(again(steering.owner), order["_id"], StandingOrderUpdate.of(permanent=False))
    deleted = await delete_standing_order(again(steering.owner), order["_id"])

    assert deleted.value == order["_id"]


async def test_an_agent_keeps_to_the_orders_for_all_and_to_its_own(steering: Steering) -> None:
    # Given orders for all, for one agent, for another, and one that does not hold
    async def hire(slug: str) -> ObjectId:
        values = AgentCreate.of(workspace_id=steering.workspace_id, name=slug, slug=slug)
        agent_id: ObjectId = (await create_agent(again(steering.owner), values)).value.agent["_id"]
        return agent_id

    async def order(text: str, **values: Any) -> None:
        given = StandingOrderCreate.of(workspace_id=steering.workspace_id, text=text, **values)
        await create_standing_order(again(steering.owner), given)

    atlas, other = await hire("atlas"), await hire("other")
    await order("For all")
    await order("For atlas", agent_id=atlas)
    await order("For the other", agent_id=other)
    await order("No longer", active=False)

    # When
    found = await orders_for(steering.workspace_id, atlas)

    # Then
    assert [record["text"] for record in found] == ["For all", "For atlas"]


async def test_a_workspace_has_a_bound_of_each(steering: Steering, owner: Context) -> None:
    # Given as many as there may be
    made = StandingOrder(workspace_id=steering.workspace_id, text="Another", created_by=owner.user_id)
    others = [{**to_record(made), "_id": ObjectId()} for _ in range(MAX_STANDING_ORDERS)]
    await collection(StandingOrder).insert_many(others)  # type: ignore[arg-type]

    # When, then
    values = StandingOrderCreate.of(workspace_id=steering.workspace_id, text="One too many")
    with pytest.raises(Conflict, match="100 standing orders"):
        await create_standing_order(again(owner), values)


async def test_what_does_not_change_is_not_told(steering: Steering) -> None:
    objective = await steering.objective(status="done")
    before = await event_types(steering.workspace_id)

    same = await steering.moved(objective, status="done", objective="Sell")

    assert same == objective
    assert await event_types(steering.workspace_id) == before


async def test_a_member_writes_no_pilotage(steering: Steering, join: Join, workspace: WorkspaceRecord) -> None:
    ada, objective = await join(workspace, "ada"), await steering.objective()
    values = ObjectiveUpdate.of(status="done")

    with pytest.raises(Forbidden, match="pilotage role owner"):
        await update_objective(again(ada), objective["_id"], values)
