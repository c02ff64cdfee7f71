"""Organizations, their members, and the invitations to them."""

from collections.abc import Sequence
from typing import Annotated

from bson import ObjectId
from pydantic import Field

from models.base import Record, utc_now, with_changes
from models.enums import Role
from models.errors import Conflict, NotFound
from models.ids import Kind
from models.records import OrganizationMemberRecord, OrganizationRecord
from resolvers.account.registration import SHARED
from resolvers.inputs.account import Email
from resolvers.inputs.organization import (
    MemberRole,
    OrganizationCreate,
    OrganizationMemberAdd,
    OrganizationMemberInvite,
    OrganizationMemberUpdate,
    OrganizationUpdate,
    WebAddress,
)
from resolvers.invitation.accept import accept_organization_invitation
from resolvers.invitation.organization_invitation import invite_organization_member, list_organization_invitations
from resolvers.kit.context import Context
from resolvers.kit.input import Name, NotNull, Slug, WorkspaceId
from resolvers.kit.nouns import ORGANIZATION, USER
from resolvers.kit.numbered import numbers_of
from resolvers.kit.page import Window
from resolvers.kit.people import count_people
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
from rest.orkosi.bodies import Body, Deleted, deleted
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.ids import NumberOrId, found_id, path_id
from rest.orkosi.paging import PageQuery, listed, whole_of
from rest.orkosi.present.organization import (
    OrkosiInviteData,
    OrkosiOrganizationData,
    OrkosiOrganizationMemberData,
    invite,
    organization,
    organization_member,
)
from rest.routing import Call

ONE = "/{orgNumber}"

routes = orkosi_routes(
    "organizations",
    "/organizations",
    about="The top of the tenancy: its members, and the invitations to it.",
    place=30,
    tag_place=230,
)


class OrkosiOrganizationBody(Body):
    """A new organization. Without a slug it is made of the name."""

    name: Name
    slug: Slug | None = None


class OrkosiOrganizationChange(Body):
    """What changes of an organization."""

    name: Annotated[Name | None, NotNull] = None
    slug: Annotated[Slug | None, NotNull] = None
    avatar_url: WebAddress | None = None
    default_workspace_id: WorkspaceId | None = None


class OrkosiMemberBody(Body):
    """Who becomes a member: somebody of another organization of the caller's, by their number or their id."""

    user_id: Annotated[int | ObjectId, NumberOrId(Kind.USER)]
    role: MemberRole = Field(default=Role.MEMBER)


class OrkosiRoleBody(Body):
    """What a member may do from now on."""

    role: MemberRole


class OrkosiInviteBody(Body):
    """Whom an invitation is for."""

    email: Email
    role: MemberRole = Field(default=Role.MEMBER)


@routes.get("", "List the caller's organizations", runs=list_organizations, query=PageQuery)
async def find(call: Call) -> list[OrkosiOrganizationData]:
    """In the order of joining."""
    query = call.query(PageQuery)
    found = await listed(call, query, lambda first, after: list_organizations(call.ctx, Window.read(first, after)))
    return await _shown(found)


@routes.post("", "Create an organization", runs=create_organization, body=OrkosiOrganizationBody)
async def create(call: Call) -> OrkosiOrganizationData:
    """With a workspace, which its members join; the caller becomes its owner."""
    body = call.body(OrkosiOrganizationBody)
    values = OrganizationCreate(name=body.name, slug=body.slug, workspace=SHARED, members_join=True)
    made = (await create_organization(call.ctx, values)).value
    return (await _shown([with_changes(made, {"my_role": Role.OWNER.value})]))[0]


@routes.get(ONE, "Read an organization", runs=get_organization_by_id)
async def get(call: Call) -> OrkosiOrganizationData:
    return await _read(call.ctx, await _organization(call))


@routes.patch(
    ONE,
    "Change an organization",
    runs=update_organization,
    reads=(get_organization_by_id,),
    body=OrkosiOrganizationChange,
)
async def update(call: Call) -> OrkosiOrganizationData:
    wanted, changes = await _organization(call), call.body(OrkosiOrganizationChange)
    await update_organization(call.ctx, wanted, OrganizationUpdate.of(**changes.given()))
    return await _read(call.ctx, wanted)


@routes.delete(ONE, "Delete an organization", runs=delete_organization, body=None)
async def delete(call: Call) -> Deleted:
    """Its owner may, unless it is their last one. It is kept for 30 days, in which they may restore it."""
    wanted = await _organization(call)
    numbers = await numbers_of(ORGANIZATION, [wanted])
    await delete_organization(call.ctx, wanted, recoverable=True)
    return deleted(numbers[wanted])


