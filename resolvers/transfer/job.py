"""Imports that run by themselves: what starts one, and what is told of it. `resolvers.transfer.run` does the work."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from auth.policies import board
from models import Project, TransferJob, Workspace
from models.base import Record, collection, to_record, without
from models.enums import StorageKind, TokenScope
from models.errors import BadUserInput, Conflict, PayloadTooLarge, RateLimited
from models.ids import Kind, new_id
from models.records import TransferJobRecord, WorkspaceMemberRecord
from realtime.events.transfer import TransferJobChanged
from realtime.log import Change, Committed
from resolvers.files.storage_account import charge, check_room
from resolvers.files.store import discard_file, keep_file, write_file
from resolvers.inputs.transfer import ProjectImportStart
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.load import to_one_inside
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import TRANSFER_JOB, WORKSPACE
from resolvers.kit.operation import edge, operation, reader
from resolvers.kit.page import NEWEST_FIRST, Page, Window, pages, pages_by
from resolvers.kit.upload import Upload, file_name
from resolvers.transfer.archive import MAGIC
from resolvers.transfer.read import MAX_TEXT
from resolvers.transfer.write import MAKES

READ, WRITE = TokenScope.PROJECTS_READ, TokenScope.PROJECTS_WRITE
MAX_WAITING = 3
"""Jobs of a workspace that have not ended. Their input counts in its storage account until then."""
MAX_OF_PERSON = 5
"""Jobs of a person that have not ended, in all workspaces. Their input is no more than one workspace may store."""
TURN = timedelta(minutes=1)
"""How much later than the one before the next job of a person has its turn: others who come meanwhile go first."""

_INTERNAL = frozenset({"holder", "lease_until", "turn", "attempts", "next_part", "parts", "ids_secret", "on_odd_item"})
_STARTS = (b"{", b"\xef\xbb\xbf{", MAGIC)


def max_input(ctx: Context) -> int:
    """Bytes that a file may have: no more than the workspace may store."""
    return ctx.services.storage_quota


def told(job: TransferJobRecord) -> TransferJobRecord:
    """A job without what its workers keep in it."""
    return without(job, _INTERNAL)


get_transfer_job = reader("transferJob", TRANSFER_JOB)


@operation("transferJobs", opens=WORKSPACE.by("workspace_id"), permission=board.READ, scope=READ, read_only=True)
async def list_transfer_jobs(
    ctx: Context, membership: WorkspaceMemberRecord, window: Window, fields: Fields = None
) -> Page[TransferJobRecord]:
    """A page of the imports of a workspace, the newest first."""
    workspace_id = membership["workspace_id"]
    return (await pages(TransferJob, "workspace_id", [workspace_id], window, sort=NEWEST_FIRST, fields=fields))[
        workspace_id
    ]


@operation(
    "projectImportStart",
    inside=WORKSPACE,
    permission=board.WRITE,
    scope=WRITE,
    includes=(*MAKES, "attachmentCreate", "projectMemberAdd"),
)
async def start_import(
    ctx: Context, _membership: WorkspaceMemberRecord, values: ProjectImportStart
) -> Committed[TransferJobRecord]:
    """Import a large project by a job: its file comes with this request, and is written afterwards, part by part.
    `TransferJobChanged` of `workspaceEvents` tells how far it is.

    Raises PayloadTooLarge for a file that is too large or that the workspace has no room for, BadUserInput for what
    is no such file by its first bytes, Conflict where three imports of the workspace have not ended yet, RateLimited
    where five of the caller's have not.
    """
    workspace_id = values.workspace_id
    name = file_name(values.file.name)
    # Looked at again in the change, which alone decides: here it spares the transfer.
    _check_waiting(await collection(TransferJob).find(_waiting(workspace_id), {"_id": 1}).to_list())
    _check_own(ctx, await _own(ctx), 1)
    await check_room(ctx, workspace_id, 1)
    job_id = new_id(Kind.TRANSFER_JOB)
    try:
        written = await write_file(job_id, workspace_id, name, _bounded(values.file), limit=max_input(ctx))

        async def body(change: Change) -> TransferJobRecord:
            odd, size = values.on_odd_item, written.size
            job = await insert_job(ctx, change, workspace_id, name, size, id=job_id, on_odd_item=odd)
            if not await keep_file(change, job_id):
                raise Conflict("took too long to come: send it again", field="file")
            await charge(ctx, change, workspace_id, StorageKind.IMPORTS, size)
            return job

        started = await ctx.write(workspace_id, body)
    except BaseException:
        await discard_file(job_id)
        raise
    ctx.services.transfers_due.set()
    return started


async def insert_job(
    ctx: Context, change: Change, workspace_id: ObjectId, name: str, size: int = 0, **values: Any
) -> TransferJobRecord:
    """Write a job of the caller within a change, and tell of it. Raises Conflict and RateLimited where there are enough
    that have not ended."""
    await require_parent(change, Workspace, workspace_id)
    before = collection(TransferJob).find(_waiting(workspace_id), {"_id": 1}, session=change.session)
    _check_waiting(await before.to_list())
    own = await _own(ctx, change.session)
    _check_own(ctx, own, size)
    job = to_record(
        TransferJob(
            **values,
            workspace_id=workspace_id,
            created_by=ctx.user_id,
            file_name=name,
            file_size=size,
            lease_until=change.at,
            turn=max([change.at, *(item.get("turn", change.at) + TURN for item in own)]),
            created_at=change.at,
        )
    )
    await collection(TransferJob).insert_one(job, session=change.session)
    change.append(workspace_id, TransferJobChanged(job=told(job)))
    return job


transfer_jobs_of = pages_by(TRANSFER_JOB, "workspace_id", sort=NEWEST_FIRST)
"""The imports of each workspace, the newest first."""


@edge(scope=READ)
async def project_of(ctx: Context, jobs: Sequence[TransferJobRecord], fields: Fields) -> list[Record | None]:
    """The project that a job writes or wrote; None before it does, and where it is gone."""
    return await to_one_inside(Project, jobs, "project_id", fields)


def _waiting(workspace_id: ObjectId) -> Record:
    return {"workspace_id": workspace_id, "expires_at": None}


def _check_waiting(jobs: Sequence[TransferJobRecord]) -> None:
    if len(jobs) >= MAX_WAITING:
        raise Conflict(f"The workspace has {MAX_WAITING} imports that have not ended: wait for one")


async def _own(ctx: Context, session: AsyncClientSession | None = None) -> list[TransferJobRecord]:
    """The caller's jobs that have not ended, in all workspaces."""
    found = collection(TransferJob).find(
        {"created_by": ctx.user_id, "expires_at": None}, {"turn": 1, "file_size": 1}, session=session
    )
    return await found.to_list()


