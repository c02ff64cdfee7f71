"""Invitations to an organization, and whoever becomes a member of it: they join its default workspace."""

from datetime import timedelta
from typing import Any

import pytest

from models import Invitation, Mail, WorkspaceMember
from models.base import collection, utc_now
from models.enums import Role
from models.errors import BadUserInput, Conflict, Forbidden, NotFound
from models.ids import Kind, new_id
from resolvers.account.invited import get_invitation, register_invited
from resolvers.inputs.account import InvitationRegister
from resolvers.inputs.organization import (
    OrganizationMemberAdd,
    OrganizationMemberInvite,
    OrganizationMemberUpdate,
    OrganizationUpdate,
)
from resolvers.invitation.accept import accept_invitation, accept_organization_invitation
from resolvers.invitation.organization_invitation import (
    invite_organization_member,
    list_organization_invitations,
    revoke_organization_invitation,
)
from resolvers.invitation.send import NewInvitation
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.mail.mail import compose
from resolvers.member.organization_member import add_organization_member, update_organization_member
from resolvers.organization.organization import default_workspace_of, update_organization
from resolvers.workspace.workspace import delete_workspace, get_workspace_by_id
from tests.resolvers.conftest import Join, Tenant
from tests.resolvers.lab import PASSWORD, People, again, event_types
from tests.stubs import stub


async def invite(ctx: Context, organization: Any, email: str, role: Role = Role.MEMBER) -> NewInvitation:
    values = OrganizationMemberInvite(email=email, role=role)
    return (await invite_organization_member(again(ctx), organization["_id"], values)).value


async def make_default(owner: Context, organization: Any, workspace: Any) -> None:
    values = OrganizationUpdate(default_workspace_id=workspace["_id"])
    await update_organization(again(owner), organization["_id"], values)


async def role_in(workspace: Any, person: Context) -> str | None:
    mine = {"workspace_id": workspace["_id"], "user_id": person.user_id}
    found = await collection(WorkspaceMember).find_one(mine)
    return None if found is None else found["role"]


async def test_whoever_accepts_joins_the_organization_and_its_default_workspace(
    people: People, owner: Context, organization: Any, workspace: Any
) -> None:
    # Given
    await make_default(owner, organization, workspace)
    bob, eve = await people.register("bob"), await people.register("eve")

    # When
    sent = await invite(owner, organization, people.email(bob), Role.VIEWER)

    # Then
    assert sent.token is not None
    assert sent.expires_at - sent.invitation["created_at"] == timedelta(days=7)
    preview = await get_invitation(eve, sent.token)
    assert (preview["workspace_name"], preview["organization_name"]) == (None, organization["name"])
    mail = await collection(Mail).find_one({"about_id": sent.invitation["_id"]})
    assert mail is not None
    letter = await compose(owner.services, mail)
    assert letter is not None
    assert f"invites you to {organization['name']} in Orrery" in letter.text
    for refused, error in ((eve, NotFound), (bob, Conflict)):
        with pytest.raises(error):
            await accept_invitation(again(refused), sent.token)
    with pytest.raises(NotFound):
        await accept_organization_invitation(again(eve), sent.token)

    # When
    member = (await accept_organization_invitation(again(bob), sent.token)).value

    # Then
    assert (member["user_id"], member["role"]) == (bob.user_id, "viewer")
    assert await role_in(workspace, bob) == "viewer"
    assert (await event_types(organization["_id"]))[-3:] == [
        "InvitationCreated",
        "InvitationAccepted",
        "OrganizationMemberAdded",
    ]
    with pytest.raises(Conflict):
        await accept_organization_invitation(again(bob), sent.token)
    with pytest.raises(Conflict) as twice:
        await invite(owner, organization, people.email(bob))
    assert twice.value.field == "email"


async def test_an_open_invitation_is_in_the_way_of_another_and_an_expired_one_is_replaced(
    people: People, owner: Context, organization: Any
) -> None:
    # Given
    first = await invite(owner, organization, "new@example.com")
    invitations = collection(Invitation)

    # When, then
    with pytest.raises(Conflict) as refused:
        await invite(owner, organization, "NEW@example.com", Role.ADMIN)
    assert refused.value.field == "email"

    # When
    await invitations.update_one({"_id": first.invitation["_id"]}, {"$set": {"expires_at": utc_now()}})
    second = await invite(owner, organization, "new@example.com", Role.ADMIN)

    # Then
    found = await list_organization_invitations(again(owner), organization["_id"])
    assert [invitation["_id"] for invitation in found] == [second.invitation["_id"]]
    assert "secret_hash" not in dict(found[0])
    with pytest.raises(NotFound):
        await get_invitation(owner, first.token or "")

    # When
    signed_in = await register_invited(
        people.anonymous, InvitationRegister(token=second.token or "", password=PASSWORD, name="New")
    )

    # Then
    new = await people.by_jwt(signed_in.access_token)
    await update_organization(new, organization["_id"], OrganizationUpdate(name="An admin's"))


