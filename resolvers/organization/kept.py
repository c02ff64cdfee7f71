"""Organizations that were deleted and are kept for 30 days, in which their owner may have them back.

The change that deletes one moves the memberships of it and of its workspaces into its record and frees its slug: from
then on every door is shut, as after any other deletion, and what stands behind them stays as it is. Its tombstone first
has the notifications taken away, which need no door. It is due again when the time is over; then the organization goes
in parts, with all it holds (`resolvers.deletion`). See decision 94.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from models import MissionRun, Organization, OrganizationMember, Tombstone, User, Workspace, WorkspaceMember
from models.base import Record, Recorded, collection, insert_all, to_record, with_changes
from models.enums import Role, TokenScope
from models.errors import Conflict, NotFound
from models.ids import Kind, among, parse_id, portions
from models.organization import KEPT
from models.records import OrganizationRecord
from models.tombstone import NEVER
from realtime.events.organization import OrganizationDeleted, OrganizationRestored
from realtime.events.workspace import WorkspaceDeleted, WorkspaceRestored
from realtime.log import Change, Committed
from resolvers.deletion.cascade import delete_by_id
from resolvers.deletion.deletion import bury, delete
from resolvers.kit.ceilings import MAX_ORGANIZATIONS, meet, require_room
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation
from resolvers.organization.closing import require_closable
from resolvers.organization.slug import with_free_slug

MAX_MEMBERSHIPS = 2_000
"""Of an organization that can be kept and its workspaces, all together: they are moved in the one change."""
_BETWEEN = "~"
"""Between what the slug was and the id: nobody's slug has it."""


async def keep_organization(change: Change, organization_id: ObjectId) -> None:
    """Delete an organization so that it can be restored, within a change.

    Raises NotFound, and Conflict where it has more members or workspaces than one change can close, is paid for, or
    where as many are kept for its owner as anybody may own.
    """
    organization = await collection(Organization).find_one({"_id": organization_id}, session=change.session)
    if organization is None:
        raise NotFound("Organization")
    workspaces = await require_closable(change, organization)
    members = await _members(change, OrganizationMember, {"organization_id": organization_id})
    inside: list[Any] = []
    for some in portions(workspaces):
        if len(members) + len(inside) <= MAX_MEMBERSHIPS:
            inside += await _members(change, WorkspaceMember, {"workspace_id": among(some)})
    if len(members) + len(inside) > MAX_MEMBERSHIPS:
        raise Conflict(f"It has more than {MAX_MEMBERSHIPS} memberships: take some off first, or delete it for good")
    owned = {"owner_id": organization["owner_id"], "deleted_at": {"$ne": None}}
    await require_room(change, Organization, owned, MAX_ORGANIZATIONS, "organizations that are kept for their owner")
    await meet(change, organization["owner_id"])
    changes = {
        "slug": f"{organization['slug']}{_BETWEEN}{organization_id}",
        "deleted_at": change.at,
        "kept_members": members,
        "kept_workspace_members": inside,
        "updated_at": change.at,
    }
    await collection(Organization).update_one({"_id": organization_id}, {"$set": changes}, session=change.session)
    await delete_by_id(change, OrganizationMember, [member["_id"] for member in members])
    await delete_by_id(change, WorkspaceMember, [member["_id"] for member in inside])
    change.append(organization_id, OrganizationDeleted(deleted_id=organization_id))
    for workspace_id in workspaces:
        change.append(workspace_id, WorkspaceDeleted(deleted_id=workspace_id))
    await _pause(change, workspaces)
    tombstone = Tombstone(
        id=organization_id,
        stream_id=organization_id,
        keeps=True,
        actor_id=change.actor_id,
        deleted_at=change.at,
        due_at=change.at,
    )
    await collection(Tombstone).insert_one(to_record(tombstone), session=change.session)


@operation("organizationRestore", scope=TokenScope.ACCOUNT_WRITE, caller=Caller.NO_AGENT)
async def restore_organization(
    ctx: Context, organization_id: Annotated[ObjectId | str, "The id of the organization."]
) -> Committed[OrganizationRecord]:
    """Have an organization back that was deleted less than 30 days ago, with all it held: for who owned it.

    Its slug is another one where that was taken meanwhile. Members whose accounts were deleted leave it anew, and what
    its members had been notified of is gone.
    """
    wanted = parse_id(organization_id, Kind.ORGANIZATION, field="organizationId")
    kept = {organization["_id"]: organization for organization in await _kept(ctx)}
    if wanted not in kept:
        raise NotFound("Organization")
    found = kept[wanted]

    async def attempt(slug: str) -> Committed[OrganizationRecord]:
        return await delete(ctx, found["_id"], lambda change: _restore(ctx, change, found["_id"], slug))

    restored = await with_free_slug(slug_before(found), attempt)
    ctx.memberships.clear()
    return restored


