"""Organizations and their members."""

from typing_extensions import TypedDict

import models
from models.base import with_changes
from models.errors import NotFound
from models.ids import Kind
from models.records import OrganizationMemberRecord, OrganizationRecord
from resolvers.inputs.organization import (
    OrganizationCreate,
    OrganizationMemberAdd,
    OrganizationMemberUpdate,
    OrganizationUpdate,
)
from resolvers.kit.context import Context
from resolvers.member.organization_member import (
    add_organization_member,
    list_organization_members,
    remove_organization_member,
    update_organization_member,
)
from resolvers.organization.organization import (
    create_organization,
    delete_organization,
    get_organization,
    list_organizations,
    my_role_of,
    update_organization,
)
from resolvers.user.user import user_of_member
from rest.present import presents, shown
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import ORGANIZATION, ORGANIZATIONS
from rest.stellary.present.base import Ok, ok
from rest.stellary.present.member import OrganizationMember, Role, organization_member, role_word

routes = Routes("Organizations", ORGANIZATIONS, about="The top of the tenancy.", place=80)
members = Routes(
    "Organization members", ORGANIZATION + "/members", about="Who belongs to an organization, and with which role."
)


@presents(models.Organization)
class Organization(TypedDict):
    """The top of the tenancy. `myRole` is the caller's."""

    myRole: Role


def organization(record: OrganizationRecord) -> Organization:
    """`record` carries `my_role`."""
    return {**shown(Organization, record), "myRole": role_word(record["my_role"])}


@routes.get("", "List the caller's organizations", runs=list_organizations)
async def find(call: Call) -> list[Organization]:
    return [organization(record) for record in (await list_organizations(call.ctx)).nodes]


@routes.post("", "Create an organization", runs=create_organization)
async def create(call: Call) -> Organization:
    """The caller becomes its owner."""
    return await _mine(call.ctx, (await create_organization(call.ctx, call.body(OrganizationCreate))).value)


@routes.get("/{orgSlug}", "Read an organization", runs=get_organization)
async def get(call: Call) -> Organization:
    return organization(await get_organization(call.ctx, call.path["orgSlug"]))


@routes.patch("/{orgSlug}", "Change an organization", runs=update_organization)
async def update(call: Call) -> Organization:
    found = await guards.organization(call)
    changed = await update_organization(call.ctx, found["_id"], call.body(OrganizationUpdate))
    return await _mine(call.ctx, changed.value)


@routes.delete("/{orgSlug}", "Delete an organization with all it holds", runs=delete_organization)
async def delete(call: Call) -> Ok:
    """Its owner may."""
    found = await guards.organization(call)
    await delete_organization(call.ctx, found["_id"])
    return ok()


@members.get("", "List the members of an organization", runs=list_organization_members)
async def find_members(call: Call) -> list[OrganizationMember]:
    found = await guards.organization(call)
    return [organization_member(record) for record in await list_organization_members(call.ctx, found["_id"])]


@members.post("", "Add a person with an account to an organization", runs=add_organization_member)
async def add_member(call: Call) -> OrganizationMember:
    found = await guards.organization(call)
    added = await add_organization_member(call.ctx, found["_id"], call.body(OrganizationMemberAdd))
    return await _with_user(call.ctx, added.value)


@members.patch("/{userId}", "Change the role of a member", runs=update_organization_member)
async def update_member(call: Call) -> OrganizationMember:
    found = await guards.organization(call)
    user_id = call.id("userId", Kind.USER)
    changed = await update_organization_member(call.ctx, found["_id"], user_id, call.body(OrganizationMemberUpdate))
    return await _with_user(call.ctx, changed.value)


@members.delete("/{userId}", "Take a member off an organization", runs=remove_organization_member)
async def remove_member(call: Call) -> Ok:
    """Off its workspaces and their projects too. Anybody may leave; removing others takes an admin."""
    found = await guards.organization(call)
    await remove_organization_member(call.ctx, found["_id"], call.id("userId", Kind.USER))
    return ok()


async def _mine(ctx: Context, record: OrganizationRecord) -> Organization:
    return organization(with_changes(record, {"my_role": (await my_role_of(ctx, [record]))[0]}))


async def _with_user(ctx: Context, member: OrganizationMemberRecord) -> OrganizationMember:
    user = (await user_of_member(ctx, [member], None))[0]
    if user is None:
        raise NotFound("Member")
    return organization_member({**member, "user": user})
