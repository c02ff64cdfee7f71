"""A draft becomes a project: its phases columns, its deliverables cards.

What is small is made by the change that asks for it; of more, a job makes a part at a time (`resolvers.transfer.run`),
and nobody sees anything of the project until it is whole.
"""

from collections.abc import Iterator
from functools import partial

from bson import ObjectId

from auth.policies import board
from models import ProjectDraft, TransferJob
from models.base import Record, collection
from models.enums import DraftStage, Priority, TokenScope
from models.errors import Conflict, NotFound
from models.records import ProjectDraftRecord, ProjectRecord, TransferJobRecord
from realtime.log import Change, Committed
from resolvers.inputs.transfer import ImportedCard, ImportedColumn, ImportedProject, ProjectImport
from resolvers.kit.context import Context
from resolvers.kit.nouns import PROJECT_DRAFT
from resolvers.kit.operation import operation
from resolvers.project_draft.plan import awaited
from resolvers.project_draft.project_draft import change_draft, check_open, find_draft
from resolvers.transfer.hidden import drop, show, untold
from resolvers.transfer.job import insert_job
from resolvers.transfer.plan import Plan, draw
from resolvers.transfer.write import Part, parts, write_project

AT_ONCE = 50
"""Deliverables that the change itself makes cards of."""


@operation(
    "projectDraftExecute",
    opens=PROJECT_DRAFT,
    permission=board.WRITE,
    scope=TokenScope.PROJECTS_WRITE,
    includes=("projectCreate", "columnCreate", "cardCreate"),
)
async def execute_project_draft(ctx: Context, door: ProjectDraftRecord) -> Committed[ProjectDraftRecord]:
    """Make the project of a draft, with a column for each phase of its roadmap and a card for each deliverable.

    The project comes whole. Of more than 50 deliverables it does after this change: `job` tells how far it is.
    Raises Conflict without a roadmap, and with the project where there is one already.
    """

    async def body(change: Change) -> ProjectDraftRecord:
        draft = await find_draft(change, door["_id"])
        check_open(draft)
        if not draft["roadmap"]:
            raise Conflict("The draft has no roadmap: generate it, or write it by hand")
        if sum(len(phase["deliverables"]) for phase in draft["roadmap"]) > AT_ONCE:
            job = await insert_job(ctx, change, draft["workspace_id"], draft["name"], draft_id=draft["_id"])
            return await change_draft(change, draft["_id"], {"job_id": job["_id"]})
        plan = draw(draft["workspace_id"], as_import(draft))
        project = await write_project(ctx, change, plan)
        for part in parts(plan):
            await part.write(change, project)
        return await change_draft(change, draft["_id"], _executed(project))

    written = await ctx.write(door["workspace_id"], body)
    ctx.services.transfers_due.set()
    return written


async def executed(draft: ProjectDraftRecord) -> ProjectDraftRecord | None:
    """The draft once its project is there, waiting for a while; None where that is still being made.

    Raises Conflict where its job came to nothing.
    """

    async def look() -> ProjectDraftRecord | None:
        now = await collection(ProjectDraft).find_one({"_id": draft["_id"]})
        if now is not None and now["job_id"] is not None:
            return None
        if now is not None and now["project_id"] is not None:
            return now
        job = await collection(TransferJob).find_one({"_id": draft["job_id"]}, {"error": 1})
        told = job["error"]["message"] if job is not None and job["error"] else "it is gone"
        raise Conflict(f"The project has come to nothing: {told}")

    return await awaited(look)


async def read_draft(draft_id: ObjectId) -> ProjectImport:
    """What a job makes of a draft. Raises NotFound for one that is gone."""
    draft = await collection(ProjectDraft).find_one({"_id": draft_id}, {"context_documents": 0})
    if draft is None:
        raise NotFound("Project draft")
    return as_import(draft)


def as_import(draft: ProjectDraftRecord) -> ProjectImport:
    """A draft as the project that it describes. Nothing of that has begun, whichever column it stands in."""
    return ProjectImport.of(
        project=ImportedProject.of(name=draft["name"], description=draft["description"]),
        columns=[ImportedColumn.of(name=phase["name"]) for phase in draft["roadmap"]],
        cards=[
            ImportedCard.of(
                title=deliverable["title"],
                description=deliverable["description"],
                priority=deliverable["priority"] and Priority(deliverable["priority"]),
                checklist=[{"title": step} for step in deliverable["checklist"]],
                column_index=place,
                started_at=None,
                completed_at=None,
            )
            for place, phase in enumerate(draft["roadmap"])
            for deliverable in phase["deliverables"]
        ],
    )


def hidden_parts(plan: Plan, draft_id: ObjectId) -> Iterator[Part]:
    """What a job writes after the project itself, which is hidden until the last part."""
    yield from map(untold, parts(plan))
    yield Part(0, partial(_appear, draft_id))


async def _appear(draft_id: ObjectId, change: Change, project: ProjectRecord) -> None:
    await show(change, project)
    await change_draft(change, draft_id, _executed(project))


async def give_up(change: Change, job: TransferJobRecord) -> None:
    """End a job that makes the project of a draft before it is there; the draft may be executed again."""
    if job["project_id"] is not None:
        await drop(change, job["project_id"])
    mine = {"_id": job["draft_id"], "job_id": job["_id"]}
    draft = await collection(ProjectDraft).find_one(mine, {"_id": 1}, session=change.session)
    if draft is not None:
        await change_draft(change, draft["_id"], {"job_id": None})


def _executed(project: ProjectRecord) -> Record:
    return {"stage": DraftStage.EXECUTED.value, "project_id": project["_id"], "job_id": None}
