"""Drafts with much to make: a job makes their projects part by part, and nobody sees those until they are whole."""

from typing import Any

import pytest
from bson import ObjectId

from models import Activity, Card, Column, Project, ProjectDraft, Tombstone, TransferJob
from models.base import collection
from models.errors import Conflict, NotFound
from models.records import ProjectDraftRecord
from resolvers.inputs.project_draft import ProjectDraftCreate, ProjectDraftUpdate
from resolvers.kit.context import Context, Services
from resolvers.kit.input import read_input
from resolvers.member.workspace_member import remove_workspace_member
from resolvers.project.project import get_project, list_projects
from resolvers.project_draft import plan
from resolvers.project_draft.project_draft import (
    create_project_draft,
    delete_project_draft,
    get_project_draft,
    update_project_draft,
)
from resolvers.transfer import draft as transfer_draft
from resolvers.transfer.draft import execute_project_draft, executed
from tests.resolvers.conftest import Join
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.lab import again, event_types, events
from tests.resolvers.transfers import Dying, Killed, expire, run, small_parts, stored_job

PHASES, EACH = 3, 16
CARDS = PHASES * EACH
ROADMAP = [
    {
        "name": f"Phase {phase}",
        "deliverables": [{"title": f"{phase}.{n}", "checklist": ["Step"]} for n in range(EACH)],
    }
    for phase in range(PHASES)
]


@pytest.fixture(autouse=True)
async def _much(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """No jobs of other tests; these drafts are large, and a part has few cards."""
    small_parts(monkeypatch)
    monkeypatch.setattr(transfer_draft, "AT_ONCE", CARDS - 1)
    await collection(TransferJob).delete_many({})


async def drafted(caller: Context, workspace: Any) -> ProjectDraftRecord:
    begun = read_input(ProjectDraftCreate, {"workspaceId": workspace["_id"], "name": "Checkout"})
    draft = (await create_project_draft(again(caller), begun)).value
    written = read_input(ProjectDraftUpdate, {"roadmap": ROADMAP})
    return (await update_project_draft(again(caller), draft["_id"], written)).value


async def begun(caller: Context, draft: ProjectDraftRecord) -> tuple[ProjectDraftRecord, Any]:
    """The draft once its project is being made, and the job that makes it."""
    started = (await execute_project_draft(again(caller), draft["_id"])).value
    job = await collection(TransferJob).find_one({"_id": started["job_id"]})
    assert job is not None
    return started, job


async def half_made(services: Services, job: Any) -> ObjectId:
    """The project that a process has left half-written, as it died."""
    with pytest.raises(Killed):
        await Dying(services, "dying", after=2).run_next()
    project_id = (await stored_job(job))["project_id"]
    assert 0 < await collection(Card).count_documents({"project_id": project_id}) < CARDS
    await expire(job)
    return ObjectId(project_id)


async def test_a_large_project_comes_whole_whoever_dies_while_it_is_made(
    owner: Context, workspace: Any, services: Services
) -> None:
    # Given a draft whose project a process has made a part of, and died
    draft = await drafted(owner, workspace)
    before = await event_types(workspace["_id"])
    started, job = await begun(owner, draft)
    project_id = await half_made(services, job)

    # Then nobody sees or is told anything of it
    assert (started["stage"], started["project_id"]) == ("roadmap", None)
    with pytest.raises(NotFound):
        await get_project(again(owner), project_id)
    assert project_id not in [project["_id"] for project in await list_projects(again(owner), workspace["_id"])]
    told = (await event_types(workspace["_id"]))[len(before) :]
    assert set(told) == {"TransferJobChanged", "ProjectDraftUpdated"}
    assert await collection(Activity).count_documents({"project_id": project_id}) == 0

    # When another process goes on
    assert (await run(services, job))["state"] == "done"

    # Then it is there, each card once, and all of it is told together
    done = await get_project_draft(again(owner), draft["_id"])
    assert (done["stage"], done["project_id"], done["job_id"]) == ("executed", project_id, None)
    assert (await get_project(again(owner), project_id))["name"] == "Checkout"
    cards = await collection(Card).find({"project_id": project_id}).sort("rank", 1).to_list()
    assert [card["title"] for card in cards] == [f"{phase}.{n}" for phase in range(PHASES) for n in range(EACH)]
    assert {(card["started_at"], card["completed_at"]) for card in cards} == {(None, None)}
    history = (await events(workspace["_id"]))[len(before) + len(told) :]
    kinds = [event["type"] for event in history]
    assert kinds[kinds.index("ProjectCreated") :] == [
        "ProjectCreated",
        "ProjectMemberAdded",
        *["ColumnCreated"] * PHASES,
        *["CardCreated"] * CARDS,
        "ProjectDraftUpdated",
        "TransferJobChanged",
        "TransferJobChanged",
    ]
    made = [event["data"] for event in history if event["type"] == "CardCreated"]
    assert [card["card"] for card in made] == cards
    assert [card["order"] for card in made] == [*range(EACH)] * PHASES
    assert await collection(Activity).count_documents({"project_id": project_id}) == CARDS
    assert await collection(Tombstone).find_one({"_id": project_id}) is None


async def test_a_draft_that_is_becoming_a_project_is_not_touched(
    owner: Context, workspace: Any, services: Services
) -> None:
    draft = await drafted(owner, workspace)
    _, job = await begun(owner, draft)

    for refused in (
        execute_project_draft(again(owner), draft["_id"]),
        update_project_draft(again(owner), draft["_id"], read_input(ProjectDraftUpdate, {"name": "Other"})),
        delete_project_draft(again(owner), draft["_id"]),
    ):
        with pytest.raises(Conflict) as conflict:
            await refused
        assert conflict.value.details["jobId"] == str(job["_id"])

    await run(services, job)
    with pytest.raises(Conflict) as conflict:
        await execute_project_draft(again(owner), draft["_id"])
    assert "projectId" in conflict.value.details
    await delete_project_draft(again(owner), draft["_id"])


async def test_what_comes_to_nothing_leaves_nothing_and_may_be_tried_again(
    owner: Context, workspace: Any, join: Join, services: Services
) -> None:
    # Given somebody who has left the workspace while their project is made
    ada = await join(workspace, "ada")
    draft = await drafted(ada, workspace)
    started, job = await begun(ada, draft)
    project_id = await half_made(services, job)
    await remove_workspace_member(again(owner), workspace["_id"], ada.user_id)

    # When another process goes on
    assert (await run(services, job))["state"] == "failed"
    await finish_deletions(services)

    # Then nothing of it is left, and whoever waits is told
    assert await collection(Project).count_documents({"_id": project_id}) == 0
    assert await collection(Column).count_documents({"project_id": project_id}) == 0
    assert await collection(Card).count_documents({"project_id": project_id}) == 0
    assert "ProjectCreated" not in (await event_types(workspace["_id"]))[-8:]
    with pytest.raises(Conflict, match="has come to nothing: Workspace not found"):
        await executed(started)

    # And somebody else may execute it
    _, job = await begun(owner, draft)
    assert (await run(services, job))["state"] == "done"


async def test_whoever_waits_has_the_draft_once_its_project_is_there(
    owner: Context, workspace: Any, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "PATIENCE", 0.0)
    draft = await drafted(owner, workspace)
    started, job = await begun(owner, draft)
    assert await executed(started) is None

    await run(services, job)

    done = await executed(started)
    assert done is not None
    assert await collection(Project).count_documents({"_id": done["project_id"]}) == 1
    assert await collection(ProjectDraft).count_documents({"_id": draft["_id"], "stage": "executed"}) == 1
