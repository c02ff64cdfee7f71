"""Proposals are applied as they were decided on: the change, what became of the proposal, and both events commit
together or not at all."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bson import ObjectId

from models import Proposal
from models.base import Record, collection
from models.enums import ProposalStatus
from models.errors import Conflict, Forbidden, NotFound, OrreryError, RateLimited, Unavailable
from models.records import ProposalRecord
from realtime.log import Change, Committed
from resolvers.kit.batch import BatchResult
from resolvers.kit.call import call
from resolvers.kit.context import Context
from resolvers.proposal.acting import actor_of
from resolvers.proposal.preview import has_stale_base, rehearse
from resolvers.state.proposal_status import is_decided, update_proposal

T = TypeVar("T")

STALE = "STALE"
"""The kind of a conflict: what a proposal would change is not as it was."""
_OPEN = (ProposalStatus.PENDING, ProposalStatus.APPROVED)


class _Over(Exception):  # noqa: N818
    """Somebody else was faster: `proposal` as it stands."""

    def __init__(self, proposal: ProposalRecord) -> None:
        self.proposal = proposal


@dataclass(slots=True)
class Applying:
    """A mark: the change that carries it applies a proposal, as far as that still stands as it was decided on.

    `decision` is written with it. `record` is the proposal as it is then.
    """

    proposal: ProposalRecord
    decided_by: ObjectId
    decision: Mapping[str, Any]
    reveals: bool = False
    record: ProposalRecord | None = field(default=None, init=False)

    def marking(self, body: Callable[[Change], Awaitable[T]]) -> Callable[[Change], Awaitable[T]]:
        async def applied(change: Change) -> T:
            standing = await self._check(change)
            change.approved_by = self.decided_by
            value = await body(change)
            values = {
                **self.decision,
                "status": ProposalStatus.APPLIED.value,
                "applied_at": change.at,
                "result": result_of(value),
            }
            self.record = await update_proposal(change, standing, values, actor_id=self.decided_by)
            return value

        return applied

    async def _check(self, change: Change) -> ProposalRecord:
        standing = await find_proposal(change, self.proposal["_id"])
        if standing["status"] not in _OPEN:
            raise _Over(standing)
        if standing["revision"] != self.proposal["revision"]:
            raise Conflict("It was changed in the meantime: look at it anew", kind="REVISED")
        await _check_ready(change, standing)
        return standing


async def find_proposal(change: Change, proposal_id: ObjectId) -> ProposalRecord:
    """A proposal as it stands within a change."""
    found = await collection(Proposal).find_one({"_id": proposal_id}, session=change.session)
    if found is None:
        raise NotFound("Proposal")
    return found


def arguments_now(proposal: ProposalRecord) -> Mapping[str, Any]:
    """The arguments that a proposal is applied with."""
    return proposal["arguments"] if proposal["edited_arguments"] is None else proposal["edited_arguments"]


async def apply(ctx: Context, proposal: ProposalRecord, decision: Mapping[str, Any]) -> Committed[ProposalRecord]:
    """Do what is proposed, with the `decision` on it; the proposal then. It failed where it was refused as it was done.

    Raises Conflict where its base has changed, or it is over otherwise; Forbidden for what whoever asks may not do
    themselves.
    """
    applying = Applying(proposal, ctx.user_id, decision)
    try:
        await _check_ready(None, proposal)
        cursor = None
        if proposal["operation"] is not None:
            acting = await actor_of(ctx, proposal)
            await _check_decider(ctx, acting, proposal)
            acting.marks = (applying, *ctx.marks)
            cursor = (await call(acting, proposal["operation"], arguments_now(proposal))).cursor
        if applying.record is None or cursor is None:
            return await _record(ctx, proposal, applying)
    except _Over as over:
        return await answered(ctx, over.proposal, approved=True)
    except Conflict as error:
        if error.details.get("kind") == STALE:
            await _renew(ctx, proposal)
        raise
    except (RateLimited, Unavailable, _NotTheirs):
        raise
    except OrreryError as error:
        return await _fail(ctx, proposal, decision, error)
    return Committed(applying.record, cursor)


async def answered(ctx: Context, proposal: ProposalRecord, *, approved: bool) -> Committed[ProposalRecord]:
    """The answer to who decides as it was decided already; raises Conflict for the opposite."""
    is_decided(proposal, approved=approved)
    return Committed(proposal, await ctx.services.hub.log.head(proposal["workspace_id"]))


def result_of(value: Any) -> Any:
    """What a proposal keeps of what its operation returned: the ids."""
    if isinstance(value, Mapping) and isinstance(value.get("_id"), ObjectId):
        return {"id": str(value["_id"])}
    if isinstance(value, ObjectId):
        return {"deletedId": str(value)}
    if isinstance(value, list) and all(isinstance(became, BatchResult) for became in value):
        return {"ids": [became.id for became in value if became.error is None]}
    return None


async def _check_ready(change: Change | None, proposal: ProposalRecord) -> None:
    session = None if change is None else change.session
    before: Record = {"_id": {"$in": proposal["depends_on"]}, "status": {"$ne": ProposalStatus.APPLIED.value}}
    if proposal["depends_on"] and await collection(Proposal).find_one(before, {"_id": 1}, session=session):
        raise Conflict("It needs what another proposal makes: that has to be applied before", kind="DEPENDS_ON")
    if await has_stale_base(change, proposal):
        raise Conflict("What it would change is not as it was: look at it anew", kind=STALE)


async def _check_decider(ctx: Context, acting: Context, proposal: ProposalRecord) -> None:
    """Raise Forbidden for what whoever decides may not do themselves, and its agent may."""
    if proposal["agent_id"] is None:
        return
    operation, arguments = proposal["operation"] or "", arguments_now(proposal)
    try:
        await rehearse(ctx, operation, arguments)
    except Forbidden as error:
        raise _NotTheirs(error) from error
    except NotFound as error:  # which they may not see, unless it is gone
        await rehearse(acting, operation, arguments)
        raise _NotTheirs(error) from error
    except (RateLimited, Unavailable):
        raise
    except OrreryError:
        return  # which tells nothing of who decides: its agent meets it as well


async def _renew(ctx: Context, proposal: ProposalRecord) -> None:
    """Look anew at what a proposal would change, which is decided on anew then. Where it could not be done, it stays as
    it is."""
    try:
        changes = await rehearse(await actor_of(ctx, proposal), proposal["operation"] or "", arguments_now(proposal))
    except OrreryError:
        return

    async def body(change: Change) -> None:
        standing = await find_proposal(change, proposal["_id"])
        if standing["revision"] == proposal["revision"] and standing["status"] in _OPEN:
            values = {"changes": changes, "revision": standing["revision"] + 1, "status": ProposalStatus.PENDING.value}
            await update_proposal(change, standing, values)

    await ctx.services.hub.log.write(proposal["workspace_id"], ctx.subject.user_id, body)


async def _record(ctx: Context, proposal: ProposalRecord, applying: Applying) -> Committed[ProposalRecord]:
    """Apply what changes nothing."""

    async def nothing(change: Change) -> None:
        return None

    done = await ctx.write(proposal["workspace_id"], applying.marking(nothing))
    assert applying.record is not None  # noqa: S101  (it is written in that change)
    return Committed(applying.record, done.cursor)


async def _fail(
    ctx: Context, proposal: ProposalRecord, decision: Mapping[str, Any], error: OrreryError
) -> Committed[ProposalRecord]:
    """What was decided for, and cannot be done."""

    async def body(change: Change) -> ProposalRecord:
        standing = await find_proposal(change, proposal["_id"])
        if standing["status"] not in _OPEN:
            raise _Over(standing)
        values = {**decision, "status": ProposalStatus.FAILED.value, "error": error.message}
        return await update_proposal(change, standing, values)

    try:
        return await ctx.write(proposal["workspace_id"], body)
    except _Over as over:
        return await answered(ctx, over.proposal, approved=True)


class _NotTheirs(Forbidden):
    """The decider's own refusal, which leaves the proposal as it is."""

    def __init__(self, error: OrreryError) -> None:
        super().__init__(f"You may not do this yourself: {error.message}", kind="NOT_YOURS")
