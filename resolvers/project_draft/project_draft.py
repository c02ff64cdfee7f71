"""Drafts of projects: what is known, what is asked, and what is planned."""

from collections.abc import Sequence
from typing import Any

from bson import ObjectId

from auth.policies import board
from models import Mission, Project, ProjectDraft, TransferJob, Workspace
from models.base import AnyRecord, Record, collection, to_record, without
from models.enums import DraftStage, TokenScope
from models.errors import Conflict, NotFound
from models.facts import CREATE
from models.records import ProjectDraftRecord, WorkspaceMemberRecord
from realtime.events.project_draft import ProjectDraftCreated, ProjectDraftDeleted, ProjectDraftUpdated
from realtime.log import Change, Committed
from resolvers.inputs.project_draft import (
    MAX_ROUNDS,
    DraftDocumentInput,
    DraftPhaseInput,
    ProjectDraftAsk,
    ProjectDraftCreate,
    ProjectDraftUpdate,
)
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.fields import values_of
from resolvers.kit.load import OneEdge, by_ids, to_one_inside
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import PROJECT_DRAFT, WORKSPACE
from resolvers.kit.operation import edge, operation, reader
from resolvers.kit.page import NEWEST_FIRST, Page, Window, pages, pages_by

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
MAX_DRAFTS = 50
"""Of a workspace; each may have 1 MB of texts."""

LONG = frozenset({"context_documents", "questions", "roadmap"})
"""What is not in events."""

get_project_draft = reader("projectDraft", PROJECT_DRAFT)


@operation("projectDrafts", opens=WORKSPACE.by("workspace_id"), permission=board.READ, scope=READ, read_only=True)
async def list_project_drafts(
    ctx: Context, membership: WorkspaceMemberRecord, window: Window, fields: Fields = None
) -> Page:
    """A page of the drafts of a workspace, the newest first."""
    workspace_id = membership["workspace_id"]
    found = await pages(ProjectDraft, "workspace_id", [workspace_id], window, sort=NEWEST_FIRST, fields=fields)
    return found[workspace_id]


@operation("projectDraftCreate", inside=WORKSPACE, permission=board.WRITE, scope=WRITE)
async def create_project_draft(
    ctx: Context, _membership: WorkspaceMemberRecord, values: ProjectDraftCreate
) -> Committed[ProjectDraftRecord]:
    """Begin a draft of a project."""
    workspace_id = values.workspace_id

    async def body(change: Change) -> ProjectDraftRecord:
        await require_parent(change, Workspace, workspace_id)
        await require_room(change, ProjectDraft, {"workspace_id": workspace_id}, MAX_DRAFTS, "drafts")
        draft = to_record(
            ProjectDraft(
                workspace_id=workspace_id,
                **values_of(values, ProjectDraft, CREATE),
                context_documents=_documents(values.context_documents),
                team_members=[member.model_dump() for member in values.team_members],
                created_by=ctx.user_id,
                created_at=change.at,
                updated_at=change.at,
            )
        )
        await collection(ProjectDraft).insert_one(draft, session=change.session)
        change.append(workspace_id, ProjectDraftCreated(project_draft=_told(draft)))
        return draft

    return await ctx.write(workspace_id, body)


@operation("projectDraftUpdate", opens=PROJECT_DRAFT, permission=board.WRITE, scope=WRITE)
async def update_project_draft(
    ctx: Context, door: ProjectDraftRecord, values: ProjectDraftUpdate
) -> Committed[ProjectDraftRecord]:
    """Change a draft that has not become a project: its brief, or its roadmap, which may be written by hand."""
    given = values.given()
    if "context_documents" in given:
        given["context_documents"] = _documents(values.context_documents or ())
    if "team_members" in given:
        given["team_members"] = [member.model_dump() for member in values.team_members or ()]
    if "roadmap" in given:
        given["roadmap"] = _phases(values.roadmap or ())
        given["stage"] = DraftStage.ROADMAP.value

    async def body(change: Change) -> ProjectDraftRecord:
        check_open(await find_draft(change, door["_id"]))
        return await change_draft(change, door["_id"], given)

    return await ctx.write(door["workspace_id"], body)


