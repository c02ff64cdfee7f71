"""Invitations to a workspace: a link for one e-mail address, for a week, for one use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from bson import ObjectId

from auth.counting import count_attempt
from auth.policies import workspace as policy
from auth.secrets import hash_secret
from models import Invitation, OrganizationMember, Project, User, Workspace, WorkspaceMember
from models.address import mailbox
from models.base import collection, to_record, with_changes, without
from models.enums import MailTemplate, PilotageRole, Role, TokenScope
from models.errors import BadUserInput, Conflict, Forbidden, NotFound
from models.ids import Kind, new_id
from models.records import InvitationRecord, UserRecord, WorkspaceMemberRecord, WorkspaceRecord
from realtime.events.invitation import InvitationAccepted, InvitationCreated, InvitationResent, InvitationRevoked
from realtime.log import Change, Committed
from resolvers.inputs.workspace import WorkspaceMemberInvite
from resolvers.kit.access import check_workspace, workspace_memberships
from resolvers.kit.ceilings import MAX_INVITATIONS, require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import INVITATION, WORKSPACE
from resolvers.kit.operation import edge, operation
from resolvers.kit.page import Page, Window, pages
from resolvers.kit.plan_limits import require_plan_room
from resolvers.mail.mail import insert_mail, invitation_link, invitation_token, withdraw_mails
from resolvers.member.organization_member import insert_organization_member
from resolvers.member.project_member import add_member, is_member
from resolvers.member.workspace_member import insert_workspace_member
from resolvers.user.home import set_home
from resolvers.user.user import users_by

LIFETIME = timedelta(days=7)
MAX_INVITATIONS_AN_HOUR = 200
"""Of one workspace, and by one person to all workspaces."""
MAX_TO_ADDRESS_AN_HOUR = 10
"""Mails of one workspace to one address, whether it is invited again or an invitation is sent again."""
MAX_TO_ADDRESS_A_DAY = 50
"""Mails of all workspaces to one address."""
MAX_RESENT_AN_HOUR = 5

_ADMINISTER = TokenScope.ACCOUNT_WRITE


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation's record, without the hash. `token` and `link` are None where the link goes out by mail alone."""

    invitation: InvitationRecord
    token: str | None
    link: str | None

    @property
    def expires_at(self) -> datetime:
        """When the link ends."""
        moment: datetime = self.invitation["expires_at"]
        return moment


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
    await _check_inviter(ctx)
    for who in (workspace_id, ctx.user_id):
        await count_attempt("invite", str(who), limit=MAX_INVITATIONS_AN_HOUR, window=timedelta(hours=1))
    await _count_mail(workspace_id, values.email)
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
        await _send(change, invitation)
        change.append(workspace_id, InvitationCreated(invitation_id=invitation_id, email=values.email))
        return invitation

    committed = await ctx.write(workspace_id, body, mails=True)
    return Committed(_shown(ctx, committed.value), committed.cursor)


@operation(
    "invitationResend", opens=INVITATION.whole, permission=policy.MANAGE_MEMBERS, scope=_ADMINISTER, reveals=True
)
async def resend_invitation(ctx: Context, found: InvitationRecord) -> Committed[NewInvitation]:
    """Send an invitation once more; it is good for a week from now."""
    await _check_inviter(ctx)
    await count_attempt("resend", str(found["_id"]), limit=MAX_RESENT_AN_HOUR, window=timedelta(hours=1))
    await _count_mail(found["workspace_id"], found["email"])

    async def body(change: Change) -> InvitationRecord:
        invitation = await _open(change, found["_id"])
        changes = {"expires_at": change.at + LIFETIME}
        await collection(Invitation).update_one({"_id": found["_id"]}, {"$set": changes}, session=change.session)
        await withdraw_mails(change, found["_id"])
        await _send(change, invitation)
        resent = InvitationResent(invitation_id=found["_id"], email=invitation["email"])
        change.append(found["workspace_id"], resent)
        return with_changes(invitation, changes)

    committed = await ctx.write(found["workspace_id"], body, mails=True)
    return Committed(_shown(ctx, committed.value), committed.cursor)


