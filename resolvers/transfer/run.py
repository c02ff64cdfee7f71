"""Carries out an import that runs by itself: takes it, writes its parts, and ends it.

Every part is written in the transaction that counts it, on the condition that this worker still holds the job and that
the part is the one that comes next. So whatever dies in between, each part is written once, by whoever holds the job
then; see decision 23.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any
from uuid import uuid4

from bson import ObjectId
from pymongo.errors import PyMongoError

from auth.policies import board
from auth.subject import ALL_SCOPES, Subject
from models import Project, TransferJob
from models.base import Record, collection, utc_now, with_changes
from models.caller import work_for
from models.enums import OnOddItem, StorageKind, TransferState
from models.errors import Internal, NotFound, OrreryError
from models.ids import ids_from
from models.reach import LATER, unexpected
from models.records import ProjectRecord, TransferJobRecord
from realtime.events.transfer import TransferJobChanged
from realtime.log import Change
from resolvers.files.storage_account import release
from resolvers.files.store import leave_files
from resolvers.inputs.transfer import ProjectImport
from resolvers.kit.access import check_workspace
from resolvers.kit.context import Context, Services
from resolvers.project.project import remove_project
from resolvers.transfer.archive import Source
from resolvers.transfer.draft import give_up, hidden_parts, read_draft
from resolvers.transfer.files import file_parts, plan_files
from resolvers.transfer.hidden import hide
from resolvers.transfer.input import opened
from resolvers.transfer.job import told
from resolvers.transfer.notes import Notes, told_notes
from resolvers.transfer.plan import IMPORTS, Plan, complete, draw
from resolvers.transfer.write import Part, find_gone, parts, write_project

log = logging.getLogger("orrery.transfers")

KEPT = timedelta(days=7)
MAX_ATTEMPTS = 5
PAUSE = timedelta(seconds=10)
"""Before a job is tried again that the database stood in the way of."""

MAX_SEEN = 20
"""Jobs that are looked at for somebody else's: more than one person may have waiting."""


class LostError(Exception):
    """Another worker has taken the job, or it is gone."""


class StoppedError(Exception):
    """The worker is to stop; or it has worked on this job for long enough, whose next `turn` comes after another's."""

    def __init__(self, turn: datetime | None = None) -> None:
        super().__init__()
        self.turn = turn


