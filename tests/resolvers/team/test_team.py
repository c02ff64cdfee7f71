"""Teams: who leads them, and with whom they end."""

import pytest

from models import Invitation, Team, TeamMember
from models.base import collection
from models.enums import Role
from models.errors import Conflict, Forbidden, NotFound
from models.records import OrganizationRecord
from resolvers.inputs.organization import OrganizationMemberAdd
from resolvers.inputs.team import TeamCreate, TeamMemberAdd, TeamMemberInvite, TeamMemberUpdate, TeamUpdate
from resolvers.invitation.accept import accept_organization_invitation
from resolvers.invitation.team_invitation import invite_team_member, list_team_invitations
from resolvers.kit.context import Context
from resolvers.kit.page import Window
from resolvers.member import team_member
from resolvers.member.organization_member import add_organization_member, remove_organization_member
from resolvers.member.team_member import add_team_member, list_team_members, remove_team_member, update_team_member
from resolvers.organization.organization import delete_organization
from resolvers.team import team as operations
from resolvers.team.team import create_team, delete_team, get_team, list_teams, member_count_of, update_team
from tests.resolvers.lab import People, again, event_types


async def colleague(
    people: People, owner: Context, organization: OrganizationRecord, name: str, role: Role = Role.MEMBER
) -> Context:
    person = await people.register(name)
    await people.confirm(person)
    adding = OrganizationMemberAdd(email=people.email(person), role=role)
    await add_organization_member(again(owner), organization["_id"], adding)
    return person


async def test_a_team_is_led_by_its_owners_and_admins_and_by_those_of_the_organization(
    people: People, owner: Context, organization: OrganizationRecord
) -> None:
    # Given
    bob, cat, dan = [await colleague(people, owner, organization, name) for name in ("bob", "cat", "dan")]
    eve = await colleague(people, owner, organization, "eve", Role.VIEWER)
    values = TeamCreate.of(organization_id=organization["_id"], name="Core", description="Of the dome")
    with pytest.raises(Forbidden):
        await create_team(again(eve), values)
    team = (await create_team(again(bob), values)).value
    team_id = team["_id"]

    # Then its creator owns it, and whoever only reads the organization may be in it.
    [first] = await list_team_members(again(eve), team_id)
    assert (first["user_id"], first["role"], first["user"]["name"]) == (bob.user_id, "owner", "bob")
    await add_team_member(again(bob), team_id, TeamMemberAdd(user_id=cat.user_id, role=Role.ADMIN))
    await add_team_member(again(cat), team_id, TeamMemberAdd(user_id=eve.user_id))
    changed = await update_team(again(cat), team_id, TeamUpdate.of(name="Core team", description=None))
    assert (changed.value["name"], changed.value["description"]) == ("Core team", None)
    before = await event_types(organization["_id"])
    assert before[-5:] == ["TeamCreated", "TeamMemberAdded", "TeamMemberAdded", "TeamMemberAdded", "TeamUpdated"]

    # And others change nothing; an admin of the team nothing about its owners.
    own, bobs = TeamMemberUpdate(role=Role.OWNER), TeamMemberUpdate(role=Role.MEMBER)
    for ask in (
        update_team(again(dan), team_id, TeamUpdate.of(name="Mine")),
        update_team(again(eve), team_id, TeamUpdate.of(name="Mine")),
        delete_team(again(dan), team_id),
        add_team_member(again(eve), team_id, TeamMemberAdd(user_id=dan.user_id)),
        add_team_member(again(cat), team_id, TeamMemberAdd(user_id=dan.user_id, role=Role.OWNER)),
        update_team_member(again(cat), team_id, cat.user_id, own),
        update_team_member(again(cat), team_id, bob.user_id, bobs),
        remove_team_member(again(cat), team_id, bob.user_id),
        remove_team_member(again(dan), team_id, cat.user_id),
    ):
        with pytest.raises(Forbidden):
            await ask
    same = await update_team(again(bob), team_id, TeamUpdate.of(name="Core team"))
    assert same.value["updated_at"] == changed.value["updated_at"]
    assert await event_types(organization["_id"]) == before

    # And whoever is in it leaves it by themselves; the organization's admins look after a team that nobody owns.
    await remove_team_member(again(bob), team_id, bob.user_id)
    await remove_team_member(again(eve), team_id, eve.user_id)
    with pytest.raises(Forbidden):
        await update_team_member(again(cat), team_id, cat.user_id, own)
    await update_team_member(again(owner), team_id, cat.user_id, own)
    assert [member["role"] for member in await list_team_members(again(cat), team_id)] == ["owner"]
    await delete_team(again(cat), team_id)
    assert await collection(TeamMember).count_documents({"team_id": team_id}) == 0
    for gone in (get_team(again(cat), team_id), list_team_members(again(cat), team_id)):
        with pytest.raises(NotFound):
            await gone
    assert (await event_types(organization["_id"]))[-1] == "TeamDeleted"


