"""Drafts of projects."""

from starlette.responses import Response

from models.records import ProjectDraftRecord
from resolvers.inputs.project_draft import (
    MAX_CONTEXT,
    ProjectDraftAsk,
    ProjectDraftCreate,
    ProjectDraftRefine,
    ProjectDraftUpdate,
)
from resolvers.kit.nouns import PROJECT_DRAFT
from resolvers.kit.page import Page, Window
from resolvers.project_draft.plan import generate_roadmap, outcome, refine_project_draft
from resolvers.project_draft.project_draft import (
    ask_project_draft,
    create_project_draft,
    delete_project_draft,
    get_project_draft,
    list_project_drafts,
    update_project_draft,
)
from resolvers.transfer.draft import execute_project_draft, executed
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.lists import whole
from rest.stellary.paths import WORKSPACE
from rest.stellary.present.base import Ok, ok
from rest.stellary.present.project_draft import ProjectDraft, project_draft
from serving.errors import answer

MAX_BODY = 2 * MAX_CONTEXT
"""Base64 takes a third more, and JSON has words of its own."""

routes = Routes(
    "Project drafts",
    WORKSPACE + "/project-drafts",
    about="From a brief over questions to a roadmap, and then to a project.",
    place=460,
    tag_place=171,
)


@routes.get("", "List the drafts of projects of a workspace, the newest first", runs=list_project_drafts)
async def find(call: Call) -> list[ProjectDraft]:
    workspace = await guards.workspace(call)

    async def read(size: int, after: str | None) -> Page:
        return await list_project_drafts(call.ctx, workspace["_id"], Window.read(size, after))

    return [project_draft(record) for record in await whole(read)]


@routes.post("", "Begin a draft of a project", runs=create_project_draft, given=["workspaceId"], max_body=MAX_BODY)
async def create(call: Call) -> ProjectDraft:
    """A context document may also be its text alone, or base64 of that."""
    workspace = await guards.workspace(call)
    values = call.body(ProjectDraftCreate, workspaceId=workspace["_id"])
    return project_draft((await create_project_draft(call.ctx, values)).value)


@routes.get("/{draftId}", "Read a draft with its questions and its roadmap", runs=get_project_draft)
async def get(call: Call) -> ProjectDraft:
    found = await _draft(call)
    return project_draft(await get_project_draft(call.ctx, found["_id"]))


@routes.patch("/{draftId}", "Change a draft, or write its roadmap", runs=update_project_draft, max_body=MAX_BODY)
async def update(call: Call) -> ProjectDraft:
    found = await _draft(call)
    return project_draft((await update_project_draft(call.ctx, found["_id"], call.body(ProjectDraftUpdate))).value)


@routes.delete("/{draftId}", "Delete a draft", runs=delete_project_draft)
async def delete(call: Call) -> Ok:
    """The project that it became stays."""
    found = await _draft(call)
    await delete_project_draft(call.ctx, found["_id"])
    return ok()


@routes.post("/{draftId}/questions", "Ask questions about a draft", runs=ask_project_draft)
async def ask(call: Call) -> ProjectDraft:
    """What the planner does, four rounds at most, with how much is known."""
    found = await _draft(call)
    return project_draft((await ask_project_draft(call.ctx, found["_id"], call.body(ProjectDraftAsk))).value)


@routes.post(
    "/{draftId}/refine",
    "Answer questions about a draft, and get the next",
    runs=refine_project_draft,
    response=ProjectDraft,
    may_go_on=True,
)
async def refine(call: Call) -> Response:
    """Answers by question, or a list of `questionId` and `answer`. 202 where the planner takes longer than 30 s."""
    found = await _draft(call)
    return await _planned((await refine_project_draft(call.ctx, found["_id"], call.body(ProjectDraftRefine))).value)


@routes.post(
    "/{draftId}/generate-roadmap",
    "Have the roadmap of a draft written",
    runs=generate_roadmap,
    response=ProjectDraft,
    may_go_on=True,
)
async def generate(call: Call) -> Response:
    """202 where the planner takes longer than 30 s."""
    found = await _draft(call)
    return await _planned((await generate_roadmap(call.ctx, found["_id"])).value)


@routes.post(
    "/{draftId}/execute",
    "Make the project of a draft",
    runs=execute_project_draft,
    response=ProjectDraft,
    may_go_on=True,
)
async def execute(call: Call) -> Response:
    """With a column for each phase and a card for each deliverable; `projectId` is the project, which comes whole.
    Once: 409 then. 202 where it takes longer than 30 s; `jobId` tells what makes it."""
    found = await _draft(call)
    draft = (await execute_project_draft(call.ctx, found["_id"])).value
    return _known(draft, await executed(draft))


async def _draft(call: Call) -> ProjectDraftRecord:
    return await guards.of_workspace(call, PROJECT_DRAFT, "draftId")


async def _planned(draft: ProjectDraftRecord) -> Response:
    """What the planner made of a draft; the draft as it is for as long as it goes on."""
    return _known(draft, await outcome(draft))


def _known(draft: ProjectDraftRecord, done: ProjectDraftRecord | None) -> Response:
    return answer(project_draft(done or draft), 202 if done is None else 201)