def _check_own(ctx: Context, jobs: Sequence[TransferJobRecord], more: int) -> None:
    """Refuse a job of somebody who has enough of them. Two that start at the same moment may both be let in."""
    if len(jobs) >= MAX_OF_PERSON:
        raise RateLimited(f"You have {MAX_OF_PERSON} imports that have not ended: wait for one", retry_after=10)
    if sum(job["file_size"] for job in jobs) + more > ctx.services.storage_quota:
        raise RateLimited("The files of your imports that have not ended are too large: wait for one", retry_after=10)


def _bounded(file: Upload) -> Upload:
    """A file that is refused as soon as its first bytes show that it is none to import."""

    async def chunks() -> AsyncIterator[bytes]:
        head, size = b"", 0
        async for piece in file.chunks():
            if len(head) < 4:
                head = (head + piece).lstrip(b" \t\r\n")[:8]
                if head and not any(head.startswith(start) or start.startswith(head) for start in _STARTS):
                    raise BadUserInput("is neither a JSON object nor an archive", field="file")
            size += len(piece)
            if size > MAX_TEXT and not head.startswith(MAGIC):
                raise PayloadTooLarge(f"file: is larger than {MAX_TEXT} bytes", maximum=MAX_TEXT)
            yield piece
        if not head:
            raise BadUserInput("is empty", field="file")

    return replace(file, chunks=chunks)