@operation("projectDraftAsk", opens=PROJECT_DRAFT, permission=board.WRITE, scope=WRITE)
async def ask_project_draft(
    ctx: Context, door: ProjectDraftRecord, values: ProjectDraftAsk
) -> Committed[ProjectDraftRecord]:
    """Ask the next round of questions about a draft, four rounds at most, and say how much is known.

    What the planner does; whoever may write does it as well.
    """

    async def body(change: Change) -> ProjectDraftRecord:
        draft = await find_draft(change, door["_id"])
        check_open(draft)
        given: Record = {"readiness": values.readiness}
        if draft["stage"] == DraftStage.FRAMING.value:
            given["stage"] = DraftStage.REFINEMENT.value
        if values.questions:
            if draft["round"] >= MAX_ROUNDS:
                raise Conflict(f"A draft has at most {MAX_ROUNDS} rounds of questions", limit=MAX_ROUNDS)
            given["round"] = draft["round"] + 1
            asked = [
                {"id": f"r{given['round']}q{place}", "round": given["round"], **question.model_dump(), "answer": None}
                for place, question in enumerate(values.questions, 1)
            ]
            given["questions"] = [*draft["questions"], *asked]
        return await change_draft(change, door["_id"], given)

    return await ctx.write(door["workspace_id"], body)


@operation("projectDraftDelete", opens=PROJECT_DRAFT, permission=board.WRITE, scope=WRITE)
async def delete_project_draft(ctx: Context, door: ProjectDraftRecord) -> Committed[ObjectId]:
    """Delete a draft; the project that it became stays. Raises Conflict for one that is becoming it."""

    async def body(change: Change) -> ObjectId:
        _check_idle(await find_draft(change, door["_id"]))
        await collection(ProjectDraft).delete_one({"_id": door["_id"]}, session=change.session)
        change.append(door["workspace_id"], ProjectDraftDeleted(deleted_id=door["_id"]))
        return ObjectId(door["_id"])

    return await ctx.write(door["workspace_id"], body)


async def find_draft(change: Change, draft_id: ObjectId) -> ProjectDraftRecord:
    """A draft as it stands within a change, without its texts; raises NotFound."""
    found = await collection(ProjectDraft).find_one({"_id": draft_id}, {"context_documents": 0}, session=change.session)
    if found is None:
        raise NotFound("Project draft")
    return found


def check_open(draft: ProjectDraftRecord) -> None:
    """Raise Conflict, with the project, for a draft that became one, and with the job for one that is about to."""
    _check_idle(draft)
    if draft["project_id"] is not None:
        raise Conflict("The draft has become a project already", projectId=str(draft["project_id"]))


def _check_idle(draft: ProjectDraftRecord) -> None:
    if draft.get("job_id") is not None:  # drafts of before have none
        raise Conflict("The draft is becoming a project", jobId=str(draft["job_id"]))


async def change_draft(change: Change, draft_id: ObjectId, values: Record) -> ProjectDraftRecord:
    """Write what changes of a draft, and tell of it if anything does."""
    draft, differs = await set_fields(change, ProjectDraft, draft_id, values)
    if differs:
        change.append(draft["workspace_id"], ProjectDraftUpdated(project_draft=_told(draft)))
    return draft


def _told(draft: ProjectDraftRecord) -> ProjectDraftRecord:
    return without(draft, LONG)


def _documents(given: Sequence[DraftDocumentInput]) -> list[dict[str, Any]]:
    return [{**document.model_dump(), "size": len(document.content.encode())} for document in given]


def _phases(given: Sequence[DraftPhaseInput]) -> list[dict[str, Any]]:
    return [phase.model_dump(mode="python") for phase in given]


def part_of(key: str) -> OneEdge:
    """The edge to a long part of drafts; one that an event told of has it in the database alone."""

    @edge(scope=READ)
    async def part(ctx: Context, drafts: Sequence[AnyRecord], fields: Fields) -> list[Any]:
        untold = [draft["_id"] for draft in drafts if key not in draft]
        found: dict[Any, Any] = dict(await by_ids(ProjectDraft, untold, frozenset({key})))
        return [draft[key] if key in draft else found.get(draft["_id"], {}).get(key, []) for draft in drafts]

    return part


documents_of, questions_of, roadmap_of = map(part_of, ("context_documents", "questions", "roadmap"))

project_drafts_of = pages_by(PROJECT_DRAFT, "workspace_id", sort=NEWEST_FIRST)
"""The drafts of each workspace, the newest first."""


@edge(scope=READ)
async def project_of(ctx: Context, drafts: Sequence[ProjectDraftRecord], fields: Fields) -> list[Record | None]:
    """What each draft became; None for nothing yet, and once that is deleted."""
    return await to_one_inside(Project, drafts, "project_id", fields)


@edge(scope=TokenScope.PILOTAGE_READ)
async def mission_of(ctx: Context, drafts: Sequence[ProjectDraftRecord], fields: Fields) -> list[Record | None]:
    """The last mission that was about each draft."""
    return await to_one_inside(Mission, drafts, "mission_id", fields)


@edge(scope=READ)
async def job_of(ctx: Context, drafts: Sequence[ProjectDraftRecord], fields: Fields) -> list[Record | None]:
    """What makes the project of each draft; None where nothing does."""
    return await to_one_inside(TransferJob, drafts, "job_id", fields)
