"""Invitations to a workspace."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from models import Invitation, OrganizationMember, WorkspaceMember
from models.base import collection, utc_now
from models.enums import Role
from models.errors import BadUserInput, Conflict, Forbidden, NotFound
from models.ids import Kind, new_id
from resolvers.inputs.workspace import WorkspaceMemberInvite
from resolvers.invitation.accept import accept_invitation
from resolvers.invitation.invitation import invite_workspace_member
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.member.project_member import list_project_members
from resolvers.project.project import delete_project
from resolvers.workspace.workspace import delete_workspace, get_workspace_by_id
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again, event_types, events
from tests.resolvers.projects import make_board


@dataclass(frozen=True)
class Invited:
    """An invitation whose link was shown."""

    invitation: Any
    token: str
    link: str


def invite_input(email: str, **values: Any) -> WorkspaceMemberInvite:
    return read_input(WorkspaceMemberInvite, {"email": email, **values})


async def invite(ctx: Context, workspace: Any, email: str, **values: Any) -> Invited:
    made = (await invite_workspace_member(again(ctx), workspace["_id"], invite_input(email, **values))).value
    assert made.token is not None
    assert made.link is not None
    return Invited(made.invitation, made.token, made.link)


async def test_the_invited_person_joins_the_workspace_and_its_organization(
    people: People, owner: Context, organization: Any, workspace: Any
) -> None:
    bob = await people.register("bob")
    invitation = await invite(owner, workspace, people.email(bob).upper(), role="admin")

    member = (await accept_invitation(bob, invitation.token)).value

    assert (member["role"], member["pilotage_role"]) == ("admin", "viewer")
    assert (await get_workspace_by_id(again(bob), workspace["_id"]))["my_role"] == "admin"
    belongs = await collection(OrganizationMember).find_one(
        {"organization_id": organization["_id"], "user_id": bob.user_id}
    )
    assert belongs is not None
    assert belongs["role"] == Role.MEMBER
    assert (await event_types(workspace["_id"]))[-3:] == [
        "InvitationCreated",
        "InvitationAccepted",
        "WorkspaceMemberAdded",
    ]
    assert (await event_types(organization["_id"]))[-1] == "OrganizationMemberAdded"


async def test_the_link_reaches_the_inviter_and_no_log_and_is_stored_as_a_hash(
    owner: Context, workspace: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        invitation = await invite(owner, workspace, "new@example.com")

    stored = await collection(Invitation).find_one({"_id": invitation.invitation["_id"]})
    assert stored is not None
    assert invitation.link == f"http://127.0.0.1:3001/invitations/accept#{invitation.token}"
    assert str(invitation.token) not in caplog.text
    assert invitation.token not in str(stored)
    assert "secret_hash" not in invitation.invitation
    assert invitation.invitation["role"] == Role.MEMBER
    assert stored["expires_at"] - stored["created_at"] == timedelta(days=7)
    assert invitation.token not in str((await events(workspace["_id"]))[-1])


async def test_only_admins_invite(people: People, workspace: Any, join: Join) -> None:
    member, admin, eve = (
        await join(workspace, "bob"),
        await join(workspace, "ann", Role.ADMIN),
        await people.register("e"),
    )
    before = await event_types(workspace["_id"])

    with pytest.raises(Forbidden):
        await invite(member, workspace, "new@example.com")
    with pytest.raises(NotFound):
        await invite(eve, workspace, "new@example.com")

    assert await event_types(workspace["_id"]) == before
    assert (await invite(admin, workspace, "new@example.com")).link


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "agent-1@agents.invalid"}, "email"),
        ({"role": "owner"}, "role"),
        ({"pilotageRole": "owner"}, "pilotageRole"),
    ],
)
def test_bad_input_of_an_invitation_names_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadUserInput) as refused:
        read_input(WorkspaceMemberInvite, {"email": "new@example.com", **values})

    assert refused.value.field == field


async def test_a_member_is_not_invited_again(people: People, owner: Context, workspace: Any, join: Join) -> None:
    bob = await join(workspace, "bob")
    before = await event_types(workspace["_id"])

    with pytest.raises(Conflict) as refused:
        await invite(owner, workspace, people.email(bob))

    assert refused.value.field == "email"
    assert await event_types(workspace["_id"]) == before


async def test_another_invitation_of_an_address_replaces_the_first(
    people: People, owner: Context, workspace: Any
) -> None:
    bob = await people.register("bob")
    first = await invite(owner, workspace, people.email(bob))
    second = await invite(owner, workspace, people.email(bob), role="admin")

    with pytest.raises(NotFound):
        await accept_invitation(again(bob), first.token)

    assert (await accept_invitation(again(bob), second.token)).value["role"] == "admin"
    assert await collection(Invitation).count_documents({"workspace_id": workspace["_id"]}) == 1


async def test_an_invitation_does_not_exist_for_another_account(people: People, owner: Context, workspace: Any) -> None:
    bob, eve = await people.register("bob"), await people.register("eve")
    invitation = await invite(owner, workspace, people.email(bob))

    with pytest.raises(NotFound) as others:
        await accept_invitation(eve, invitation.token)
    with pytest.raises(NotFound) as unknown:
        await accept_invitation(eve, "no-such-token\ud800")

    assert others.value.message == unknown.value.message
    assert await collection(WorkspaceMember).count_documents({"workspace_id": workspace["_id"]}) == 1
    assert (await accept_invitation(bob, invitation.token)).value["user_id"] == bob.user_id


async def test_an_invitation_works_once(people: People, owner: Context, workspace: Any) -> None:
    bob = await people.register("bob")
    invitation = await invite(owner, workspace, people.email(bob))

    outcomes = await asyncio.gather(
        *(accept_invitation(again(bob), invitation.token) for _ in range(3)), return_exceptions=True
    )

    assert [type(one) for one in outcomes].count(Conflict) == 2
    assert (await event_types(workspace["_id"])).count("WorkspaceMemberAdded") == 2


async def test_an_expired_invitation_is_refused(people: People, owner: Context, workspace: Any) -> None:
    bob = await people.register("bob")
    invitation = await invite(owner, workspace, people.email(bob))
    past = {"$set": {"expires_at": utc_now() - timedelta(seconds=1)}}
    await collection(Invitation).update_one({"_id": invitation.invitation["_id"]}, past)

    with pytest.raises(Conflict, match="expired"):
        await accept_invitation(bob, invitation.token)

    assert await collection(WorkspaceMember).count_documents({"workspace_id": workspace["_id"]}) == 1


async def test_an_invitation_ends_with_its_workspace(people: People, owner: Context, workspace: Any) -> None:
    bob = await people.register("bob")
    invitation = await invite(owner, workspace, people.email(bob))

    await delete_workspace(again(owner), workspace["_id"])

    with pytest.raises(NotFound):
        await accept_invitation(bob, invitation.token)


async def test_accepting_takes_the_scope_account_write(people: People, owner: Context, workspace: Any) -> None:
    bob = await people.register("bob")
    invitation = await invite(owner, workspace, people.email(bob))
    by_token = await people.with_token(bob, ["projects:write"])

    with pytest.raises(Forbidden, match="account:write"):
        await accept_invitation(by_token, invitation.token)


async def test_whoever_is_invited_to_a_project_joins_it_with_the_workspace(
    people: People, owner: Context, workspace: Any
) -> None:
    # Given an invitation to a project, with a role there
    board, bob = await make_board(owner, workspace, columns=0), await people.register("bob")
    project_id = board.project["_id"]
    invited = await invite(owner, workspace, people.email(bob), projectId=project_id, projectRole="admin")
    with pytest.raises(BadUserInput) as refused:
        await invite(owner, workspace, "eve@example.com", projectId=new_id(Kind.PROJECT))

    # When it is accepted
    await accept_invitation(again(bob), invited.token)

    # Then both memberships are there
    roles = {member["user_id"]: member["role"] for member in await list_project_members(again(owner), project_id)}
    assert roles == {owner.user_id: "admin", bob.user_id: "admin"}
    assert refused.value.field == "projectId"


async def test_an_invitation_outlives_its_project(people: People, owner: Context, workspace: Any) -> None:
    board, bob = await make_board(owner, workspace, columns=0), await people.register("bob")
    invited = await invite(owner, workspace, people.email(bob), projectId=board.project["_id"])
    await delete_project(again(owner), board.project["_id"])

    member = (await accept_invitation(again(bob), invited.token)).value

    assert member["user_id"] == bob.user_id
