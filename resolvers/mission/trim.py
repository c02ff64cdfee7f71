"""The end of what agents report: it is kept for a year, and then makes room in the storage of its workspace."""

from datetime import datetime, timedelta
from functools import partial

import bson
from bson import ObjectId

from models import MissionActivity
from models.base import collection, utc_now
from models.enums import StorageKind
from models.ids import IDS_PER_QUERY
from models.records import MissionActivityRecord
from realtime.log import Change
from resolvers.files.storage_account import release
from resolvers.kit.context import Services

AGE = timedelta(days=365)


async def trim_reports(services: Services, now: datetime | None = None) -> bool:
    """Delete some reports that are too old; whether there were any. Twice at once does no harm."""
    old = collection(MissionActivity).find({"created_at": {"$lt": (now or utc_now()) - AGE}}, {"workspace_id": 1})
    theirs: dict[ObjectId, list[ObjectId]] = {}
    for mission_activity in await old.limit(IDS_PER_QUERY).to_list():
        theirs.setdefault(mission_activity["workspace_id"], []).append(mission_activity["_id"])
    for workspace_id, ids in theirs.items():
        await services.hub.log.write(workspace_id, None, partial(_drop, workspace_id, ids))
    return bool(theirs)


def size_of(report: MissionActivityRecord) -> int:
    """The bytes that a report counts for in the storage account of its workspace."""
    return len(bson.encode(report))


async def _drop(workspace_id: ObjectId, ids: list[ObjectId], change: Change) -> None:
    reports, these = collection(MissionActivity), {"_id": {"$in": ids}}
    found = await reports.find(these, session=change.session).to_list()
    await reports.delete_many(these, session=change.session)
    await release(change, workspace_id, StorageKind.REPORTS, sum(map(size_of, found)))
