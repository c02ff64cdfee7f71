"""The people of the request's organization."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from bson import ObjectId
from pydantic import Field

from auth.policies import organization as policy
from models.enums import Role, ServerRole
from models.errors import Conflict, Forbidden, NotFound
from models.organization import Persona
from models.records import OrganizationMemberRecord
from resolvers.account.account import get_viewer, update_user
from resolvers.account.delete import delete_account
from resolvers.inputs.account import AccountDelete, CodeText, Email, PasswordText, Username, UserUpdate
from resolvers.inputs.installation import PersonUpdate
from resolvers.inputs.organization import OrganizationMemberUpdate
from resolvers.installation.person import update_person
from resolvers.installation.person_delete import delete_person
from resolvers.kit.access import access
from resolvers.kit.input import NotNull
from resolvers.kit.nouns import ORGANIZATION, USER
from resolvers.kit.server_role import server_role
from resolvers.member.organization_member import (
    get_organization_member,
    list_organization_members,
    remove_organization_member,
    update_organization_member,
)
from rest.orkosi.bodies import Body, Deleted, deleted
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.ids import path_id
from rest.orkosi.paging import whole_of
from rest.orkosi.present.show import word
from rest.orkosi.present.user import OrkosiUserData, user
from rest.orkosi.workspace import organization_of
from rest.routing import Call

routes = orkosi_routes("users", "/users", about="The people of an organization.", place=130, tag_place=320)

_ROLES = {"admin": Role.ADMIN, "member": Role.MEMBER, "viewer": Role.VIEWER}


class OrkosiMemberData(OrkosiUserData):
    """A person of an organization. `persona` is what they are called there, where that says more than the role."""

    persona: Literal["editor", "builder", "demo"] | None


class OrkosiUserChange(Body):
    """What changes of a person. Only what is given does."""

    username: Annotated[Username | None, NotNull] = None
    email: Annotated[Email | None, NotNull] = None
    role: Annotated[Literal["admin", "member", "viewer", "editor", "builder", "demo"] | None, NotNull] = None


class OrkosiAccountDelete(Body):
    """What proves that it is the account's owner who asks, where the sign-in is more than 15 minutes old."""

    password: PasswordText | None = Field(None, repr=False)
    code: CodeText | None = Field(None, repr=False)


@routes.get("", "List the people of the organization", runs=list_organization_members, names_object=True)
async def find(call: Call) -> list[OrkosiMemberData]:
    """In the order of joining."""
    members = await list_organization_members(call.ctx, await organization_of(call))
    return whole_of(call, [_member_data(call, member) for member in members if not member["user"]["is_agent"]])


@routes.get("/{userNumber}", "Read a person of the organization", runs=get_organization_member)
async def get(call: Call) -> OrkosiMemberData:
    return _member_data(call, await _member(call, await organization_of(call)))


@routes.patch(
    "/{userNumber}",
    "Change a person of the organization",
    runs=update_organization_member,
    reads=(get_organization_member,),
    body=OrkosiUserChange,
)
async def update(call: Call) -> OrkosiMemberData:
    """For admins. The username and the address of somebody else are for whoever manages the accounts of the
    installation to change: who has them has the account. Sent as they are shown, they stay as they are."""
    body, organization_id = call.body(OrkosiUserChange), await organization_of(call)
    member = await _member(call, organization_id)
    await access(call.ctx, ORGANIZATION, organization_id, policy.MANAGE_MEMBERS)
    if body.role not in (None, "admin") and member["role"] == Role.OWNER:
        raise Conflict("The role of the organization's owner cannot be changed")
    is_own = member["user_id"] == call.ctx.user_id
    account = _changed(body.given(), _member_data(call, member), is_own=is_own)
    if is_own and account.keys() == {"username"}:
        await update_user(call.ctx, UserUpdate(**account))
    elif account:
        await update_person(call.ctx, member["user_id"], PersonUpdate(**account))
    if body.role is not None and member["role"] != Role.OWNER:
        persona = None if body.role in _ROLES else Persona(body.role)
        role = _ROLES[body.role] if persona is None else persona.role
        changed = OrganizationMemberUpdate(role=role, persona=persona)
        await update_organization_member(call.ctx, organization_id, member["user_id"], changed)
    return _member_data(call, await get_organization_member(call.ctx, organization_id, member["user_id"]))


@routes.delete(
    "/me",
    "Delete the caller's account",
    runs=delete_account,
    reads=(get_viewer,),
    body=OrkosiAccountDelete,
    may_be_empty=True,
)
async def delete_own(call: Call) -> Deleted:
    """What others rely on stays, by a user without a name. Not for whoever runs the installation, nor for owners of
    organizations with other people in them."""
    body = call.body(OrkosiAccountDelete)
    if (await server_role(call.ctx.user_id)).covers(ServerRole.ADMIN):
        raise Forbidden("Whoever runs the installation does not delete the account that does")
    viewer = await get_viewer(call.ctx, frozenset({"number"}))
    try:
        await delete_account(call.ctx, AccountDelete(**body.given()))
    except Conflict as error:
        raise Forbidden(error.message) from error
    return deleted(viewer["number"] or viewer["_id"])


@routes.delete(
    "/{userNumber}", "Remove a person", runs=remove_organization_member, reads=(get_organization_member,), body=None
)
async def delete(call: Call) -> Deleted:
    """From the organization; whoever manages the accounts of the installation deletes the account. The caller's own
    is deleted by `DELETE /users/me`."""
    organization_id = await organization_of(call)
    member = await _member(call, organization_id)
    user_id = member["user_id"]
    if user_id == call.ctx.user_id:
        raise Forbidden("Your own account is deleted by DELETE /users/me")
    if call.ctx.subject.is_person and (await server_role(call.ctx.user_id)).covers(ServerRole.ADMIN):
        await delete_person(call.ctx, user_id)
    else:
        await remove_organization_member(call.ctx, organization_id, user_id)
    return deleted(member["user"]["number"] or user_id)


def _member_data(call: Call, member: OrganizationMemberRecord) -> OrkosiMemberData:
    role, persona = Role(member["role"]), member.get("persona")
    return {**user(call.ctx.services, member["user"], role), "persona": word(Persona(persona)) if persona else None}


def _changed(given: Mapping[str, Any], shown: Mapping[str, Any], *, is_own: bool) -> dict[str, Any]:
    """What a body changes of an account. Whoever sends their own name as it is shown may have none yet, and takes it
    so."""
    account = {name: value for name, value in given.items() if name != "role"}
    return {name: value for name, value in account.items() if value != shown[name] or (is_own and name == "username")}


async def _member(call: Call, organization_id: ObjectId) -> OrganizationMemberRecord:
    """The person of the path, who is in the organization; raises NotFound, for strangers as for nobody."""
    user_id = await path_id(call, "userNumber", USER)
    try:
        member = await get_organization_member(call.ctx, organization_id, user_id)
    except NotFound as error:
        raise NotFound(USER.title) from error
    if member["user"]["is_agent"]:
        raise NotFound(USER.title)
    return member
