"""The end of proposals: of those that nobody decides on, where a workspace has set a time; of old ones, which make room
in its storage."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

import bson
from bson import ObjectId

from models import Proposal
from models.base import Record, collection, utc_now
from models.enums import ProposalStatus, StorageKind
from models.ids import IDS_PER_QUERY
from models.records import ProposalRecord
from realtime.log import Change
from resolvers.files.storage_account import release
from resolvers.kit.context import Services
from resolvers.state.proposal_status import update_proposal

AGE = timedelta(days=365)

_PENDING: Record = {"status": ProposalStatus.PENDING.value}


async def expire_proposals(services: Services, now: datetime | None = None) -> bool:
    """End some proposals whose time is over; whether there were any. Twice at once does no harm."""
    return await _each(services, {**_PENDING, "expires_at": {"$lt": now or utc_now()}}, _expire)


async def trim_proposals(services: Services, now: datetime | None = None) -> bool:
    """Delete some that were decided on and are too old; whether there were any. Twice at once does no harm."""
    old = {"created_at": {"$lt": (now or utc_now()) - AGE}, "status": {"$ne": ProposalStatus.PENDING.value}}
    return await _each(services, old, _drop)


def size_of(proposal: ProposalRecord) -> int:
    """The bytes that a proposal counts for in the storage account of its workspace: what it was made of."""
    return len(bson.encode({name: proposal.get(name) for name in ("arguments", "explanation")}))


async def _each(
    services: Services, which: Record, end: Callable[[ObjectId, list[ObjectId], Change], Awaitable[None]]
) -> bool:
    theirs: dict[ObjectId, list[ObjectId]] = {}
    for proposal in await collection(Proposal).find(which, {"workspace_id": 1}).limit(IDS_PER_QUERY).to_list():
        theirs.setdefault(proposal["workspace_id"], []).append(proposal["_id"])
    for workspace_id, ids in theirs.items():
        await services.hub.log.write(workspace_id, None, partial(end, workspace_id, ids))
    return bool(theirs)


async def _expire(_workspace_id: ObjectId, ids: list[ObjectId], change: Change) -> None:
    waiting = {"_id": {"$in": ids}, **_PENDING}
    for proposal in await collection(Proposal).find(waiting, session=change.session).to_list():
        await update_proposal(change, proposal, {"status": ProposalStatus.EXPIRED.value})


async def _drop(workspace_id: ObjectId, ids: list[ObjectId], change: Change) -> None:
    proposals, these = collection(Proposal), {"_id": {"$in": ids}}
    found = await proposals.find(these, session=change.session).to_list()
    await proposals.delete_many(these, session=change.session)
    await release(change, workspace_id, StorageKind.REPORTS, sum(map(size_of, found)))
