"""Drafts of projects, which an agent asks about and plans."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import httpx

from models.enums import DraftQuestionKind
from resolvers.inputs.project_draft import (
    DraftDeliverableInput,
    DraftPhaseInput,
    DraftQuestionInput,
    ProjectDraftAsk,
    ProjectDraftCreate,
    ProjectDraftRefine,
    ProjectDraftUpdate,
)
from resolvers.kit.page import Window
from resolvers.project_draft import project_draft
from tests.patience import PATIENCE
from tests.rest.conftest import made
from tests.rest.story import Cast, changed, deleted, read
from tests.world.paths import WORKSPACE
from tests.world.sample import Kept, Sample, sent
from tests.world.world import World

DRAFT = WORKSPACE + "/project-drafts/{draftId}"


async def make(world: World) -> None:
    """One with a question, and one that is planned."""
    ids = world.ids
    for name in ("project_draft", "planned_draft"):
        texts = [{"content": "Soon"}]
        brief = ProjectDraftCreate.of(workspace_id=ids["workspace"], name="Ship it", context_documents=texts)
        ids[name] = (await world.made(project_draft.create_project_draft, brief))["_id"]
    when = ProjectDraftAsk(readiness=40, questions=[DraftQuestionInput(kind=DraftQuestionKind.TEXT, text="By when?")])
    await world.made(project_draft.ask_project_draft, ids["project_draft"], when)
    phase = DraftPhaseInput(name="Alpha", deliverables=[DraftDeliverableInput(title="A ship")])
    await world.made(project_draft.update_project_draft, ids["planned_draft"], ProjectDraftUpdate.of(roadmap=[phase]))


async def story(cast: Cast) -> None:
    path_of_all = f"{cast.workspace}/project-drafts"
    documents = [{"name": "Brief", "content": "Payments fail too often."}]
    brief = {"name": "Checkout stabilization", "description": "Reduce payment failure rate"}
    people = [{"name": "Alex", "role": "Engineering lead"}]
    draft = await made(cast.ann, path_of_all, **brief, contextDocuments=documents, teamMembers=people)
    path = f"{path_of_all}/{draft['id']}"
    assert await read(cast.ann, path_of_all) == [draft]
    hired = {"name": "Planner", "slug": "planner", "autonomyMode": "autonomous"}
    planner = cast.api.client((await made(cast.ann, f"{cast.workspace}/agents", **hired))["token"])
    asked = partial(made, planner, f"{path}/questions", readiness=40, questions=[{"kind": "text", "text": "By when?"}])
    refined = await _while(cast.ann.post(f"{path}/refine", json={}), path, asked, cast.ann)
    assert refined.status_code == 201, refined.text
    assert [question["id"] for question in refined.json()["questions"]] == ["r1q1"]
    phases = [{"name": "Alpha", "deliverables": [{"title": "Retries"}]}]
    await made(cast.ann, f"{cast.workspace}/missions/{refined.json()['missionId']}/cancel")
    planned = partial(changed, planner, path, roadmap=phases)
    written = await _while(cast.ann.post(f"{path}/generate-roadmap"), path, planned, cast.ann)
    assert (written.json()["stage"], written.json()["roadmap"][0]["name"]) == ("roadmap", "Alpha")
    assert (await changed(cast.ann, path, description="Fewer failures"))["readiness"] == 40
    executed = await made(cast.ann, f"{path}/execute")
    assert (await read(cast.ann, f"{cast.workspace}/projects/{executed['projectId']}"))["name"] == brief["name"]
    assert await read(cast.ann, path) == executed
    await deleted(cast.ann, path)


async def _while(
    request: Coroutine[Any, Any, httpx.Response], draft: str, plan: Callable[[], Coroutine[Any, Any, Any]], ann: Any
) -> httpx.Response:
    """The answer to a request, during which the planner has a mission and does what it does."""
    before = (await read(ann, draft))["missionId"]
    asking = asyncio.create_task(request)
    for _ in range(int(PATIENCE / 0.02)):
        if (await read(ann, draft))["missionId"] != before:
            break
        await asyncio.sleep(0.02)
    await plan()
    return await asking


SAMPLE = Sample(
    after=("agent", "project"),
    make=make,
    places={"draftId": "project_draft"},
    calls={
        "projectDraft": lambda ids: (ids["project_draft"],),
        "projectDrafts": lambda ids: (ids["workspace"], Window.read()),
        "projectDraftCreate": lambda ids: (ProjectDraftCreate.of(workspace_id=ids["workspace"], name="More"),),
        "projectDraftUpdate": lambda ids: (ids["project_draft"], ProjectDraftUpdate.of(name="Other")),
        "projectDraftAsk": lambda ids: (ids["project_draft"], ProjectDraftAsk(readiness=70)),
        "projectDraftRefine": lambda ids: (ids["project_draft"], ProjectDraftRefine(answers={"r1q1": "Soon"})),
        "projectDraftGenerateRoadmap": lambda ids: (ids["project_draft"],),
        "projectDraftExecute": lambda ids: (ids["planned_draft"],),
        "projectDraftDelete": lambda ids: (ids["project_draft"],),
    },
    makes_another={"projectDraftCreate"},
    refused_there={"projectDraftRefine"},
    routes={
        ("GET", WORKSPACE + "/project-drafts"): None,
        ("POST", WORKSPACE + "/project-drafts"): sent(name="More"),
        ("GET", DRAFT): None,
        ("PATCH", DRAFT): sent(name="Other"),
        ("DELETE", DRAFT): None,
        ("POST", DRAFT + "/questions"): sent(readiness=70),
        ("POST", DRAFT + "/refine"): sent(answers={"r1q1": "Soon"}),
        ("POST", DRAFT + "/generate-roadmap"): None,
        ("POST", DRAFT + "/execute"): None,
    },
    kept={
        "ProjectDraft": Kept(
            """
                teamMembers { name role } contextDocuments { name size content }
                questions { id round kind text options answer }
                roadmap { name description deliverables { title description priority checklist } }
                mission { id } job { id } project { id } createdBy { id }
            """,
            {"Workspace": "projectDrafts(first: 50) { nodes { ...ProjectDraftFields } }"},
            outlives=True,
        )
    },
    story=story,
)