@routes.get(ONE + "/members", "List the members of an organization", runs=list_organization_members)
async def find_members(call: Call) -> list[OrkosiOrganizationMemberData]:
    """Its people, in the order of joining."""
    found = await list_organization_members(call.ctx, await _organization(call))
    people = [member for member in found if not member["user"]["is_agent"]]
    return [organization_member(record) for record in whole_of(call, people)]


@routes.post(ONE + "/members", "Add a member to an organization", runs=add_organization_member, body=OrkosiMemberBody)
async def add_member(call: Call) -> OrkosiOrganizationMemberData:
    """Somebody who shares no other organization with the caller is not found: they are invited."""
    wanted, body = await _organization(call), call.body(OrkosiMemberBody)
    adding = OrganizationMemberAdd(user_id=await found_id(body.user_id, USER), role=body.role)
    return await _member(call.ctx, (await add_organization_member(call.ctx, wanted, adding)).value)


@routes.patch(
    ONE + "/members/{memberNumber}",
    "Change the role of a member",
    runs=update_organization_member,
    body=OrkosiRoleBody,
)
async def update_member(call: Call) -> OrkosiOrganizationMemberData:
    """That of the owner stays."""
    wanted, user_id = await _organization(call), await path_id(call, "memberNumber", USER)
    values = OrganizationMemberUpdate(role=call.body(OrkosiRoleBody).role)
    return await _member(call.ctx, (await update_organization_member(call.ctx, wanted, user_id, values)).value)


@routes.delete(
    ONE + "/members/{memberNumber}", "Take a member off an organization", runs=remove_organization_member, body=None
)
async def remove_member(call: Call) -> Deleted:
    """Anybody may leave; removing others takes an admin."""
    wanted, user_id = await _organization(call), await path_id(call, "memberNumber", USER)
    await remove_organization_member(call.ctx, wanted, user_id)
    return deleted((await numbers_of(USER, [user_id]))[user_id])


@routes.get(
    ONE + "/invites", "List the invitations to an organization that can be accepted", runs=list_organization_invitations
)
async def find_invites(call: Call) -> list[OrkosiInviteData]:
    """For its admins, oldest first."""
    found = await list_organization_invitations(call.ctx, await _organization(call))
    now = utc_now()
    return [invite(record) for record in whole_of(call, [record for record in found if record["expires_at"] > now])]


@routes.post(
    ONE + "/invites",
    "Invite an e-mail address to an organization",
    runs=invite_organization_member,
    body=OrkosiInviteBody,
)
async def create_invite(call: Call) -> OrkosiInviteData:
    """The mail with the link goes to that address alone; it is good for a week."""
    wanted, body = await _organization(call), call.body(OrkosiInviteBody)
    values = OrganizationMemberInvite(email=body.email, role=body.role)
    made = (await invite_organization_member(call.ctx, wanted, values)).value
    return invite(made.invitation, made)


@routes.post(
    "/invites/{inviteToken}/accept",
    "Accept an invitation to an organization",
    runs=accept_organization_invitation,
    status=200,
    body=None,
)
async def accept_invite(call: Call) -> OrkosiOrganizationMemberData:
    """The caller's e-mail address must be the invited one. An invitation to a team is accepted here as well."""
    try:
        joined = (await accept_organization_invitation(call.ctx, call.path["inviteToken"])).value
    except Conflict as error:  # it was used, or has expired
        raise NotFound("Invitation") from error
    return await _member(call.ctx, joined)


async def _organization(call: Call) -> ObjectId:
    """The organization of the path."""
    return await path_id(call, "orgNumber", ORGANIZATION)


async def _read(ctx: Context, organization_id: ObjectId) -> OrkosiOrganizationData:
    return (await _shown([await get_organization_by_id(ctx, organization_id)]))[0]


async def _shown(records: Sequence[OrganizationRecord | Record]) -> list[OrkosiOrganizationData]:
    """Organizations with the caller's `my_role`, and how many people each has."""
    people = await count_people([record["_id"] for record in records])
    return [organization(record, people[record["_id"]]) for record in records]


async def _member(ctx: Context, member: OrganizationMemberRecord) -> OrkosiOrganizationMemberData:
    user = (await user_of_member(ctx, [member], None))[0]
    if user is None:
        raise NotFound("Member")
    return organization_member({**member, "user": user})
