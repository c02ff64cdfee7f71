"""Members of organizations: whose addresses are seen, and how often one is asked for."""

from typing import Any

import pytest

from models.enums import Role
from models.errors import BadUserInput, InvitationRequired, NotFound, RateLimited
from models.ids import Kind, new_id
from models.records import OrganizationRecord, WorkspaceRecord
from resolvers.inputs.organization import OrganizationMemberAdd, OrganizationMemberUpdate
from resolvers.inputs.workspace import WorkspaceMemberInvite
from resolvers.invitation.accept import accept_invitation
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.operation import CATALOGUE
from resolvers.member import organization_member
from resolvers.member.organization_member import (
    add_organization_member,
    get_organization_member,
    list_organization_members,
    remove_organization_member,
    update_organization_member,
)
from resolvers.node import get_nodes
from resolvers.organization.organization import list_organizations
from resolvers.user.user import get_user
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again


async def test_addresses_are_not_asked_for_without_end(
    people: People, owner: Context, organization: OrganizationRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(organization_member, "MAX_ADDED_AN_HOUR", 2)
    bob = await people.register("bob")

    nobody, somebody = [
        OrganizationMemberAdd(email=one, role=Role.MEMBER) for one in ("nobody@example.com", people.email(bob))
    ]

    for _ in range(2):
        with pytest.raises(BadUserInput):
            await add_organization_member(again(owner), organization["_id"], nobody)

    with pytest.raises(RateLimited):
        await add_organization_member(again(owner), organization["_id"], somebody)


async def test_the_refusal_of_an_address_says_how_its_owner_becomes_a_member(
    people: People, owner: Context, organization: OrganizationRecord, workspace: WorkspaceRecord
) -> None:
    bob = await people.register("bob")  # who has not confirmed his address
    refusals = []
    for email in ("nobody@example.com", people.email(bob)):
        with pytest.raises(InvitationRequired) as refused:
            await add_organization_member(
                again(owner), organization["_id"], OrganizationMemberAdd(email=email, role=Role.MEMBER)
            )
        refusals.append(refused.value)

    assert [one.code for one in refusals] == ["INVITATION_REQUIRED"] * 2
    step, workspace_id = "workspaceMemberInvite", str(workspace["_id"])
    told = {"operation": step, "workspaceIds": [workspace_id]}
    assert [one.details for one in refusals] == [{"field": "email", "nextStep": told}] * 2

    # The next step is what it says it is.
    values = WorkspaceMemberInvite(email=people.email(bob))
    invited = (await CATALOGUE[step].run(again(owner), workspace_id, values)).value
    await accept_invitation(again(bob), invited.token)
    members = await list_organization_members(again(owner), organization["_id"])
    assert [one["user_id"] for one in members] == [owner.user_id, bob.user_id]


async def test_the_refusal_of_an_address_names_no_workspace_that_the_caller_may_not_invite_to(
    people: People, owner: Context, organization: OrganizationRecord, workspace: WorkspaceRecord, join: Join
) -> None:
    ada = await join(workspace, "ada")  # a member of the workspace, who administers the organization
    roles = OrganizationMemberUpdate(role=Role.ADMIN)
    await update_organization_member(again(owner), organization["_id"], ada.user_id, roles)
    home = (await list_organizations(again(ada))).nodes[0]

    for asked in (organization, home):
        with pytest.raises(InvitationRequired) as refused:
            await add_organization_member(
                again(ada), asked["_id"], OrganizationMemberAdd(email="nobody@example.com", role=Role.MEMBER)
            )
        assert refused.value.details["nextStep"] == {"operation": "workspaceMemberInvite", "workspaceIds": []}


async def test_an_address_is_seen_by_those_who_share_an_organization_and_by_nobody_else(
    people: People, owner: Context, organization: OrganizationRecord, workspace: WorkspaceRecord, join: Join
) -> None:
    ada, stranger = await join(workspace, "ada"), await people.register("stranger")

    assert (await get_user(again(ada), owner.user_id))["email"] == people.email(owner)
    with pytest.raises(NotFound):
        await get_user(again(stranger), owner.user_id)
    assert await get_nodes(again(stranger), [owner.user_id, ada.user_id]) == [None, None]
    await remove_organization_member(again(owner), organization["_id"], ada.user_id)
    with pytest.raises(NotFound):
        await get_user(again(ada), owner.user_id)


async def test_a_member_is_called_what_goes_with_the_role_until_that_changes(
    owner: Context, organization: OrganizationRecord, workspace: WorkspaceRecord, join: Join
) -> None:
    ada, inside = await join(workspace, "ada"), organization["_id"]

    async def change(**values: Any) -> tuple[str, str | None]:
        given = read_input(OrganizationMemberUpdate, values)
        await update_organization_member(again(owner), inside, ada.user_id, given)
        member = await get_organization_member(again(ada), inside, ada.user_id)
        return member["role"], member["persona"]

    assert await change(role="viewer", persona="demo") == ("viewer", "demo")
    assert await change(role="member", persona="builder") == ("member", "builder")
    assert await change(role="member") == ("member", None)
    with pytest.raises(BadUserInput):
        await change(role="admin", persona="editor")
    with pytest.raises(NotFound):
        await get_organization_member(again(owner), inside, new_id(Kind.USER))
