"""Where a proposal stands: the decisions that there are, and the one place that writes them."""

from collections.abc import Collection, Mapping
from typing import Any

from models import Proposal
from models.base import Record, collection, with_changes
from models.enums import ProposalStatus as Status
from models.errors import Conflict
from models.records import ProposalRecord
from realtime.events.proposal import ProposalUpdated
from realtime.log import Change
from resolvers.state.mission_wake import wake

MAX_PENDING = 100
"""Proposals of one agent, or of one person, that wait for a decision: who asks for more than that asks nobody."""

DECIDED_FOR = frozenset({Status.APPROVED, Status.APPLIED, Status.FAILED})
DECIDED_AGAINST = frozenset({Status.REJECTED})


def is_decided(proposal: ProposalRecord, *, approved: bool) -> bool:
    """Whether it was decided on so already; raises Conflict where it was otherwise, or nobody can any more."""
    now = Status(proposal["status"])
    if now is Status.PENDING:
        return False
    if now not in (DECIDED_FOR if approved else DECIDED_AGAINST):
        raise Conflict(f"A proposal that is {now} cannot be decided on", **{"from": now.value})
    return True


async def update_proposal(
    change: Change, proposal: ProposalRecord, values: Mapping[str, Any], **caused: Any
) -> ProposalRecord:
    """Change a proposal, read in this change; the proposal as it is then."""
    await collection(Proposal).update_one({"_id": proposal["_id"]}, {"$set": values}, session=change.session)
    after = with_changes(proposal, values)
    if after["status"] not in (Status.PENDING, Status.APPROVED):
        await wake(change, after["mission_id"])
    change.append(after["workspace_id"], ProposalUpdated(proposal=after, **caused))
    return after


async def withdraw(change: Change, whose: Record) -> None:
    """Withdraw what waits for a decision of a mission, or of an agent, that has ended: MAX_PENDING at most."""
    pending: Collection[ProposalRecord] = (
        await collection(Proposal)
        .find({**whose, "status": Status.PENDING.value}, session=change.session)
        .sort("_id", 1)
        .limit(MAX_PENDING)
        .to_list()
    )
    for proposal in pending:
        await update_proposal(change, proposal, {"status": Status.WITHDRAWN.value})