async def test_who_is_no_person_of_the_organization_joins_no_team_and_who_leaves_it_leaves_its_teams(
    people: People, owner: Context, organization: OrganizationRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    bob, zoe = await colleague(people, owner, organization, "bob"), await people.register("zoe")
    made = [
        (await create_team(again(owner), TeamCreate.of(organization_id=organization["_id"], name=name))).value
        for name in ("Core", "Kernel (core)", "Paint.*")
    ]
    core = made[0]["_id"]

    # Then
    with pytest.raises(NotFound):
        await add_team_member(again(owner), core, TeamMemberAdd(user_id=zoe.user_id))
    for team in made:
        await add_team_member(again(owner), team["_id"], TeamMemberAdd(user_id=bob.user_id))
    with pytest.raises(Conflict):
        await add_team_member(again(owner), core, TeamMemberAdd(user_id=bob.user_id, role=Role.ADMIN))
    monkeypatch.setattr(team_member, "MAX_TEAM_MEMBERS", 2)
    monkeypatch.setattr(operations, "MAX_TEAMS", 3)
    cat = await colleague(people, owner, organization, "cat")
    for full in (
        add_team_member(again(owner), core, TeamMemberAdd(user_id=cat.user_id)),
        create_team(again(owner), TeamCreate.of(organization_id=organization["_id"], name="More")),
    ):
        with pytest.raises(Conflict):
            await full
    for foreign in (get_team(again(zoe), core), list_teams(again(zoe), organization["_id"], Window.read())):
        with pytest.raises(NotFound):
            await foreign

    # And the list finds a part of a name, which is no pattern.
    for part, names in (
        ("CORE", ["Core", "Kernel (core)"]),
        (".*", ["Paint.*"]),
        (None, [one["name"] for one in made]),
    ):
        where = None if part is None else {"name": {"contains": part}}
        page = await list_teams(again(bob), organization["_id"], Window.read(), where)
        assert [team["name"] for team in page.nodes] == names
    assert await member_count_of(again(bob), made, None) == [2, 2, 2]

    # When
    await remove_organization_member(again(owner), organization["_id"], bob.user_id)

    # Then
    assert await member_count_of(again(owner), made, None) == [1, 1, 1]
    assert (await event_types(organization["_id"]))[-4:] == [*["TeamMemberRemoved"] * 3, "OrganizationMemberRemoved"]
    await delete_organization(again(owner), organization["_id"])
    inside = {"organization_id": organization["_id"]}
    assert await collection(Team).count_documents(inside) + await collection(TeamMember).count_documents(inside) == 0


async def test_an_invitation_to_a_team_leads_into_the_organization_where_its_admins_send_it(
    people: People, owner: Context, organization: OrganizationRecord
) -> None:
    # Given
    bob, cat = [await colleague(people, owner, organization, name) for name in ("bob", "cat")]
    zoe = await people.register("zoe")
    team = (await create_team(again(bob), TeamCreate.of(organization_id=organization["_id"], name="Core"))).value

    # Then who leads the team invites colleagues alone, and whoever is in it is not invited.
    to_zoe = TeamMemberInvite(email=people.email(zoe), role=Role.ADMIN)
    with pytest.raises(Forbidden):
        await invite_team_member(again(bob), team["_id"], to_zoe)
    with pytest.raises(Forbidden):
        await invite_team_member(again(cat), team["_id"], TeamMemberInvite(email=people.email(cat)))
    with pytest.raises(Conflict):
        await invite_team_member(again(owner), team["_id"], TeamMemberInvite(email=people.email(bob)))
    await invite_team_member(again(bob), team["_id"], TeamMemberInvite(email=people.email(cat)))

    # When
    invited = (await invite_team_member(again(owner), team["_id"], to_zoe)).value
    joined = (await accept_organization_invitation(again(zoe), invited.token or "")).value

    # Then
    assert joined["role"] == "member"
    members = {one["user_id"]: one["role"] for one in await list_team_members(again(zoe), team["_id"])}
    assert members == {bob.user_id: "owner", zoe.user_id: "admin"}
    assert [one["email"] for one in await list_team_invitations(again(bob), team["_id"])] == [people.email(cat)]
    await delete_team(again(owner), team["_id"])
    assert await collection(Invitation).count_documents({"team_id": team["_id"]}) == 0
