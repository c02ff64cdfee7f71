"""Invitations to a team: whoever accepts one becomes a member of it and, unless they are, of its organization."""

from bson import ObjectId

from auth.policies import organization
from auth.policies import team as policy
from models import Invitation, OrganizationMember, Team, TeamMember, User
from models.base import collection
from models.enums import Role, TokenScope
from models.errors import Conflict
from models.ids import Kind, new_id
from models.records import InvitationRecord, TeamRecord
from realtime.log import Change, Committed
from resolvers.inputs.team import TeamMemberInvite
from resolvers.invitation.organization_invitation import insert_invitation
from resolvers.invitation.send import NewInvitation, count_invitation, shown
from resolvers.kit.access import check_organization, door_of
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent
from resolvers.kit.nouns import TEAM
from resolvers.kit.operation import operation
from resolvers.member.team_member import LEADERS, OWNERS, require_lead

_ADMINISTER = TokenScope.ACCOUNT_WRITE


@operation("teamMemberInvite", opens=TEAM.by("team_id"), permission=policy.WRITE, scope=_ADMINISTER, reveals=True)
async def invite_team_member(ctx: Context, team: TeamRecord, values: TeamMemberInvite) -> Committed[NewInvitation]:
    """Invite an address to a team, by mail; `organizationInvitationAccept` accepts.

    For the team's owners and admins, as far as the address is that of somebody in the organization; anybody else is
    invited by its admins. Raises Conflict while an earlier invitation of the same address is open, and for a member;
    RateLimited for too many, to one address too.
    """
    await require_lead(ctx, team, OWNERS if values.role is Role.OWNER else LEADERS)
    organization_id = ObjectId(team["organization_id"])
    await count_invitation(ctx, organization_id, values.email)
    invitation_id = new_id(Kind.INVITATION)

    async def body(change: Change) -> InvitationRecord:
        await require_parent(change, Team, team["_id"])
        user = await collection(User).find_one({"email": values.email}, {"_id": 1}, session=change.session)
        belongs = {"organization_id": organization_id, "user_id": door_of(user)}
        if await collection(OrganizationMember).find_one(belongs, {"_id": 1}, session=change.session) is None:
            await check_organization(ctx, organization_id, organization.MANAGE_MEMBERS)
        mine = {"team_id": team["_id"], "user_id": door_of(user)}
        if await collection(TeamMember).find_one(mine, {"_id": 1}, session=change.session) is not None:
            raise Conflict("is a member of the team already", field="email")
        return await insert_invitation(
            ctx,
            change,
            invitation_id,
            organization_id=organization_id,
            email=values.email,
            role=values.role,
            team_id=team["_id"],
        )

    committed = await ctx.write(organization_id, body, mails=True)
    return Committed(shown(ctx, committed.value), committed.cursor)


@operation("teamInvitations", opens=TEAM.by("team_id"), permission=policy.WRITE, scope=_ADMINISTER, read_only=True)
async def list_team_invitations(ctx: Context, team: TeamRecord) -> list[InvitationRecord]:
    """The invitations to a team that were not accepted, oldest first; expired ones too. For those who may invite."""
    await require_lead(ctx, team, LEADERS)
    query = {"organization_id": team["organization_id"], "team_id": team["_id"], "accepted_at": None}
    return await collection(Invitation).find(query, {"secret_hash": 0}).sort("_id", 1).to_list()
