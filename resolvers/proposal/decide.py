"""Who decides on proposals, and how: for one and at once, or in two steps; against one; on many."""

from collections.abc import Sequence
from typing import Annotated, Any

from bson import ObjectId

from auth.policies import proposal as policy
from models import Mission, Workspace
from models.base import collection, utc_now
from models.enums import ProposalStatus, TokenScope
from models.errors import BadUserInput, Conflict, Forbidden, OrreryError
from models.ids import parse_id
from models.records import ProposalRecord
from realtime.cursor import Cursor
from realtime.log import Change, Committed
from resolvers.inputs.proposal import (
    ProposalApprove,
    ProposalBatchDecide,
    ProposalReject,
    ProposalReview,
    ProposalUpdate,
)
from resolvers.kit.access import access_batch, workspace_membership
from resolvers.kit.batch import MAX_BATCH, BatchResult
from resolvers.kit.context import Context
from resolvers.kit.nouns import PROPOSAL
from resolvers.kit.operation import Caller, operation
from resolvers.proposal.acting import actor_of
from resolvers.proposal.apply import answered, apply, arguments_now, find_proposal
from resolvers.proposal.create import check_size
from resolvers.proposal.preview import digest_of, rehearse
from resolvers.state.proposal_status import is_decided, update_proposal

WRITE = TokenScope.PILOTAGE_WRITE

ProposalIds = Annotated[Sequence[ObjectId | str], f"The ids of at most {MAX_BATCH} proposals of one workspace."]


@operation("proposalApprove", opens=PROPOSAL.whole, permission=policy.READ, scope=WRITE, caller=Caller.NO_AGENT)
async def approve_proposal(ctx: Context, door: ProposalRecord, values: ProposalApprove) -> Committed[ProposalRecord]:
    """Decide for a proposal, and do it.

    It is done as its agent, in one change with the decision. One that is done already is answered as it was done.
    """
    await check_may_decide(ctx, door)
    if is_decided(door, approved=True) and door["status"] != ProposalStatus.APPROVED:
        return await answered(ctx, door, approved=True)
    _check_revision(door, values.revision)
    decision = {} if door["status"] == ProposalStatus.APPROVED else _decision(ctx, values.reason)
    return await apply(ctx, door, decision)


@operation("proposalReject", opens=PROPOSAL.whole, permission=policy.READ, scope=WRITE, caller=Caller.NO_AGENT)
async def reject_proposal(ctx: Context, door: ProposalRecord, values: ProposalReject) -> Committed[ProposalRecord]:
    """Decide against a proposal; its agent is told why."""
    await check_may_decide(ctx, door)
    return await _decide(ctx, door, ProposalStatus.REJECTED, values.reason)


@operation("proposalReview", opens=PROPOSAL.whole, permission=policy.READ, scope=WRITE, caller=Caller.NO_AGENT)
async def review_proposal(ctx: Context, door: ProposalRecord, values: ProposalReview) -> Committed[ProposalRecord]:
    """Decide on a proposal, which is done in a step of its own."""
    await check_may_decide(ctx, door)
    if values.approved:
        _check_revision(door, values.revision)
    to = ProposalStatus.APPROVED if values.approved else ProposalStatus.REJECTED
    return await _decide(ctx, door, to, values.reason)


@operation("proposalApply", opens=PROPOSAL.whole, permission=policy.READ, scope=WRITE, caller=Caller.NO_AGENT)
async def apply_proposal(ctx: Context, door: ProposalRecord) -> Committed[ProposalRecord]:
    """Do what was decided for."""
    await check_may_decide(ctx, door)
    if door["status"] == ProposalStatus.PENDING:
        raise Conflict("It has to be decided for before it is done", **{"from": door["status"]})
    is_decided(door, approved=True)
    if door["status"] != ProposalStatus.APPROVED:
        return await answered(ctx, door, approved=True)
    return await apply(ctx, door, {})


