"""Workspaces and their members."""

from typing_extensions import TypedDict

import models
from models.base import with_changes
from models.enums import PilotageRole as PilotageRoleValue
from models.errors import NotFound
from models.ids import Kind
from models.records import WorkspaceRecord
from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceMemberUpdate, WorkspaceUpdate
from resolvers.kit.context import Context
from resolvers.member.workspace_member import list_workspace_members, remove_workspace_member, update_workspace_member
from resolvers.user.user import user_of_member
from resolvers.workspace.workspace import (
    create_workspace,
    delete_workspace,
    get_workspace,
    list_workspaces,
    my_pilotage_role_of,
    my_role_of,
    update_workspace,
)
from rest.present import presents, shown, word
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import WORKSPACE, WORKSPACES
from rest.stellary.present.account import PilotageRole
from rest.stellary.present.base import Ok, ok
from rest.stellary.present.member import Role, WorkspaceMember, role_word, workspace_member

routes = Routes("Workspaces", WORKSPACES, about="The tenants of projects, agents and missions.", place=100)
members = Routes("Workspace members", WORKSPACE + "/members", about="Who belongs to a workspace, and with which roles.")


@presents(models.Workspace)
class Workspace(TypedDict):
    """The tenant of projects, agents and missions. `myRole` and `myPilotageRole` are the caller's."""

    myRole: Role
    myPilotageRole: PilotageRole


def workspace(record: WorkspaceRecord) -> Workspace:
    """`record` carries `my_role` and `my_pilotage_role`."""
    return {
        **shown(Workspace, record),
        "myRole": role_word(record["my_role"]),
        "myPilotageRole": word(PilotageRoleValue(record["my_pilotage_role"])),
    }


@routes.get("", "List the caller's workspaces in an organization", runs=list_workspaces)
async def find(call: Call) -> list[Workspace]:
    organization = await guards.organization(call)
    return [workspace(record) for record in await list_workspaces(call.ctx, organization["_id"])]


@routes.post("", "Create a workspace", runs=create_workspace, given=["organizationId"])
async def create(call: Call) -> Workspace:
    """The caller becomes its owner."""
    organization = await guards.organization(call)
    values = call.body(WorkspaceCreate, organizationId=organization["_id"])
    created = (await create_workspace(call.ctx, values)).value
    call.ctx.memberships.pop(created["_id"], None)
    return await _mine(call.ctx, created)


@routes.get("/{wsSlug}", "Read a workspace and the caller's roles", runs=get_workspace)
async def get(call: Call) -> Workspace:
    return workspace(await get_workspace(call.ctx, call.path["orgSlug"], call.path["wsSlug"]))


@routes.patch("/{wsSlug}", "Change a workspace", runs=update_workspace)
async def update(call: Call) -> Workspace:
    found = await guards.workspace(call)
    return await _mine(call.ctx, (await update_workspace(call.ctx, found["_id"], call.body(WorkspaceUpdate))).value)


@routes.delete("/{wsSlug}", "Delete a workspace with all it holds", runs=delete_workspace)
async def delete(call: Call) -> Ok:
    """Its owner may."""
    found = await guards.workspace(call)
    await delete_workspace(call.ctx, found["_id"])
    return ok()


@members.get("", "List the members of a workspace", runs=list_workspace_members)
async def find_members(call: Call) -> list[WorkspaceMember]:
    found = await guards.workspace(call)
    return [workspace_member(record) for record in await list_workspace_members(call.ctx, found["_id"])]


@members.patch("/{userId}", "Change the role, the pilotage role, or both, of a member", runs=update_workspace_member)
async def update_member(call: Call) -> WorkspaceMember:
    found = await guards.workspace(call)
    user_id = call.id("userId", Kind.USER)
    changed = await update_workspace_member(call.ctx, found["_id"], user_id, call.body(WorkspaceMemberUpdate))
    user = (await user_of_member(call.ctx, [changed.value], None))[0]
    if user is None:
        raise NotFound("Member")
    return workspace_member({**changed.value, "user": user})


@members.delete("/{userId}", "Take a member off a workspace", runs=remove_workspace_member)
async def remove_member(call: Call) -> Ok:
    """Off its projects too. Anybody may leave; removing others takes an admin."""
    found = await guards.workspace(call)
    await remove_workspace_member(call.ctx, found["_id"], call.id("userId", Kind.USER))
    return ok()


async def _mine(ctx: Context, record: WorkspaceRecord) -> Workspace:
    roles = {
        "my_role": (await my_role_of(ctx, [record]))[0],
        "my_pilotage_role": (await my_pilotage_role_of(ctx, [record]))[0],
    }
    return workspace(with_changes(record, roles))