@operation("invitationRevoke", opens=INVITATION.whole, permission=policy.MANAGE_MEMBERS, scope=_ADMINISTER)
async def revoke_invitation(ctx: Context, found: InvitationRecord) -> Committed[ObjectId]:
    """End an invitation that was not accepted.

    Its link is worth nothing from now on.
    """

    async def body(change: Change) -> ObjectId:
        invitation = await _open(change, found["_id"])
        await collection(Invitation).delete_one({"_id": found["_id"]}, session=change.session)
        await withdraw_mails(change, found["_id"])
        change.append(found["workspace_id"], InvitationRevoked(invitation_id=found["_id"], email=invitation["email"]))
        invitation_id: ObjectId = found["_id"]
        return invitation_id

    return await ctx.write(found["workspace_id"], body)


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
    query = {"workspace_id": workspace_id, "accepted_at": None}
    return await collection(Invitation).find(query, {"secret_hash": 0}).sort("_id", 1).to_list()


@edge(scope=_ADMINISTER, viewer=True)
async def invitations_of(
    ctx: Context,
    workspaces: Sequence[WorkspaceRecord],
    fields: Fields,
    *,
    first: int | None = None,
    after: str | None = None,
) -> list[Page]:
    """The invitations of each workspace that were not accepted. Raises Forbidden for whoever may not invite."""
    ids = [workspace["_id"] for workspace in workspaces]
    await workspace_memberships(ctx, ids)
    for object_id in ids:
        await check_workspace(ctx, object_id, policy.MANAGE_MEMBERS)
    window, wanted = Window.read(first, after), None if fields is None else fields - {"secret_hash"}
    found = await pages(Invitation, "workspace_id", ids, window, where={"accepted_at": None}, fields=wanted)
    return [found[item] for item in ids]


inviter_of = users_by("invited_by")


@operation("invitationAccept", scope=_ADMINISTER, no_tool="who was invited joins by the link of a mail")
async def accept_invitation(
    ctx: Context, token: Annotated[str, "The token of the link that came by mail."]
) -> Committed[WorkspaceMemberRecord]:
    """Join the workspace of an invitation.

    Returns the membership of the workspace.

    Raises NotFound for anybody but the invited address, Conflict for an invitation that was used or has expired.
    """
    found = await find_by_token(token)

    async def body(change: Change) -> WorkspaceMemberRecord:
        user = await collection(User).find_one({"_id": ctx.user_id}, {"email": 1}, session=change.session)
        if user is None:
            raise NotFound("Invitation")
        return await join(ctx, change, found["_id"], user)

    committed = await ctx.write(found["workspace_id"], body)
    ctx.memberships.clear()
    return committed


async def find_by_token(token: str) -> InvitationRecord:
    """The invitation of a link; raises NotFound."""
    found = await collection(Invitation).find_one({"secret_hash": hash_secret(token)})
    if found is None:
        raise NotFound("Invitation")
    return found


async def join(ctx: Context, change: Change, invitation_id: ObjectId, user: UserRecord) -> WorkspaceMemberRecord:
    """Use up an invitation and make the user (`_id` and `email`) a member, within a change; the membership."""
    invitations = collection(Invitation)
    invitation = await invitations.find_one({"_id": invitation_id}, session=change.session)
    if invitation is None or invitation["email"] != user["email"]:
        raise NotFound("Invitation")
    if invitation["accepted_at"] is not None:
        raise Conflict("The invitation was used already")
    if invitation["expires_at"] <= change.at:
        raise Conflict("The invitation has expired: ask for a new one")
    workspace = await collection(Workspace).find_one({"_id": invitation["workspace_id"]}, session=change.session)
    if workspace is None:
        raise NotFound("Invitation")
    await invitations.update_one({"_id": invitation_id}, {"$set": {"accepted_at": change.at}}, session=change.session)
    await withdraw_mails(change, invitation_id)
    change.append(workspace["_id"], InvitationAccepted(invitation_id=invitation_id, user_id=user["_id"]))
    organization_id = workspace["organization_id"]
    belongs = {"organization_id": organization_id, "user_id": user["_id"]}
    if await collection(OrganizationMember).find_one(belongs, {"_id": 1}, session=change.session) is None:
        await require_plan_room(ctx, change, "members", {"organization_id": organization_id})
        await insert_organization_member(change, organization_id, user["_id"], Role.MEMBER)
    # Whoever became a member in another way keeps the role that they have.
    member = await _membership(change, workspace["_id"], user["_id"])
    role = Role(invitation["role"])
    member = member or await insert_workspace_member(change, workspace, user["_id"], role, PilotageRole.VIEWER)
    await _join_project(change, invitation, user["_id"])
    await set_home(change, user["_id"], workspace["_id"])
    return member


