"""Organizations and their members."""

from typing import Annotated

from pydantic import Field

from models.enums import Role
from models.errors import InvitationRequired, NotFound
from models.ids import Kind
from models.records import OrganizationMemberRecord
from resolvers.inputs.account import Email
from resolvers.inputs.organization import (
    MemberRole,
    OrganizationCreate,
    OrganizationMemberAdd,
    OrganizationMemberUpdate,
    OrganizationUpdate,
)
from resolvers.kit.context import Context
from resolvers.kit.input import Input, Name, NotNull
from resolvers.member.organization_member import (
    add_organization_member,
    list_organization_members,
    remove_organization_member,
    update_organization_member,
)
from resolvers.organization.organization import (
    create_organization,
    delete_organization,
    get_organization_by_id,
    list_organizations,
    update_organization,
)
from resolvers.user.user import user_of_member
from rest.agent_board.dialect import board_routes
from rest.agent_board.present.organization import (
    OrganizationData,
    OrganizationMemberData,
    organization,
    organization_member,
)
from rest.routing import Call

ORGANIZATION = "/organizations/{organizationId}"
WORKSPACE = "Main"
"""What the workspace of an organization is called that is made here."""

routes = board_routes(
    "organizations",
    "/organizations",
    about="The top of the tenancy; each has a workspace that its projects go to.",
    place=40,
)
members = board_routes("organization members", ORGANIZATION + "/members", about="Who belongs to an organization.")


class OrganizationBody(Input):
    """A new organization."""

    name: Name


class OrganizationChange(Input):
    """What changes of an organization."""

    name: Annotated[Name | None, NotNull] = None


class OrganizationMemberBody(Input):
    """Who becomes a member, by the address of an account."""

    email: Email
    role: MemberRole = Field(default=Role.MEMBER)


@routes.post("", "Create an organization", runs=create_organization, body=OrganizationBody)
async def create(call: Call) -> OrganizationData:
    """With a workspace, which its projects go to and its members join; the caller becomes its owner."""
    values = OrganizationCreate(name=call.body(OrganizationBody).name, workspace=WORKSPACE, members_join=True)
    return organization((await create_organization(call.ctx, values)).value)


@routes.get("", "List the caller's organizations", runs=list_organizations)
async def find(call: Call) -> list[OrganizationData]:
    """In the order of joining."""
    return [organization(record) for record in (await list_organizations(call.ctx)).nodes]


@routes.get("/{organizationId}", "Read an organization", runs=get_organization_by_id)
async def get(call: Call) -> OrganizationData:
    return organization(await get_organization_by_id(call.ctx, call.id("organizationId", Kind.ORGANIZATION)))


@routes.patch("/{organizationId}", "Rename an organization", runs=update_organization, body=OrganizationChange)
async def update(call: Call) -> OrganizationData:
    wanted, changes = call.id("organizationId", Kind.ORGANIZATION), call.body(OrganizationChange)
    changed = await update_organization(call.ctx, wanted, OrganizationUpdate(**changes.given()))
    return organization(changed.value)


@routes.delete("/{organizationId}", "Delete an organization", runs=delete_organization, body=None)
async def delete(call: Call) -> None:
    """Its owner may, where it has no projects."""
    await delete_organization(call.ctx, call.id("organizationId", Kind.ORGANIZATION), only_without_projects=True)


@members.get("", "List the members of an organization", runs=list_organization_members)
async def find_members(call: Call) -> list[OrganizationMemberData]:
    """In the order of joining."""
    found = await list_organization_members(call.ctx, call.id("organizationId", Kind.ORGANIZATION))
    return [organization_member(record) for record in found]


@members.post(
    "", "Add a person with an account to an organization", runs=add_organization_member, body=OrganizationMemberBody
)
async def add_member(call: Call) -> OrganizationMemberData:
    """Whoever has no account, or has not confirmed its address, is not found."""
    wanted, values = call.id("organizationId", Kind.ORGANIZATION), call.body(OrganizationMemberBody)
    adding = OrganizationMemberAdd(email=values.email, role=values.role)
    try:
        added = await add_organization_member(call.ctx, wanted, adding)
    except InvitationRequired as error:
        raise NotFound("An account that has confirmed this address") from error
    return await _with_user(call.ctx, added.value)


@members.patch("/{userId}", "Change the role of a member", runs=update_organization_member)
async def update_member(call: Call) -> OrganizationMemberData:
    """That of the owner stays."""
    wanted, user_id = call.id("organizationId", Kind.ORGANIZATION), call.id("userId", Kind.USER)
    changed = await update_organization_member(call.ctx, wanted, user_id, call.body(OrganizationMemberUpdate))
    return await _with_user(call.ctx, changed.value)


@members.delete("/{userId}", "Take a member off an organization", runs=remove_organization_member, body=None)
async def remove_member(call: Call) -> None:
    """Anybody may leave; removing others takes an admin."""
    wanted, user_id = call.id("organizationId", Kind.ORGANIZATION), call.id("userId", Kind.USER)
    await remove_organization_member(call.ctx, wanted, user_id)


async def _with_user(ctx: Context, member: OrganizationMemberRecord) -> OrganizationMemberData:
    user = (await user_of_member(ctx, [member], None))[0]
    if user is None:
        raise NotFound("Member")
    return organization_member({**member, "user": user})
