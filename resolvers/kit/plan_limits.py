"""What the plan of an organization holds: looked at in the change that would need more of it.

What an organization has is counted by indexes, and only where its plan limits it. A change that asks writes to the
organization, so that no two find the last room. What is more already, since the plan has changed, stays.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Any

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from models import Agent, Organization, Project, StorageAccount, Workspace
from models.base import AnyRecord, Record, Recorded, aggregate, collection
from models.errors import NotFound, PlanLimit
from models.ids import among
from realtime.log import Change
from resolvers.kit.context import Context
from resolvers.kit.people import count_people

Count = Callable[[ObjectId, Sequence[ObjectId], AsyncClientSession | None], Awaitable[int]]
"""How much an organization, with its workspaces, has of something."""


async def require_plan_room(
    ctx: Context, change: Change, limit: str, parent: Mapping[str, ObjectId], more: int = 1
) -> None:
    """Raise PlanLimit where an organization would have more of something than its plan holds.

    `parent` is the `organization_id`, or the `workspace_id` of one in it.
    """
    if not ctx.services.billing.plans:
        return
    organization = await _find(change, parent)
    most = (organization.get("limits") or {}).get(limit)
    if most is None:
        return
    mine = {"_id": organization["_id"]}
    await collection(Organization).update_one(mine, {"$inc": {"made": 1}}, session=change.session)
    used = (await used_by(organization["_id"], [limit], change.session))[limit]
    if used + more > most:
        raise PlanLimit([{"name": limit, "limit": most, "used": used}])


async def exceeded(
    organization_id: ObjectId, limits: Mapping[str, Any], session: AsyncClientSession | None = None
) -> list[Record]:
    """The limits that an organization is beyond."""
    limited = [name for name, most in limits.items() if most is not None]
    used = await used_by(organization_id, limited, session)
    return [
        {"name": name, "limit": limits[name], "used": count} for name, count in used.items() if count > limits[name]
    ]


async def used_by(
    organization_id: ObjectId, limits: Collection[str] | None = None, session: AsyncClientSession | None = None
) -> dict[str, int]:
    """How much an organization has, by the names of limits: of all of them, unless some are named."""
    names = list(_COUNTS if limits is None else limits)
    ids = await _workspaces(organization_id, session) if set(names) - {"members"} else []
    return {name: await _COUNTS[name](organization_id, ids, session) for name in names}


async def _find(change: Change, parent: Mapping[str, ObjectId]) -> AnyRecord:
    organization_id = parent.get("organization_id")
    if organization_id is None:
        workspace = await collection(Workspace).find_one(
            {"_id": parent["workspace_id"]}, {"organization_id": 1}, session=change.session
        )
        if workspace is None:
            raise NotFound("Workspace")
        organization_id = workspace["organization_id"]
    found = await collection(Organization).find_one({"_id": organization_id}, {"limits": 1}, session=change.session)
    if found is None:
        raise NotFound("Organization")
    return found


async def _workspaces(organization_id: ObjectId, session: AsyncClientSession | None) -> list[ObjectId]:
    found = collection(Workspace).find({"organization_id": organization_id}, {"_id": 1}, session=session)
    return [workspace["_id"] for workspace in await found.to_list()]


def _inside(model: type[Recorded[Any]], **where: Any) -> Count:
    async def count(_: ObjectId, ids: Sequence[ObjectId], session: AsyncClientSession | None) -> int:
        return await collection(model).count_documents({"workspace_id": among(ids), **where}, session=session)

    return count


async def _members(organization_id: ObjectId, _: Sequence[ObjectId], session: AsyncClientSession | None) -> int:
    """People alone: what agents there may be is a limit of its own."""
    return (await count_people([organization_id], session))[organization_id]


async def _stored(_: ObjectId, ids: Sequence[ObjectId], session: AsyncClientSession | None) -> int:
    total = {"_id": None, "bytes": {"$sum": "$bytes"}}
    rows = await aggregate(StorageAccount, [{"$match": {"_id": among(ids)}}, {"$group": total}], session=session)
    return sum(int(row["bytes"]) for row in rows)


_COUNTS: Mapping[str, Count] = {
    "members": _members,
    "agents": _inside(Agent, deleted_at=None),
    "projects": _inside(Project),
    "storage": _stored,
}