async def _require_project(change: Change, workspace_id: ObjectId, project_id: ObjectId | None) -> None:
    inside = {"_id": project_id, "workspace_id": workspace_id}
    if project_id is not None and await collection(Project).find_one(inside, session=change.session) is None:
        raise BadUserInput("is not a project of the workspace", field="projectId")


async def _join_project(change: Change, invitation: InvitationRecord, user_id: ObjectId) -> None:
    """Make who was invited a member of the project that the invitation names, as long as that is there."""
    if (project_id := invitation.get("project_id")) is None or await is_member(project_id, user_id, change):
        return
    inside = {"_id": project_id, "workspace_id": invitation["workspace_id"]}
    project = await collection(Project).find_one(inside, session=change.session)
    if project is not None:
        await add_member(change, project, user_id, Role(invitation["project_role"] or Role.MEMBER))


async def _open(change: Change, invitation_id: ObjectId) -> InvitationRecord:
    invitation = await collection(Invitation).find_one({"_id": invitation_id}, session=change.session)
    if invitation is None:
        raise NotFound("Invitation")
    if invitation["accepted_at"] is not None:
        raise Conflict("The invitation was used already")
    return invitation


async def _check_inviter(ctx: Context) -> None:
    """Raise Forbidden for whoever has not confirmed an address of their own, where mail to other people goes out."""
    if ctx.services.shows_links:
        return
    inviter = await collection(User).find_one({"_id": ctx.user_id}, {"email_verified_at": 1})
    if inviter is None or inviter.get("email_verified_at") is None:
        raise Forbidden("Confirm your e-mail address first: invitations go out in your name")


async def _count_mail(workspace_id: ObjectId, email: str) -> None:
    """Count a mail to an address before it is written; raises RateLimited where it gets too many."""
    same = mailbox(email)
    here = f"{workspace_id} {same}"
    await count_attempt("invite-address", here, limit=MAX_TO_ADDRESS_AN_HOUR, window=timedelta(hours=1))
    await count_attempt("invite-address", same, limit=MAX_TO_ADDRESS_A_DAY, window=timedelta(days=1))


async def _send(change: Change, invitation: InvitationRecord) -> None:
    await insert_mail(
        change,
        invitation["email"],
        MailTemplate.INVITATION,
        about_id=invitation["_id"],
        workspace_id=invitation["workspace_id"],
    )


def _shown(ctx: Context, invitation: InvitationRecord) -> NewInvitation:
    shown = without(invitation, {"secret_hash"})
    if not ctx.services.shows_links or not ctx.subject.is_person:
        # Whoever holds the token can open an account for the address: it is for its mailbox alone. Where no mail goes
        # out it is for the person who invites, and not for a token of theirs, which may end before it.
        return NewInvitation(shown, None, None)
    token = invitation_token(ctx.services, invitation["_id"])
    return NewInvitation(shown, token, invitation_link(ctx.services, token))


async def _membership(change: Change, workspace_id: ObjectId, user_id: ObjectId) -> WorkspaceMemberRecord | None:
    query = {"workspace_id": workspace_id, "user_id": user_id}
    return await collection(WorkspaceMember).find_one(query, session=change.session)