@operation("proposalUpdate", opens=PROPOSAL.whole, permission=policy.READ, scope=WRITE, caller=Caller.NO_AGENT)
async def update_arguments(ctx: Context, door: ProposalRecord, values: ProposalUpdate) -> Committed[ProposalRecord]:
    """Change with what something is done, if it is.

    It waits for a decision anew.
    """
    await check_may_decide(ctx, door)
    if door["status"] != ProposalStatus.PENDING:
        raise Conflict(f"A proposal that is {door['status']} cannot be changed", **{"from": door["status"]})
    _check_revision(door, values.revision)
    if values.arguments == arguments_now(door):
        return Committed(door, await ctx.services.hub.log.head(door["workspace_id"]))
    check_size(values.arguments)
    changes = door["changes"]
    if door["operation"] is not None:
        changes = await rehearse(await actor_of(ctx, door), door["operation"], values.arguments)

    async def body(change: Change) -> ProposalRecord:
        standing = await find_proposal(change, door["_id"])
        _check_revision(standing, door["revision"])
        if standing["status"] != ProposalStatus.PENDING:
            raise Conflict(f"A proposal that is {standing['status']} cannot be changed", **{"from": standing["status"]})
        edited = {
            "edited_arguments": values.arguments,
            "digest": digest_of(standing["tool"], values.arguments),
            "changes": changes,
            "revision": standing["revision"] + 1,
        }
        return await update_proposal(change, standing, edited)

    return await ctx.write(door["workspace_id"], body)


@operation("proposalBatchDecide", permission=policy.READ, scope=WRITE, caller=Caller.NO_AGENT, tool="decide_proposals")
async def decide_on_proposals(
    ctx: Context, ids: ProposalIds, values: ProposalBatchDecide
) -> Committed[list[BatchResult[ProposalRecord]]]:
    """Decide on several proposals, in the order in which they were made; each for itself."""
    if not 1 <= len(ids) <= MAX_BATCH:
        raise BadUserInput(f"must name between 1 and {MAX_BATCH} proposals", field="ids")
    wanted = sorted({parse_id(sent, PROPOSAL.kind, field="ids") for sent in ids})
    workspace_id, refused = await access_batch(ctx, PROPOSAL, wanted, policy.READ)
    results: dict[ObjectId, BatchResult[ProposalRecord]] = {
        proposal_id: BatchResult(str(proposal_id), PROPOSAL, error=error) for proposal_id, error in refused.items()
    }
    cursor: Cursor | None = None
    for proposal_id in wanted:
        if proposal_id in refused:
            continue
        try:
            if values.approved:
                done = await approve_proposal(ctx, proposal_id, ProposalApprove(reason=values.reason))
            else:
                done = await reject_proposal(ctx, proposal_id, ProposalReject(reason=values.reason))
        except OrreryError as error:
            results[proposal_id] = BatchResult(str(proposal_id), PROPOSAL, error=error)
        else:
            results[proposal_id], cursor = BatchResult(str(proposal_id), PROPOSAL, done.value), done.cursor
    return Committed(
        [results[proposal_id] for proposal_id in wanted], cursor or await ctx.services.hub.log.head(workspace_id)
    )


async def _decide(
    ctx: Context, door: ProposalRecord, to: ProposalStatus, reason: str | None
) -> Committed[ProposalRecord]:
    approved = to is ProposalStatus.APPROVED

    async def body(change: Change) -> ProposalRecord:
        standing = await find_proposal(change, door["_id"])
        if is_decided(standing, approved=approved):
            return standing
        if approved:
            _check_revision(standing, door["revision"])
        return await update_proposal(change, standing, {**_decision(ctx, reason), "status": to.value})

    return await ctx.write(door["workspace_id"], body)


def _decision(ctx: Context, reason: str | None) -> dict[str, Any]:
    return {
        "decided_by": ctx.user_id,
        "decided_at": utc_now(),
        "via": ctx.subject.credential.value,
        "reason": reason or None,
    }


def _check_revision(proposal: ProposalRecord, seen: int | None) -> None:
    if seen is not None and seen != proposal["revision"]:
        raise Conflict(
            "It was changed in the meantime: look at it anew", kind="REVISED", currentRevision=proposal["revision"]
        )


async def check_may_decide(ctx: Context, proposal: ProposalRecord) -> None:
    """Raise Forbidden for a member who does not decide on it, and for a token where a sign-in is asked for."""
    membership = await workspace_membership(ctx, proposal["workspace_id"])
    assert membership is not None  # noqa: S101  (the door was passed)
    refusal = policy.DECIDE.refusal(membership, "workspace")
    if refusal is not None and not await _began_its_mission(ctx, proposal):
        raise refusal
    if not ctx.subject.is_person:
        asks = {"_id": proposal["workspace_id"], "approvals_need_sign_in": True}
        if await collection(Workspace).find_one(asks, {"_id": 1}) is not None:
            raise Forbidden("In this workspace signed-in people alone decide: a token does not")


async def _began_its_mission(ctx: Context, proposal: ProposalRecord) -> bool:
    mine = {"_id": proposal["mission_id"], "created_by": ctx.user_id}
    return proposal["mission_id"] is not None and await collection(Mission).find_one(mine, {"_id": 1}) is not None
