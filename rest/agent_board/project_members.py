"""Members of a project: of its workspace, and people who are invited to both."""

from typing import Literal

from pydantic import Field
from typing_extensions import TypedDict

from models.address import known_address
from models.base import Record
from models.enums import Role
from models.errors import BadUserInput, Conflict, Forbidden, NotFound
from models.ids import Kind
from models.records import InvitationRecord, ProjectMemberRecord, ProjectRecord
from resolvers.inputs.account import Email
from resolvers.inputs.organization import ProjectRole
from resolvers.inputs.project import ProjectMemberAdd, ProjectMemberUpdate
from resolvers.inputs.workspace import WorkspaceMemberInvite
from resolvers.invitation.invitation import invite_workspace_member, list_invitations, revoke_invitation
from resolvers.kit.input import Input
from resolvers.member.project_member import (
    add_project_member,
    list_project_members,
    remove_project_member,
    update_project_member,
)
from resolvers.user.user import user_of_member
from rest.agent_board import guards
from rest.agent_board.dialect import board_routes
from rest.agent_board.present.organization import MemberRole, display_name, member_role
from rest.present import Id
from rest.routing import Call

routes = board_routes(
    "project members", guards.PROJECT_PATH, about="Who is a member of a project, or invited to it.", place=70
)


class ProjectMemberBody(Input):
    """Who becomes a member, by address."""

    email: Email
    role: ProjectRole = Field(default=Role.MEMBER)


class ProjectMemberData(TypedDict):
    """A member of a project, or somebody who is invited: then there is no `userId`."""

    userId: Id | None
    email: str
    displayName: str
    role: MemberRole
    status: Literal["active", "pending"]


@routes.get("/members", "List the members of a project", runs=list_project_members)
async def find(call: Call) -> list[ProjectMemberData]:
    """In the order of joining; then, for admins of the workspace, those who are invited."""
    project = await guards.project(call, frozenset({"workspace_id"}))
    found = [_member(record) for record in await list_project_members(call.ctx, project["_id"])]
    try:
        invited = await list_invitations(call.ctx, project["workspace_id"])
    except Forbidden:
        return found
    return found + [_invited(record) for record in invited if record.get("project_id") == project["_id"]]


@routes.post("/members", "Add a member to a project", runs=add_project_member, body=ProjectMemberBody)
async def add(call: Call) -> ProjectMemberData:
    """A member of the workspace at once. Anybody else is invited to the workspace and the project, by its admins."""
    project, values = await guards.project(call, frozenset({"workspace_id"})), call.body(ProjectMemberBody)
    adding = ProjectMemberAdd(email=values.email, role=values.role)
    try:
        added = (await add_project_member(call.ctx, project["_id"], adding)).value
    except BadUserInput as error:
        if error.field != "email":
            raise
        return await _invite(call, project, values)
    return await _with_user(call, added)


@routes.patch("/members/{userId}", "Change the role of a member", runs=update_project_member)
async def update(call: Call) -> ProjectMemberData:
    project_id, user_id = call.id("projectId", Kind.PROJECT), call.id("userId", Kind.USER)
    changed = await update_project_member(call.ctx, project_id, user_id, call.body(ProjectMemberUpdate))
    return await _with_user(call, changed.value)


@routes.delete("/members/{userId}", "Take a member off a project", runs=remove_project_member, body=None)
async def remove(call: Call) -> None:
    project_id, user_id = call.id("projectId", Kind.PROJECT), call.id("userId", Kind.USER)
    await remove_project_member(call.ctx, project_id, user_id)


@routes.delete("/invitations/{email}", "Take back an invitation to a project", runs=revoke_invitation, body=None)
async def revoke(call: Call) -> None:
    """The invitation to its workspace ends with it."""
    project = await guards.project(call, frozenset({"workspace_id"}))
    wanted = known_address(call.path["email"])
    for invitation in await list_invitations(call.ctx, project["workspace_id"]):
        if invitation["email"] == wanted and invitation.get("project_id") == project["_id"]:
            await revoke_invitation(call.ctx, invitation["_id"])
            return
    raise NotFound("Invitation")


async def _invite(call: Call, project: ProjectRecord, values: ProjectMemberBody) -> ProjectMemberData:
    inviting = WorkspaceMemberInvite(email=values.email, project_id=project["_id"], project_role=values.role)
    try:
        made = (await invite_workspace_member(call.ctx, project["workspace_id"], inviting)).value
    except Conflict as error:
        raise Conflict("is a member of the project already", field="email") from error
    return _invited(made.invitation)


async def _with_user(call: Call, member: ProjectMemberRecord) -> ProjectMemberData:
    [user] = await user_of_member(call.ctx, [member], None)
    if user is None:
        raise NotFound("Project member")
    return _member({**member, "user": user})


def _member(record: ProjectMemberRecord | Record) -> ProjectMemberData:
    user = record["user"]
    return {
        "userId": str(user["_id"]),
        "email": user["email"],
        "displayName": display_name(user),
        "role": member_role(Role(record.get("role", Role.MEMBER))),
        "status": "active",
    }


def _invited(invitation: InvitationRecord) -> ProjectMemberData:
    email = invitation["email"]
    role = member_role(Role(invitation.get("project_role") or Role.MEMBER))
    return {"userId": None, "email": email, "displayName": email.partition("@")[0], "role": role, "status": "pending"}