@operation("deletedOrganizations", scope=TokenScope.ACCOUNT_READ, caller=Caller.NO_AGENT, read_only=True)
async def list_deleted_organizations(ctx: Context) -> list[OrganizationRecord]:
    """The organizations of the caller's that were deleted and can be restored, oldest first."""
    return [with_changes(organization, {"slug": slug_before(organization)}) for organization in await _kept(ctx)]


def slug_before(organization: OrganizationRecord) -> str:
    """The slug that a deleted organization had."""
    return organization["slug"].partition(_BETWEEN)[0]


def purged_at(organization: OrganizationRecord) -> datetime | None:
    """When a deleted organization goes for good."""
    deleted_at: datetime | None = organization.get("deleted_at")
    return None if deleted_at is None else deleted_at + KEPT


async def _kept(ctx: Context) -> list[OrganizationRecord]:
    """The caller's organizations that are kept, which are few."""
    mine = {"owner_id": ctx.user_id, "deleted_at": {"$ne": None}}
    shown = {"name": 1, "slug": 1, "deleted_at": 1}
    return await collection(Organization).find(mine, shown).sort("_id", 1).to_list()


async def _members(change: Change, model: type[Recorded[Any]], where: Mapping[str, Any]) -> list[Any]:
    """Some memberships in the order of joining; one more than can be kept where there are too many."""
    found = collection(model).find(where, session=change.session).sort("_id", 1)
    return await found.limit(MAX_MEMBERSHIPS + 1).to_list()


async def _restore(ctx: Context, change: Change, organization_id: ObjectId, slug: str) -> OrganizationRecord:
    mine = {"_id": organization_id, "owner_id": ctx.user_id, "deleted_at": {"$ne": None}}
    organization = await collection(Organization).find_one(mine, session=change.session)
    if organization is None:
        raise NotFound("Organization")
    # Nobody has begun to take away what is kept.
    whole = {"_id": organization_id, "$or": [{"keeps": True}, {"holder": None, "due_at": purged_at(organization)}]}
    if not (await collection(Tombstone).delete_one(whole, session=change.session)).deleted_count:
        raise NotFound("Organization")
    owned = {"user_id": ctx.user_id, "role": Role.OWNER.value}
    await require_room(change, OrganizationMember, owned, MAX_ORGANIZATIONS, "organizations of yours")
    changes: Record = {
        "slug": slug,
        "deleted_at": None,
        "kept_members": [],
        "kept_workspace_members": [],
        "updated_at": change.at,
    }
    try:
        await collection(Organization).update_one({"_id": organization_id}, {"$set": changes}, session=change.session)
    except DuplicateKeyError as error:
        raise Conflict("is taken", field="slug") from error
    restored = with_changes(organization, changes)
    change.append(organization_id, OrganizationRestored(organization=restored))
    found = collection(Workspace).find({"organization_id": organization_id}, session=change.session)
    workspaces = await found.to_list()
    for workspace in workspaces:
        change.append(workspace["_id"], WorkspaceRestored(workspace=workspace))
    await _let_in(change, organization)
    await _go_on(change, [workspace["_id"] for workspace in workspaces])
    return restored


async def _let_in(change: Change, organization: OrganizationRecord) -> None:
    """Make members again of those who were. Whoever has deleted their account meanwhile leaves as they would have."""
    members, inside = organization["kept_members"], organization["kept_workspace_members"]
    await insert_all(OrganizationMember, members, change)
    await insert_all(WorkspaceMember, inside, change)
    for some in portions({member["user_id"] for member in (*members, *inside)}):
        accounts = {"_id": {"$in": some}}
        # Written to, so that none of them is deleted beside this (`resolvers.kit.ceilings`).
        there = {**accounts, "deleted_at": None}
        await collection(User).update_many(there, {"$inc": {"made": 1}}, session=change.session)
        left = {**accounts, "deleted_at": {"$ne": None}}
        for user in await collection(User).find(left, {"_id": 1}, session=change.session).to_list():
            await bury(change, user["_id"], user["_id"], user_id=user["_id"])


async def _pause(change: Change, workspace_ids: Sequence[ObjectId]) -> None:
    """Let nobody work on missions any more: whoever does loses them."""
    for some in portions(workspace_ids):
        going = {"workspace_id": among(some), "due_at": {"$ne": None}}
        paused = {"$set": {"due_at": NEVER, "holder": None}, "$inc": {"fence": 1}}
        await collection(MissionRun).update_many(going, paused, session=change.session)


async def _go_on(change: Change, workspace_ids: Sequence[ObjectId]) -> None:
    for some in portions(workspace_ids):
        paused = {"workspace_id": among(some), "due_at": NEVER}
        await collection(MissionRun).update_many(paused, {"$set": {"due_at": change.at}}, session=change.session)
