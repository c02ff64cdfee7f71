"""The pilotage of a workspace: objectives, priorities, todos, decisions and documents."""

from collections.abc import Awaitable, Callable
from typing import Any

from resolvers.inputs.pilotage import (
    BriefingCreate,
    DecisionCreate,
    DecisionUpdate,
    ObjectiveCreate,
    ObjectiveUpdate,
    PilotageDocumentCreate,
    PilotageDocumentUpdate,
    PilotagePriorityCreate,
    PilotagePriorityUpdate,
    TodoCreate,
    TodoUpdate,
)
from resolvers.kit.context import Context
from resolvers.pilotage import decision, objective, priority, todo
from resolvers.pilotage import document as pilotage_document
from tests.rest.conftest import made
from tests.rest.story import Cast, changed, read
from tests.world.paths import PILOTAGE
from tests.world.sample import Kept, Sample, sent
from tests.world.world import World


async def make(world: World) -> None:
    ids = world.ids

    async def made(create: Callable[[Context, Any], Awaitable[Any]], values: type[Any], **given: Any) -> Any:
        return await world.made(create, values.of(workspace_id=ids["workspace"], **given))

    ids["objective"] = (await made(objective.create_objective, ObjectiveCreate, objective="Sell"))["_id"]
    first = await made(priority.create_priority, PilotagePriorityCreate, label="Billing")
    ids["pilotage_priority"] = first.pilotage_priority["_id"]
    serving = {"objective_id": ids["objective"], "priority_id": ids["pilotage_priority"]}
    ids["todo"] = (await made(todo.create_todo, TodoCreate, label="Test", **serving))["_id"]
    ids["decision"] = (await made(decision.create_decision, DecisionCreate, title="Buy"))["_id"]
    registered = await made(pilotage_document.create_document, PilotageDocumentCreate, title="Billing API")
    ids["pilotage_document"] = registered["_id"]


async def story(cast: Cast) -> None:
    ann, pilotage = cast.ann, f"{cast.workspace}/pilotage"
    objective = await made(ann, f"{pilotage}/missions", objective="Implement billing module", module="billing")
    first = await made(ann, f"{pilotage}/priorities", label="Ship billing MVP", module="billing")
    serving = {"missionId": objective["id"], "priorityId": first["id"]}
    todo = await made(ann, f"{pilotage}/todos", label="Write integration tests", **serving)
    await made(ann, f"{pilotage}/decisions", title="Buy billing", impact="Saves three weeks")
    await made(ann, f"{pilotage}/docs", title="Billing API Spec v2", owner="Jane Doe", sourceType="tech")
    await changed(ann, f"{pilotage}/missions/{objective['id']}", status="blocked", blockedReason="Waiting on API")
    await changed(ann, f"{pilotage}/todos/{todo['id']}", status="done")
    assert (await read(ann, f"{pilotage}/state?detailLevel=detailed"))["missions"][0]["status"] == "blocked"
    assert (await read(ann, f"{pilotage}/dashboard"))["counts"]["todos"]["done"] == 1
    assert [risk["kind"] for risk in (await read(ann, f"{pilotage}/portfolio"))["risks"]] == ["objective_blocked"]


SAMPLE = Sample(
    after=("pipeline", "project_draft"),  # whose missions the dashboard shows
    make=make,
    places={"priorityId": "pilotage_priority"},
    calls={
        "objectiveCreate": lambda ids: (ObjectiveCreate.of(workspace_id=ids["workspace"], objective="More"),),
        "objectiveUpdate": lambda ids: (ids["objective"], ObjectiveUpdate.of(status="done")),
        "objectiveDelete": lambda ids: (ids["objective"],),
        "pilotagePriorityCreate": lambda ids: (PilotagePriorityCreate.of(workspace_id=ids["workspace"], label="More"),),
        "pilotagePriorityUpdate": lambda ids: (ids["pilotage_priority"], PilotagePriorityUpdate.of(active=False)),
        "pilotagePriorityDelete": lambda ids: (ids["pilotage_priority"],),
        "todoCreate": lambda ids: (
            TodoCreate.of(workspace_id=ids["workspace"], label="More", objective_id=ids["objective"]),
        ),
        "todoUpdate": lambda ids: (ids["todo"], TodoUpdate.of(status="done")),
        "todoDelete": lambda ids: (ids["todo"],),
        "decisionCreate": lambda ids: (DecisionCreate.of(workspace_id=ids["workspace"], title="More"),),
        "decisionUpdate": lambda ids: (ids["decision"], DecisionUpdate.of(impact="Less work")),
        "decisionDelete": lambda ids: (ids["decision"],),
        "pilotageDocumentCreate": lambda ids: (PilotageDocumentCreate.of(workspace_id=ids["workspace"], title="More"),),
        "pilotageDocumentUpdate": lambda ids: (ids["pilotage_document"], PilotageDocumentUpdate.of(owner="Ann")),
        "pilotageDocumentDelete": lambda ids: (ids["pilotage_document"],),
        "pilotageCycleClose": lambda ids: (ids["workspace"], 1),
        "briefingCreate": lambda ids: (BriefingCreate(agent_id=ids["agent"]),),
        "pilotageState": lambda ids: (ids["workspace"],),
        "pilotageDashboard": lambda ids: (ids["workspace"],),
        "pilotagePortfolio": lambda ids: (ids["workspace"],),
    },
    makes_another={
        "objectiveCreate",
        "pilotagePriorityCreate",
        "todoCreate",
        "decisionCreate",
        "pilotageDocumentCreate",
        "briefingCreate",
    },
    routes={
        ("GET", PILOTAGE + "/state"): None,
        ("GET", PILOTAGE + "/dashboard"): None,
        ("GET", PILOTAGE + "/portfolio"): None,
        ("POST", PILOTAGE + "/missions"): sent(objective="More"),
        ("PATCH", PILOTAGE + "/missions/{objectiveId}"): sent(status="done"),
        ("POST", PILOTAGE + "/priorities"): sent(label="More"),
        ("POST", PILOTAGE + "/todos"): lambda ids: {"label": "More", "missionId": str(ids["objective"])},
        ("PATCH", PILOTAGE + "/todos/{todoId}"): sent(status="done"),
        ("POST", PILOTAGE + "/decisions"): sent(title="More"),
        ("POST", PILOTAGE + "/docs"): sent(title="More"),
    },
    kept={
        "Objective": Kept(
            "createdBy { id }",
            {"Workspace": "steering: pilotage { objectives(first: 20) { nodes { ...ObjectiveFields } } }"},
        ),
        "PilotagePriority": Kept(
            "createdBy { id }",
            {"Workspace": "steering: pilotage { priorities(first: 20) { nodes { ...PilotagePriorityFields } } }"},
        ),
        "Todo": Kept(
            "objective { id } priority { id } createdBy { id }",
            {"Workspace": "steering: pilotage { todos(first: 20) { nodes { ...TodoFields } } }"},
        ),
        "Decision": Kept(
            "createdBy { id }",
            {"Workspace": "steering: pilotage { decisions(first: 20) { nodes { ...DecisionFields } } }"},
        ),
        "PilotageDocument": Kept(
            "createdBy { id }",
            {"Workspace": "steering: pilotage { documents(first: 20) { nodes { ...PilotageDocumentFields } } }"},
        ),
    },
    story=story,
)