@dataclass(frozen=True, slots=True)
class Worker:
    """Who carries out jobs: `holder` is unique; a job that is held for `lease` without a sign of life is free.

    After a `spell` of work on one job those of other people have their turn: reading it anew takes a fraction of that.
    """

    services: Services
    holder: str
    lease: timedelta = timedelta(seconds=30)
    spell: timedelta = timedelta(seconds=15)
    stopping: Callable[[], bool] = lambda: False

    async def run_next(self) -> bool:
        """Carry out the job whose turn it is, as far as that is possible; whether there was one."""
        found = await _due()
        if found is None:
            return False
        job = await self._take(found)
        if job is None:
            return True
        work_for(job["created_by"])
        mine = {"_id": job["_id"], "holder": self.holder}
        try:
            async with self._alive(mine):
                await self._carry_out(job)
        except LostError:
            log.info("the import %s goes on elsewhere, or is gone", job["_id"])
        except StoppedError as stopped:
            turn = {} if stopped.turn is None else {"turn": stopped.turn}
            freed = {"$set": {"lease_until": utc_now(), "holder": None, **turn}, "$inc": {"attempts": -1}}
            await collection(TransferJob).update_one(mine, freed)
        except LATER as error:
            log.warning("the import %s waits", job["_id"], exc_info=unexpected(error))
            later = {"$set": {"lease_until": utc_now() + PAUSE, "holder": None}}
            await collection(TransferJob).update_one(mine, later)
        return True

    async def _take(self, found: TransferJobRecord) -> TransferJobRecord | None:
        """The job, held by this worker; None where another was faster, or where it was begun too often."""
        is_spent = found["attempts"] >= MAX_ATTEMPTS

        async def body(change: Change) -> TransferJobRecord | None:
            same = {"_id": found["_id"], "attempts": found["attempts"], "lease_until": found["lease_until"]}
            same |= {"state": found["state"], "holder": found["holder"]}
            changes = {
                "state": TransferState.RUNNING.value,
                "holder": self.holder,
                "lease_until": change.at + self.lease,
                "attempts": found["attempts"] + (not is_spent),
                "started_at": found["started_at"] or change.at,
            }
            taken = await collection(TransferJob).update_one(same, {"$set": changes}, session=change.session)
            if not taken.matched_count:
                return None
            if found["state"] == TransferState.QUEUED:
                change.append(found["workspace_id"], TransferJobChanged(job=told(with_changes(found, changes))))
            return with_changes(found, changes)

        job = (await self._context(found).write(found["workspace_id"], body)).value
        if job is not None and is_spent:
            masked = Internal(uuid4().hex)
            text = "the import %s was begun %d times, and is given up (error %s)"
            log.error(text, job["_id"], MAX_ATTEMPTS, masked.details["errorId"])
            await self._fail(job, masked)
            return None
        return job

    async def _carry_out(self, job: TransferJobRecord) -> None:
        try:
            async with opened(job) as source:
                plan, waiting = await self._read(job, source)
                ends = utc_now() + self.spell
                for number in range(job["next_part"], len(waiting) + 1):
                    if self.stopping():
                        raise StoppedError
                    job = await self._write(job, plan, waiting, number)
                    if utc_now() >= ends and number < len(waiting) and (other := await _other_due(job)):
                        raise StoppedError(max(utc_now(), other["turn"]) + timedelta(milliseconds=1))
            done = {"state": TransferState.DONE.value, "warnings": plan.warnings, **told_notes(plan.notes)}
            await self._end(job, done)
        except OrreryError as error:
            if isinstance(error, LATER):
                raise
            await self._fail(job, error)
        except (LostError, StoppedError, PyMongoError):
            raise
        except Exception as error:
            masked = Internal(uuid4().hex)
            log.error("the import %s failed (error %s)", job["_id"], masked.details["errorId"], exc_info=error)
            await self._fail(job, masked)

    async def _read(self, job: TransferJobRecord, source: Source) -> tuple[Plan, list[Part]]:
        notes = Notes() if job.get("on_odd_item") == OnOddItem.MEND else None  # jobs of before do not say
        draft_id = job.get("draft_id")
        if draft_id is None:
            values: ProjectImport = await IMPORTS.run(source.read, notes, admitted=True)
        else:
            values = await read_draft(draft_id)
        ids = ids_from(job["_id"], job["ids_secret"])
        plan = await IMPORTS.run(draw, job["workspace_id"], values, ids, notes, admitted=True)
        ctx = self._context(job)
        await complete(ctx, plan, is_new=job["next_part"] == 0)
        plan.is_hidden = draft_id is not None
        if draft_id is None:
            files = await plan_files(ctx, plan, source, is_new=job["next_part"] == 0)
            waiting = [*parts(plan), *file_parts(ctx, plan, source, files)]
        else:
            waiting = list(hidden_parts(plan, draft_id))
        if job["parts"] not in (None, len(waiting)):
            raise LookupError(f"the import has {len(waiting)} parts now, and had {job['parts']}")
        return plan, waiting

    async def _write(self, job: TransferJobRecord, plan: Plan, waiting: list[Part], number: int) -> TransferJobRecord:
        """Write a part, and count it; the job as it is then."""
        ctx = self._context(job)
        await check_workspace(ctx, job["workspace_id"], board.WRITE)
        sizes = [0, 0, *accumulate(part.size for part in waiting)]

        async def body(change: Change) -> TransferJobRecord:
            await self._hold(change, job, number)
            changes: dict[str, Any] = {
                "next_part": number + 1,
                "parts": len(waiting),
                "done": sizes[number + 1],
                "total": sizes[-1],
            }
            if number == 0:
                project = await write_project(ctx, change, plan)
                changes["project_id"] = project["_id"]
                if plan.is_hidden:
                    await hide(change, project)
            else:
                project = await _project(change, job["project_id"])
                await find_gone(change, plan, waiting[number - 1])
                await waiting[number - 1].write(change, project)
            return await self._set(change, job, changes)

        async with waiting[number - 1].ready() if number else nullcontext():
            return (await ctx.write(job["workspace_id"], body)).value

    async def _end(self, job: TransferJobRecord, changes: dict[str, Any]) -> None:
        async def body(change: Change) -> None:
            await self._hold(change, job, job["next_part"])
            has_failed = changes["state"] == TransferState.FAILED
            if job.get("draft_id") is None:
                if has_failed and job["project_id"] is not None:
                    await remove_project(change, job["project_id"])
                await leave_files(change, [job["_id"]])
                await release(change, job["workspace_id"], StorageKind.IMPORTS, job["file_size"])
            elif has_failed:
                await give_up(change, job)
            at = {"finished_at": change.at, "expires_at": change.at + KEPT, "holder": None}
            await self._set(change, job, {**changes, **at})

        await self._context(job).write(job["workspace_id"], body)
        self.services.files_due.set()
        self.services.deletions_due.set()

    async def _fail(self, job: TransferJobRecord, error: OrreryError) -> None:
        """End a job that cannot be carried out; what it has written goes with it."""
        reason = {"code": error.code, "message": error.message, "field": error.field}
        await self._end(job, {"state": TransferState.FAILED.value, "error": reason})

    async def _hold(self, change: Change, job: TransferJobRecord, number: int) -> None:
        """Begin a change of a job that this worker holds, and whose next part is known; raises LostError.

        From here on a sign of life of this worker conflicts, and not this change with it.
        """
        same = {"_id": job["_id"], "holder": self.holder, "next_part": number}
        held = {"$set": {"lease_until": change.at + self.lease}}
        done = await collection(TransferJob).update_one(same, held, session=change.session)
        if not done.matched_count:
            raise LostError

    async def _set(self, change: Change, job: TransferJobRecord, changes: dict[str, Any]) -> TransferJobRecord:
        """Change a job that is held, and tell of it; the job as it is then."""
        await collection(TransferJob).update_one({"_id": job["_id"]}, {"$set": changes}, session=change.session)
        changed = with_changes(job, changes)
        change.append(job["workspace_id"], TransferJobChanged(job=told(changed)))
        return changed

    @asynccontextmanager
    async def _alive(self, mine: Record) -> AsyncIterator[None]:
        """Hold a job for as long as the block runs, also while no part is written."""

        async def beat() -> None:
            while True:
                await asyncio.sleep(self.lease.total_seconds() / 3)
                with contextlib.suppress(PyMongoError):
                    held = {"$set": {"lease_until": utc_now() + self.lease}}
                    await collection(TransferJob).update_one(mine, held)

        task = asyncio.create_task(beat(), name="transfer-lease")
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _context(self, job: TransferJobRecord) -> Context:
        """A request of whoever started the job: what that person may do is asked anew for each part."""
        return Context(Subject(user_id=job["created_by"], scopes=ALL_SCOPES), self.services)


def _free() -> Record:
    return {"expires_at": None, "lease_until": {"$lte": utc_now()}}


async def _due() -> TransferJobRecord | None:
    """The job that nobody holds and whose turn it is: of each person one, and then the next of each."""
    return await collection(TransferJob).find_one(_free(), sort=[("turn", 1)])


async def _other_due(job: TransferJobRecord) -> TransferJobRecord | None:
    """The next job of somebody else that nobody holds."""
    found = (
        await collection(TransferJob)
        .find(_free(), {"created_by": 1, "turn": 1})
        .sort("turn", 1)
        .limit(MAX_SEEN)
        .to_list()
    )
    return next((transfer_job for transfer_job in found if transfer_job["created_by"] != job["created_by"]), None)


async def _project(change: Change, project_id: ObjectId | None) -> ProjectRecord:
    found = await collection(Project).find_one({"_id": project_id}, session=change.session)
    if found is None:
        raise NotFound("Project")
    return found
