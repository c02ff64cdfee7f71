"""Deleting somebody's account: what they own passes on, and all else goes as if they had done it themselves."""

from typing import Any

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from models import Organization, OrganizationMember, Project, User, Workspace
from models.base import collection
from models.enums import Role, ServerRole
from models.errors import Conflict, NotFound
from models.ids import Kind, parse_id, portions
from models.write import update_and_read
from realtime.events.organization import OrganizationMemberUpdated, OrganizationUpdated
from realtime.log import Change, Committed
from resolvers.account.delete import close_account
from resolvers.account.super_admin import step_down
from resolvers.deletion.deletion import delete
from resolvers.installation.person import PEOPLE, PersonId, find_person, require_reach
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation
from resolvers.member.organization_member import insert_organization_member


@operation("personOwnedProjects", caller=Caller.PERSON, server_role=ServerRole.ADMIN, read_only=True)
async def count_owned_projects(ctx: Context, id: PersonId) -> int:
    """How many projects are in organizations that somebody owns, which would pass on with the account."""
    wanted = parse_id(id, Kind.USER)
    if await collection(User).find_one({"_id": wanted, **PEOPLE}, {"_id": 1}) is None:
        raise NotFound("User")
    owned = await _owned_organizations(wanted)
    inside = {"organization_id": {"$in": owned}}
    workspaces = await collection(Workspace).find(inside, {"_id": 1}).to_list()
    return sum(
        [
            await collection(Project).count_documents({"workspace_id": {"$in": ids}})
            for ids in portions(workspace["_id"] for workspace in workspaces)
        ]
    )


@operation("personDelete", caller=Caller.PERSON, server_role=ServerRole.ADMIN, destroys=True)
async def delete_person(ctx: Context, id: PersonId) -> Committed[ObjectId]:
    """Delete somebody's account. Organizations that they own pass to the caller, or else to the oldest
    super-administrator, of which their members are told.

    Raises Conflict for the caller's own account, and for the last super-administrator's.
    """
    wanted = parse_id(id, Kind.USER)
    if wanted == ctx.user_id:
        raise Conflict("This is your own account: `accountDelete` deletes it")

    async def body(change: Change) -> ObjectId:
        user = await find_person(change, wanted)
        role = ServerRole(user.get("server_role", ServerRole.USER))
        acting = await require_reach(ctx, change, "personDelete", role)
        if role is ServerRole.SUPER_ADMIN:
            await step_down(change, wanted)
        owned = await _owned_organizations(wanted, change.session)
        if owned:
            heir = ctx.user_id if acting is ServerRole.SUPER_ADMIN else await _oldest(change, wanted)
            for organization_id in owned:
                await _pass_on(change, organization_id, wanted, heir)
        await close_account(change, user)
        return wanted

    try:
        return await delete(ctx, wanted, body, revokes=True)
    finally:
        ctx.services.mail_due.set()


async def _owned_organizations(user_id: ObjectId, session: AsyncClientSession | None = None) -> list[ObjectId]:
    mine = {"user_id": user_id, "role": Role.OWNER.value}
    found = await collection(OrganizationMember).find(mine, {"organization_id": 1}, session=session).to_list()
    return [member["organization_id"] for member in found]


async def _oldest(change: Change, losing_id: ObjectId) -> ObjectId:
    others: dict[str, Any] = {
        "server_role": ServerRole.SUPER_ADMIN.value,
        "deleted_at": None,
        "_id": {"$ne": losing_id},
    }
    found = await collection(User).find(others, {"_id": 1}, session=change.session).sort("_id", 1).limit(1).to_list()
    if not found:
        raise Conflict("There is no super-administrator to whom what they own could pass")
    return ObjectId(found[0]["_id"])


async def _pass_on(change: Change, organization_id: ObjectId, leaving: ObjectId, heir: ObjectId) -> None:
    """Give an organization another owner. What its owner has in its workspaces follows when they leave those."""
    owner = {"$set": {"owner_id": heir, "updated_at": change.at}}
    organization = await update_and_read(Organization, {"_id": organization_id}, owner, change.session)
    if organization is None:
        return
    change.append(organization_id, OrganizationUpdated(organization=organization))
    for user_id, role in ((leaving, Role.ADMIN), (heir, Role.OWNER)):
        where = {"organization_id": organization_id, "user_id": user_id}
        member = await update_and_read(OrganizationMember, where, {"$set": {"role": role.value}}, change.session)
        if member is not None:
            change.append(organization_id, OrganizationMemberUpdated(member=member))
        elif role is Role.OWNER:
            await insert_organization_member(change, organization_id, heir, role)
