"""Invitations to a workspace: for those who invite, and for whoever holds the link."""

from models import Organization as OrganizationDocument
from models import Workspace as WorkspaceDocument
from models.errors import NotFound
from resolvers.account.invited import get_invitation, register_invited
from resolvers.inputs.account import InvitationRegister
from resolvers.inputs.workspace import WorkspaceMemberInvite
from resolvers.invitation.accept import accept_invitation
from resolvers.invitation.invitation import (
    invite_workspace_member,
    list_invitations,
    resend_invitation,
    revoke_invitation,
)
from resolvers.kit.load import to_one
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.auth import start_session
from rest.stellary.paths import WORKSPACE
from rest.stellary.present.account import Session
from rest.stellary.present.base import Ok, ok
from rest.stellary.present.invitation import (
    Invitation,
    InvitationPreview,
    PendingInvitation,
    invitation,
    invitation_preview,
    pending_invitation,
)
from rest.stellary.present.member import Membership, membership

routes = Routes(
    "Invitations", WORKSPACE, about="Asking people into a workspace by mail, and what their link opens.", place=120
)
links = Routes("Invitations", "/invitations")


@routes.post("/members/invite", "Invite an e-mail address to a workspace", runs=invite_workspace_member)
async def invite(call: Call) -> Invitation:
    """The mail with the link goes to that address alone."""
    found = await guards.workspace(call)
    return invitation((await invite_workspace_member(call.ctx, found["_id"], call.body(WorkspaceMemberInvite))).value)


@routes.get("/invitations", "List the invitations that were not accepted", runs=list_invitations)
async def find(call: Call) -> list[PendingInvitation]:
    """Expired ones too: they can be sent once more."""
    found = await guards.workspace(call)
    return [pending_invitation(record) for record in await list_invitations(call.ctx, found["_id"])]


@routes.post("/invitations/{invitationId}/resend", "Send an invitation once more", runs=resend_invitation)
async def resend(call: Call) -> Invitation:
    """It is good for a week from now."""
    found = await guards.invitation(call)
    return invitation((await resend_invitation(call.ctx, found["_id"])).value)


@routes.delete("/invitations/{invitationId}", "Revoke an invitation", runs=revoke_invitation)
async def revoke(call: Call) -> Ok:
    """Its link is worth nothing from then on."""
    found = await guards.invitation(call)
    await revoke_invitation(call.ctx, found["_id"])
    return ok()


@links.get("/{token}", "Read what an invitation is for", runs=get_invitation)
async def get(call: Call) -> InvitationPreview:
    return invitation_preview(await get_invitation(call.ctx, call.path["token"]))


@links.post("/{token}/accept", "Accept an invitation to a workspace", runs=accept_invitation)
async def accept(call: Call) -> Membership:
    """The caller's e-mail address must be the invited one."""
    member = (await accept_invitation(call.ctx, call.path["token"])).value
    workspaces = await to_one(WorkspaceDocument, [member], "workspace_id")
    organizations = await to_one(OrganizationDocument, [member], "organization_id")
    if workspaces[0] is None or organizations[0] is None:
        raise NotFound("Workspace")
    return membership(member, workspaces[0], organizations[0])


@links.post(
    "/{token}/register", "Register with an invitation", runs=register_invited, given=["token"], sets_cookies=True
)
async def register(call: Call) -> Session:
    """An account for the invited address, which joins the workspace at once; signs in."""
    values = call.body(InvitationRegister, token=call.path["token"])
    return start_session(call, await register_invited(call.ctx, values))