async def test_an_invitation_is_revoked_in_its_organization_by_its_admins(
    people: People, owner: Context, organization: Any, workspace: Any, join: Join
) -> None:
    # Given
    sent = await invite(owner, organization, "new@example.com")
    bob, eve = await join(workspace, "bob"), await people.register("eve")
    wanted, before = sent.invitation["_id"], await event_types(organization["_id"])

    # When, then
    for person, error in ((bob, Forbidden), (eve, NotFound)):
        for ask in (
            revoke_organization_invitation(again(person), organization["_id"], wanted),
            list_organization_invitations(again(person), organization["_id"]),
            invite_organization_member(
                again(person), organization["_id"], OrganizationMemberInvite(email="x@example.com")
            ),
        ):
            with pytest.raises(error):
                await ask
    with pytest.raises(NotFound):
        await revoke_organization_invitation(again(owner), organization["_id"], new_id(Kind.INVITATION))
    assert await event_types(organization["_id"]) == before

    # When
    await revoke_organization_invitation(again(owner), organization["_id"], wanted)

    # Then
    assert (await event_types(organization["_id"]))[-1] == "InvitationRevoked"
    with pytest.raises(NotFound):
        await get_invitation(eve, sent.token or "")
    assert await invite(owner, organization, "new@example.com")


async def test_the_role_of_a_member_is_the_same_in_the_default_workspace(
    people: People, owner: Context, organization: Any, workspace: Any
) -> None:
    # Given
    await make_default(owner, organization, workspace)
    bob = await people.register("bob")
    await people.confirm(bob)
    values = OrganizationMemberAdd(email=people.email(bob), role=Role.MEMBER)
    await add_organization_member(again(owner), organization["_id"], values)
    assert await role_in(workspace, bob) == "member"

    # When
    changed = OrganizationMemberUpdate(role=Role.VIEWER)
    await update_organization_member(again(owner), organization["_id"], bob.user_id, changed)

    # Then
    assert await role_in(workspace, bob) == "viewer"
    assert (await event_types(workspace["_id"]))[-1] == "WorkspaceMemberUpdated"

    # When
    await delete_workspace(again(owner), workspace["_id"])
    await update_organization_member(again(owner), organization["_id"], bob.user_id, values_of(Role.ADMIN))

    # Then
    fresh = stub({**organization, "default_workspace_id": workspace["_id"]})
    assert await default_workspace_of(again(owner), [fresh, organization], None) == [None, None]


def values_of(role: Role) -> OrganizationMemberUpdate:
    return OrganizationMemberUpdate(role=role)


async def test_a_default_workspace_is_one_of_the_organization_that_the_caller_may_invite_to(
    people: People, owner: Context, organization: Any, workspace: Any, join: Join
) -> None:
    # Given
    bob = await join(workspace, "bob")
    await update_organization_member(again(owner), organization["_id"], bob.user_id, values_of(Role.ADMIN))
    elsewhere = await collection(WorkspaceMember).find_one({"user_id": bob.user_id, "role": "owner"})
    assert elsewhere is not None

    # When, then
    with pytest.raises(Forbidden):  # an admin of the organization, and no more than a member of the workspace
        await make_default(bob, organization, workspace)
    with pytest.raises(BadUserInput) as refused:
        await make_default(bob, organization, {"_id": elsewhere["workspace_id"]})
    assert refused.value.field == "defaultWorkspaceId"
    with pytest.raises(NotFound):
        await make_default(owner, organization, {"_id": elsewhere["workspace_id"]})

    # When
    await make_default(owner, organization, workspace)
    cleared = OrganizationUpdate(default_workspace_id=None, avatar_url="https://example.com/a.png")
    changed = (await update_organization(again(owner), organization["_id"], cleared)).value

    # Then
    assert (changed["default_workspace_id"], changed["avatar_url"]) == (None, "https://example.com/a.png")
    for address in ("javascript:alert(1)", "https://", "example.com/a.png", "https://a b"):
        with pytest.raises(BadUserInput) as odd:
            read_input(OrganizationUpdate, {"avatarUrl": address})
        assert odd.value.field == "avatarUrl"
    assert await get_workspace_by_id(again(owner), workspace["_id"])


async def test_somebody_is_added_by_their_id_where_another_organization_is_shared(
    people: People, tenant: Tenant, join: Join
) -> None:
    # Given
    bob, eve = await join(tenant.workspace, "bob"), await people.register("eve")
    own = await collection(WorkspaceMember).find_one({"user_id": bob.user_id, "role": "owner"})
    assert own is not None

    # When
    wanted = OrganizationMemberAdd(user_id=tenant.owner.user_id, role=Role.MEMBER)
    member = (await add_organization_member(again(bob), own["organization_id"], wanted)).value

    # Then
    assert (member["user_id"], member["role"]) == (tenant.owner.user_id, "member")
    with pytest.raises(Conflict) as twice:
        await add_organization_member(again(bob), own["organization_id"], wanted)
    assert twice.value.field == "userId"
    stranger = OrganizationMemberAdd(user_id=eve.user_id, role=Role.MEMBER)
    with pytest.raises(NotFound):
        await add_organization_member(again(bob), own["organization_id"], stranger)
    with pytest.raises(BadUserInput):
        await add_organization_member(again(bob), own["organization_id"], OrganizationMemberAdd(role=Role.MEMBER))
