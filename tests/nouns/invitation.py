"""Invitations to a workspace and to an organization."""

from resolvers.inputs.account import InvitationRegister
from resolvers.inputs.organization import OrganizationMemberInvite
from resolvers.inputs.workspace import WorkspaceMemberInvite
from resolvers.invitation import invitation, organization_invitation
from resolvers.invitation.invitation import invite_workspace_member
from tests.resolvers.lab import PASSWORD, again
from tests.rest.conftest import made
from tests.rest.story import Cast, deleted, read
from tests.world.paths import ORKOSI, WORKSPACE
from tests.world.sample import Case, Sample, sent
from tests.world.world import World


async def make(world: World) -> None:
    ids = world.ids
    invited = WorkspaceMemberInvite(email="nobody@example.com")
    here = await world.made(invitation.invite_workspace_member, ids["workspace"], invited)
    ids["invitation"], ids["invitation_id"] = here.token, here.invitation["_id"]
    asked = OrganizationMemberInvite(email="nobody@example.com")
    to_all = await world.made(organization_invitation.invite_organization_member, ids["organization"], asked)
    ids["organization_invitation"], ids["organization_invitation_id"] = to_all.token, to_all.invitation["_id"]


async def invite_outsider(world: World) -> None:
    """An invitation that the outsider can accept."""
    values = WorkspaceMemberInvite(email=world.ids["outsider_email"])
    made = await invite_workspace_member(again(world.owner), world.ids["workspace"], values)
    world.ids["outsider_invitation"] = made.value.token


async def story(cast: Cast) -> None:
    api, ann, workspace = cast.api, cast.ann, cast.workspace
    invited = await made(ann, f"{workspace}/members/invite", email="cleo@example.com", role="admin")
    assert [one["email"] for one in await read(ann, f"{workspace}/invitations")] == ["cleo@example.com"]
    again = await made(ann, f"{workspace}/invitations/{invited['id']}/resend")
    assert again["token"] == invited["token"]
    assert (await read(api.client(), f"/invitations/{invited['token']}"))["workspaceName"] == "Engineering"
    cleo = await made(api.client(), f"/invitations/{invited['token']}/register", password=PASSWORD, name="Cleo")
    assert cleo["user"]["email"] == "cleo@example.com"
    await deleted(ann, f"{workspace}/members/{cleo['user']['id']}")
    other = await made(ann, f"{workspace}/members/invite", email="dan@example.com")
    await deleted(ann, f"{workspace}/invitations/{other['id']}")


SAMPLE = Sample(
    after=("workspace_member",),
    make=make,
    places={"invitationId": "invitation_id", "inviteToken": "organization_invitation", "token": "invitation"},
    calls={
        "organizationMemberInvite": lambda ids: (
            ids["organization"],
            OrganizationMemberInvite(email="another@example.com"),
        ),
        "organizationInvitations": lambda ids: (ids["organization"],),
        "organizationInvitationRevoke": lambda ids: (ids["organization"], ids["organization_invitation_id"]),
        "organizationInvitationAccept": lambda ids: (ids["organization_invitation"],),
        "workspaceMemberInvite": lambda ids: (ids["workspace"], WorkspaceMemberInvite(email="some@example.com")),
        "invitations": lambda ids: (ids["workspace"],),
        "invitationResend": lambda ids: (ids["invitation_id"],),
        "invitationRevoke": lambda ids: (ids["invitation_id"],),
        "invitation": lambda ids: (ids["invitation"],),
        "invitationRegister": lambda ids: (InvitationRegister(token=ids["invitation"], password=PASSWORD),),
        "invitationAccept": lambda ids: (ids["invitation"],),
    },
    counts={"organizationMemberInvite", "workspaceMemberInvite", "invitationResend"},
    refused_there={"organizationInvitationAccept", "invitationResend", "invitationRevoke", "invitationAccept"},
    routes={
        ("POST", WORKSPACE + "/members/invite"): sent(email="some@example.com"),
        ("GET", WORKSPACE + "/invitations"): None,
        ("POST", WORKSPACE + "/invitations/{invitationId}/resend"): None,
        ("DELETE", WORKSPACE + "/invitations/{invitationId}"): None,
        ("GET", "/invitations/{token}"): None,
        ("POST", "/invitations/{token}/register"): sent(password=PASSWORD),
        ("POST", "/invitations/{token}/accept"): None,
        ("GET", ORKOSI + "/organizations/{orgNumber}/invites"): None,
        ("POST", ORKOSI + "/organizations/{orgNumber}/invites"): sent(email="another@example.com"),
        ("POST", ORKOSI + "/organizations/invites/{inviteToken}/accept"): None,
    },
    cases={
        "organizationInvitationAccept": Case(
            arguments=lambda ids: (ids["outsider_invitation"],), caller="outsider", prepare=invite_outsider
        ),
        "invitationAccept": Case(
            arguments=lambda ids: (ids["outsider_invitation"],), caller="outsider", prepare=invite_outsider
        ),
    },
    unseen=dict.fromkeys(
        (
            "organizationMemberInvite",
            "organizationInvitationRevoke",
            "workspaceMemberInvite",
            "invitationResend",
            "invitationRevoke",
        ),
        "invitations are for admins, and a workspace's stream is for all its members",
    ),
    story=story,
)
