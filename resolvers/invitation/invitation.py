"""Invitations to a workspace: a link for one e-mail address, for a week, for one use."""

from datetime import timedelta
from functools import partial

from bson import ObjectId

from auth.counting import count_attempt
from auth.policies import workspace as policy
from auth.secrets import hash_secret
from models import Invitation, Project, User, Workspace, WorkspaceMember
from models.base import collection, to_record, with_changes
from models.enums import Role, TokenScope
from models.errors import BadUserInput, Conflict
from models.ids import Kind, new_id
from models.records import InvitationRecord, WorkspaceMemberRecord
from realtime.events.invitation import InvitationCreated, InvitationResent
from realtime.log import Change, Committed
from resolvers.inputs.workspace import WorkspaceMemberInvite
from resolvers.invitation.send import (
    LIFETIME,
    PENDING,
    NewInvitation,
    check_inviter,
    count_invitation,
    count_mail,
    invitations_by,
    open_invitation,
    revoke,
    send,
    shown,
)
from resolvers.kit.access import check_workspace, workspace_memberships
from resolvers.kit.ceilings import MAX_INVITATIONS, require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.nouns import INVITATION, WORKSPACE
from resolvers.kit.operation import operation
from resolvers.mail.mail import invitation_token, withdraw_mails
from resolvers.user.user import users_by

MAX_RESENT_AN_HOUR = 5

_ADMINISTER = TokenScope.ACCOUNT_WRITE


@operation(
    "workspaceMemberInvite",
    opens=WORKSPACE.by("workspace_id"),
    permission=policy.MANAGE_MEMBERS,
    scope=_ADMINISTER,
    reveals=True,
)
async def invite_workspace_member(
    ctx: Context, membership: WorkspaceMemberRecord, values: WorkspaceMemberInvite
) -> Committed[NewInvitation]:
    """Invite an e-mail address to a workspace; an earlier invitation of it ends.

    Invite an address to a workspace, by mail; an earlier invitation of the same address ends.

    Nothing in the answer says whether the address has an account. Raises RateLimited for too many, to one address
    too.
    """
    workspace_id = membership["workspace_id"]
    await count_invitation(ctx, workspace_id, values.email)
    invitation_id = new_id(Kind.INVITATION)
    token = invitation_token(ctx.services, invitation_id)

    async def body(change: Change) -> InvitationRecord:
        await require_parent(change, Workspace, workspace_id)
        await _require_project(change, workspace_id, values.project_id)
        user = await collection(User).find_one({"email": values.email}, {"_id": 1}, session=change.session)
        if user is not None and await _membership(change, workspace_id, user["_id"]) is not None:
            raise Conflict("is a member of the workspace already", field="email")
        pending = {"workspace_id": workspace_id, "accepted_at": None}
        await require_room(change, Invitation, pending, MAX_INVITATIONS, "invitations of the workspace")
        same = {"workspace_id": workspace_id, "email": values.email}
        for earlier in await collection(Invitation).find(same, {"_id": 1}, session=change.session).to_list():
            await withdraw_mails(change, earlier["_id"])
        await collection(Invitation).delete_many(same, session=change.session)
        invitation = to_record(
            Invitation(
                id=invitation_id,
                workspace_id=workspace_id,
                email=values.email,
                role=values.role,
                project_id=values.project_id,
                project_role=None if values.project_id is None else values.project_role or Role.MEMBER,
                invited_by=ctx.user_id,
                secret_hash=hash_secret(token),
                created_at=change.at,
                expires_at=change.at + LIFETIME,
            )
        )
        await collection(Invitation).insert_one(invitation, session=change.session)
        await send(change, invitation)
        change.append(workspace_id, InvitationCreated(invitation_id=invitation_id, email=values.email))
        return invitation

    committed = await ctx.write(workspace_id, body, mails=True)
    return Committed(shown(ctx, committed.value), committed.cursor)


@operation(
    "invitationResend", opens=INVITATION.whole, permission=policy.MANAGE_MEMBERS, scope=_ADMINISTER, reveals=True
)
async def resend_invitation(ctx: Context, found: InvitationRecord) -> Committed[NewInvitation]:
    """Send an invitation once more; it is good for a week from now."""
    workspace_id = ObjectId(found["workspace_id"])
    await check_inviter(ctx)
    await count_attempt("resend", str(found["_id"]), limit=MAX_RESENT_AN_HOUR, window=timedelta(hours=1))
    await count_mail(workspace_id, found["email"])

    async def body(change: Change) -> InvitationRecord:
        invitation = await open_invitation(change, found["_id"])
        changes = {"expires_at": change.at + LIFETIME}
        await collection(Invitation).update_one({"_id": found["_id"]}, {"$set": changes}, session=change.session)
        await withdraw_mails(change, found["_id"])
        await send(change, invitation)
        change.append(workspace_id, InvitationResent(invitation_id=found["_id"], email=invitation["email"]))
        return with_changes(invitation, changes)

    committed = await ctx.write(workspace_id, body, mails=True)
    return Committed(shown(ctx, committed.value), committed.cursor)


@operation("invitationRevoke", opens=INVITATION.whole, permission=policy.MANAGE_MEMBERS, scope=_ADMINISTER)
async def revoke_invitation(ctx: Context, found: InvitationRecord) -> Committed[ObjectId]:
    """End an invitation that was not accepted.

    Its link is worth nothing from now on.
    """
    workspace_id = ObjectId(found["workspace_id"])

    async def body(change: Change) -> ObjectId:
        return await revoke(change, workspace_id, await open_invitation(change, found["_id"]))

    return await ctx.write(workspace_id, body)


@operation(
    "invitations",
    opens=WORKSPACE.by("workspace_id"),
    permission=policy.MANAGE_MEMBERS,
    scope=_ADMINISTER,
    read_only=True,
)
async def list_invitations(ctx: Context, membership: WorkspaceMemberRecord) -> list[InvitationRecord]:
    """The invitations of a workspace that were not accepted, oldest first; expired ones too."""
    workspace_id = membership["workspace_id"]
    query = {"workspace_id": workspace_id, **PENDING}
    return await collection(Invitation).find(query, {"secret_hash": 0}).sort("_id", 1).to_list()


invitations_of = invitations_by(
    "workspace_id", workspace_memberships, partial(check_workspace, permission=policy.MANAGE_MEMBERS)
)
"""The same of each workspace. Raises Forbidden for whoever may not invite."""
inviter_of = users_by("invited_by")


async def _require_project(change: Change, workspace_id: ObjectId, project_id: ObjectId | None) -> None:
    inside = {"_id": project_id, "workspace_id": workspace_id}
    if project_id is not None and await collection(Project).find_one(inside, session=change.session) is None:
        raise BadUserInput("is not a project of the workspace", field="projectId")


async def _membership(change: Change, workspace_id: ObjectId, user_id: ObjectId) -> WorkspaceMemberRecord | None:
    query = {"workspace_id": workspace_id, "user_id": user_id}
    return await collection(WorkspaceMember).find_one(query, session=change.session)
