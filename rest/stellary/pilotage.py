"""The pilotage of a workspace. Its objectives are called missions here; those of agents are something else."""

from pydantic import Field

from models.pilotage_enums import PilotageDetail, PilotageIntent, PilotageProfile
from resolvers.inputs.pilotage import (
    DecisionCreate,
    ObjectiveCreate,
    ObjectiveId,
    ObjectiveUpdate,
    PilotageDocumentCreate,
    PilotagePriorityCreate,
    TodoCreate,
    TodoUpdate,
)
from resolvers.kit.input import Input
from resolvers.kit.nouns import OBJECTIVE, TODO
from resolvers.pilotage.dashboard import get_dashboard
from resolvers.pilotage.decision import create_decision
from resolvers.pilotage.document import create_document
from resolvers.pilotage.objective import create_objective, update_objective
from resolvers.pilotage.priority import create_priority
from resolvers.pilotage.risk import get_pilotage_portfolio
from resolvers.pilotage.state import get_state
from resolvers.pilotage.todo import create_todo, update_todo
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import WORKSPACE
from rest.stellary.present.pilotage import (
    Decision,
    Objective,
    PilotageDashboard,
    PilotageDocument,
    PilotagePortfolio,
    PilotageState,
    Todo,
    WarnedPilotagePriority,
    dashboard,
    decision,
    document,
    objective,
    portfolio,
    state,
    todo,
    warned_priority,
)

routes = Routes(
    "Pilotage",
    WORKSPACE + "/pilotage",
    about="What a workspace steers by: its objectives (called missions), priorities, todos, decisions.",
    place=410,
)


class StateQuery(Input):
    """What the state is read for, by somebody who is about to do what, and how much of it."""

    profile: PilotageProfile = PilotageProfile.PILOTAGE
    intent: PilotageIntent = PilotageIntent.WEEKLY_REVIEW
    detail_level: PilotageDetail = PilotageDetail.STANDARD


class NewTodo(TodoCreate):
    """A new todo, whose objective is called a mission."""

    objective_id: ObjectiveId | None = Field(
        None, alias="missionId", description="The mission of the pilotage that it serves."
    )


class ChangedTodo(TodoUpdate):
    """What changes of a todo, whose objective is called a mission."""

    objective_id: ObjectiveId | None = Field(
        None, alias="missionId", description="The mission of the pilotage that it serves; null clears it."
    )


@routes.get("/state", "Read how the pilotage of a workspace stands", runs=get_state, query=StateQuery)
async def read_state(call: Call) -> PilotageState:
    """Lists of at most 100, in the order of the intent; what the profile leaves out is empty."""
    workspace, wanted = await guards.workspace(call), call.query(StateQuery)
    return state(await get_state(call.ctx, workspace["_id"], wanted.profile, wanted.intent, wanted.detail_level))


@routes.get("/dashboard", "Read what needs attention in a workspace", runs=get_dashboard)
async def read_dashboard(call: Call) -> PilotageDashboard:
    workspace = await guards.workspace(call)
    return dashboard(await get_dashboard(call.ctx, workspace["_id"]))


@routes.get("/portfolio", "Read the projects of a workspace with its missions and risks", runs=get_pilotage_portfolio)
async def read_portfolio(call: Call) -> PilotagePortfolio:
    """Each project with its metrics, at most 5,000; the risks are 100 at most."""
    workspace = await guards.workspace(call)
    return portfolio(await get_pilotage_portfolio(call.ctx, workspace["_id"]))


@routes.post("/missions", "Set a mission of the pilotage", runs=create_objective, given=["workspaceId"])
async def add_objective(call: Call) -> Objective:
    workspace = await guards.workspace(call)
    values = call.body(ObjectiveCreate, workspaceId=workspace["_id"])
    return objective((await create_objective(call.ctx, values)).value)


@routes.patch("/missions/{objectiveId}", "Change a mission of the pilotage", runs=update_objective)
async def change_objective(call: Call) -> Objective:
    """Any status may follow any; another than `blocked` clears the reason."""
    found = await guards.of_workspace(call, OBJECTIVE, "objectiveId")
    return objective((await update_objective(call.ctx, found["_id"], call.body(ObjectiveUpdate))).value)


@routes.post("/priorities", "Set a priority", runs=create_priority, given=["workspaceId"])
async def add_priority(call: Call) -> WarnedPilotagePriority:
    """More than four active ones are not refused: `warnings` says so."""
    workspace = await guards.workspace(call)
    values = call.body(PilotagePriorityCreate, workspaceId=workspace["_id"])
    return warned_priority((await create_priority(call.ctx, values)).value)


@routes.post("/todos", "Create a todo", runs=create_todo, body=NewTodo, given=["workspaceId"])
async def add_todo(call: Call) -> Todo:
    """Perhaps of a mission of the pilotage, or of a priority."""
    workspace = await guards.workspace(call)
    return todo((await create_todo(call.ctx, call.body(NewTodo, workspaceId=workspace["_id"]))).value)


@routes.patch("/todos/{todoId}", "Change a todo", runs=update_todo, body=ChangedTodo)
async def change_todo(call: Call) -> Todo:
    """Any status may follow any."""
    found = await guards.of_workspace(call, TODO, "todoId")
    return todo((await update_todo(call.ctx, found["_id"], call.body(ChangedTodo))).value)


@routes.post("/decisions", "Record a decision", runs=create_decision, given=["workspaceId"])
async def add_decision(call: Call) -> Decision:
    """It belongs to the cycle that is open."""
    workspace = await guards.workspace(call)
    values = call.body(DecisionCreate, workspaceId=workspace["_id"])
    return decision((await create_decision(call.ctx, values)).value)


@routes.post("/docs", "Register a document that counts", runs=create_document, given=["workspaceId"])
async def add_document(call: Call) -> PilotageDocument:
    workspace = await guards.workspace(call)
    values = call.body(PilotageDocumentCreate, workspaceId=workspace["_id"])
    return document((await create_document(call.ctx, values)).value)
