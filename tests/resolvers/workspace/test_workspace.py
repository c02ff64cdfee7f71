"""Workspaces and their members."""

from typing import Any

import pytest

from auth.subject import Credential, Subject
from models import ApiToken, Invitation, OrganizationMember, ProjectMember, User, Workspace, WorkspaceMember
from models.base import collection
from models.enums import PilotageRole, Role
from models.errors import BadUserInput, Conflict, Forbidden, NotFound
from models.ids import Kind, new_id
from realtime.log import Change
from resolvers.inputs.organization import OrganizationMemberAdd
from resolvers.inputs.project import ProjectCreate
from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceMemberUpdate, WorkspaceUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.load import one_by
from resolvers.kit.nouns import ORGANIZATION
from resolvers.member.organization_member import (
    add_organization_member,
    list_organization_members,
    remove_organization_member,
)
from resolvers.member.service_user import add_service_user, remove_service_user
from resolvers.member.workspace_member import (
    list_workspace_members,
    remove_workspace_member,
    update_workspace_member,
)
from resolvers.organization.organization import workspaces_of
from resolvers.project.project import create_project
from resolvers.workspace.workspace import (
    create_workspace,
    delete_workspace,
    get_workspace,
    get_workspace_by_id,
    list_workspaces,
    members_of,
    my_pilotage_role_of,
    my_role_of,
    update_workspace,
)
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again, event_types, events
from tests.resolvers.missions import Crew
from tests.stubs import stubs


def update_input(**values: Any) -> WorkspaceMemberUpdate:
    return read_input(WorkspaceMemberUpdate, values)


async def make_agent(ctx: Context, workspace: Any) -> Any:
    async def body(change: Change) -> Any:
        return await add_service_user(change, workspace, "Scout", "scout")

    return (await ctx.write(workspace["_id"], body)).value


async def test_the_creator_owns_a_workspace(owner: Context, organization: Any, workspace: Any) -> None:
    found = await get_workspace(owner, organization["slug"], "telescopes")

    assert (found["_id"], found["is_personal"]) == (workspace["_id"], False)
    assert (found["my_role"], found["my_pilotage_role"]) == ("owner", "owner")
    assert await event_types(workspace["_id"]) == ["WorkspaceCreated", "WorkspaceMemberAdded"]


async def test_a_slug_is_unique_in_its_organization_alone(
    people: People, owner: Context, organization: Any, workspace: Any
) -> None:
    values = WorkspaceCreate(organization_id=organization["_id"], name="Again", slug=workspace["slug"])

    with pytest.raises(Conflict) as refused:
        await create_workspace(again(owner), values)

    assert refused.value.field == "slug"
    assert await collection(Workspace).count_documents({"organization_id": organization["_id"]}) == 1
    assert len(await list_workspaces(again(owner), organization["_id"])) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"organizationId": "nothing"}, "organizationId"),
        ({"organizationId": str(new_id(Kind.USER))}, "organizationId"),
        ({"slug": "No"}, "slug"),
        ({"name": ""}, "name"),
        ({"isPersonal": True}, "isPersonal"),
    ],
)
def test_bad_input_of_a_workspace_names_its_field(values: dict[str, Any], field: str) -> None:
    good = {"organizationId": str(new_id(Kind.ORGANIZATION)), "name": "Name", "slug": "slug"}

    with pytest.raises(BadUserInput) as refused:
        read_input(WorkspaceCreate, {**good, **values})

    assert refused.value.field == field


async def test_members_of_the_organization_do_not_see_a_workspace_that_they_are_not_in(
    people: People, owner: Context, organization: Any, workspace: Any
) -> None:
    admin = await people.register("admin")
    await people.confirm(admin)
    values = OrganizationMemberAdd(email=people.email(admin), role=Role.ADMIN)
    await add_organization_member(again(owner), organization["_id"], values)
    before = await event_types(workspace["_id"])

    for ask in (
        get_workspace(admin, organization["slug"], "telescopes"),
        get_workspace(admin, organization["slug"], "no-such-workspace"),
        get_workspace_by_id(admin, workspace["_id"]),
        list_workspace_members(admin, workspace["_id"]),
        update_workspace(admin, workspace["_id"], WorkspaceUpdate(name="Mine")),
        delete_workspace(admin, workspace["_id"]),
        update_workspace_member(admin, workspace["_id"], owner.user_id, update_input(role="member")),
        remove_workspace_member(admin, workspace["_id"], owner.user_id),
        remove_workspace_member(admin, workspace["_id"], admin.user_id),
    ):
        with pytest.raises(NotFound, match="Workspace not found"):
            await ask

    assert await list_workspaces(again(admin), organization["_id"]) == []
    assert await event_types(workspace["_id"]) == before


async def test_an_outsider_of_the_organization_is_told_of_neither(
    people: People, organization: Any, workspace: Any
) -> None:
    eve = await people.register("eve")

    for slug in (organization["slug"], "no-such-organization"):
        with pytest.raises(NotFound, match="Organization not found"):
            await get_workspace(eve, slug, "telescopes")
    with pytest.raises(NotFound):
        await list_workspaces(eve, organization["_id"])
    with pytest.raises(NotFound):
        await create_workspace(eve, WorkspaceCreate(organization_id=organization["_id"], name="Mine", slug="mine"))


async def test_creating_a_workspace_takes_an_admin_of_the_organization(
    owner: Context, organization: Any, workspace: Any, join: Join
) -> None:
    bob = await join(workspace, "bob", Role.ADMIN)

    with pytest.raises(Forbidden):
        await create_workspace(bob, WorkspaceCreate(organization_id=organization["_id"], name="Mine", slug="mine"))

    assert await collection(Workspace).count_documents({"organization_id": organization["_id"]}) == 1


async def test_an_admin_changes_a_workspace_and_cannot_delete_it(workspace: Any, join: Join) -> None:
    bob = await join(workspace, "bob", Role.ADMIN)

    changed = await update_workspace(bob, workspace["_id"], read_input(WorkspaceUpdate, {"slug": "domes"}))

    assert (changed.value["slug"], changed.value["name"]) == ("domes", "Telescopes")
    assert (await events(workspace["_id"]))[-1]["data"]["workspace"] == changed.value
    with pytest.raises(Forbidden):
        await delete_workspace(bob, workspace["_id"])
    with pytest.raises(BadUserInput):
        await update_workspace(bob, workspace["_id"], read_input(WorkspaceUpdate, {"slug": None}))


async def test_a_member_without_the_role_changes_nothing(owner: Context, workspace: Any, join: Join) -> None:
    bob, ann = await join(workspace, "bob"), await join(workspace, "ann")
    before = await event_types(workspace["_id"])

    for ask in (
        update_workspace(bob, workspace["_id"], WorkspaceUpdate(name="Mine")),
        delete_workspace(bob, workspace["_id"]),
        update_workspace_member(bob, workspace["_id"], bob.user_id, update_input(role="admin")),
        remove_workspace_member(bob, workspace["_id"], ann.user_id),
    ):
        with pytest.raises(Forbidden):
            await ask

    assert await event_types(workspace["_id"]) == before
    assert len(await list_workspace_members(bob, workspace["_id"])) == 3


async def test_deleting_a_workspace_deletes_what_it_holds_and_the_users_of_its_agents(
    people: People, owner: Context, organization: Any, workspace: Any, join: Join
) -> None:
    await join(workspace, "bob")
    agent = (await Crew(people, owner, workspace).hire()).record["user_id"]
    values = read_input(ProjectCreate, {"workspaceId": str(workspace["_id"]), "name": "Dome"})
    await create_project(again(owner), values)

    await delete_workspace(again(owner), workspace["_id"])

    for model in (WorkspaceMember, ProjectMember, Invitation):
        assert await stubs(model).count_documents({"workspace_id": workspace["_id"]}) == 0
    assert await collection(User).find_one({"_id": agent}) is None
    assert await collection(OrganizationMember).count_documents({"user_id": agent}) == 0
    assert "WorkspaceDeleted" in await event_types(workspace["_id"])
    assert (await event_types(organization["_id"]))[-1] == "OrganizationMemberRemoved"
    with pytest.raises(NotFound):
        await get_workspace(again(owner), organization["slug"], "telescopes")


async def test_roles_of_a_member_change_alone_or_together(owner: Context, workspace: Any, join: Join) -> None:
    bob = await join(workspace, "bob")

    one = await update_workspace_member(
        again(owner), workspace["_id"], bob.user_id, update_input(pilotageRole="reviewer")
    )
    both = await update_workspace_member(
        again(owner), workspace["_id"], str(bob.user_id), update_input(role="admin", pilotageRole="owner")
    )

    assert (one.value["role"], one.value["pilotage_role"]) == ("member", "reviewer")
    assert (both.value["role"], both.value["pilotage_role"]) == ("admin", "owner")
    assert (await event_types(workspace["_id"]))[-2:] == ["WorkspaceMemberUpdated"] * 2
    assert await update_workspace(again(bob), workspace["_id"], WorkspaceUpdate(name="New"))


async def test_nothing_given_changes_nothing(owner: Context, workspace: Any, join: Join) -> None:
    bob = await join(workspace, "bob")
    before = await event_types(workspace["_id"])

    await update_workspace_member(again(owner), workspace["_id"], bob.user_id, update_input())
    with pytest.raises(BadUserInput) as refused:
        await update_workspace_member(again(owner), workspace["_id"], bob.user_id, update_input(pilotageRole=None))

    assert refused.value.field == "pilotageRole"
    assert await event_types(workspace["_id"]) == before


@pytest.mark.parametrize("values", [{"role": "owner"}, {"role": 1}, {"pilotageRole": "admin"}, {"pilotageRole": []}])
def test_roles_that_do_not_exist_or_cannot_be_given_are_bad_input(values: dict[str, Any]) -> None:
    with pytest.raises(BadUserInput) as refused:
        update_input(**values)

    assert refused.value.field == next(iter(values))


async def test_the_owner_keeps_the_role_and_stays(owner: Context, workspace: Any, join: Join) -> None:
    admin = await join(workspace, "admin", Role.ADMIN)

    for ask in (
        update_workspace_member(admin, workspace["_id"], owner.user_id, update_input(role="member")),
        remove_workspace_member(admin, workspace["_id"], owner.user_id),
        remove_workspace_member(again(owner), workspace["_id"], owner.user_id),
    ):
        with pytest.raises(Conflict):
            await ask

    members = await list_workspace_members(admin, workspace["_id"])
    assert [(one["user"]["name"], one["role"]) for one in members] == [("owner", "owner"), ("admin", "admin")]


async def test_a_removed_member_leaves_the_projects_and_stays_in_the_organization(
    owner: Context, organization: Any, workspace: Any, join: Join
) -> None:
    bob = await join(workspace, "bob")
    values = read_input(ProjectCreate, {"workspaceId": str(workspace["_id"]), "name": "Dome"})
    await create_project(bob, values)

    await remove_workspace_member(again(owner), workspace["_id"], bob.user_id)

    assert (await event_types(workspace["_id"]))[-2:] == ["WorkspaceMemberRemoved", "ProjectMemberRemoved"]
    assert await collection(ProjectMember).count_documents({"user_id": bob.user_id}) == 0
    assert len(await list_organization_members(again(bob), organization["_id"])) == 2
    with pytest.raises(NotFound):
        await get_workspace_by_id(again(bob), workspace["_id"])


async def test_a_member_may_leave(owner: Context, workspace: Any, join: Join) -> None:
    bob = await join(workspace, "bob")

    await remove_workspace_member(bob, workspace["_id"], bob.user_id)

    assert len(await list_workspace_members(again(owner), workspace["_id"])) == 1
    with pytest.raises(NotFound, match="Member"):
        await remove_workspace_member(again(owner), workspace["_id"], bob.user_id)


async def test_a_service_user_is_a_member_that_goes_with_its_agent_alone(
    owner: Context, organization: Any, workspace: Any
) -> None:
    agent = await make_agent(again(owner), workspace)

    members = await list_workspace_members(again(owner), workspace["_id"])
    with pytest.raises(Conflict):
        await remove_workspace_member(again(owner), workspace["_id"], agent["_id"])
    with pytest.raises(Conflict):
        await remove_organization_member(again(owner), organization["_id"], agent["_id"])

    assert (members[-1]["role"], members[-1]["pilotage_role"]) == (Role.MEMBER, PilotageRole.VIEWER)
    assert members[-1]["user"] == agent
    assert agent["is_agent"]
    assert agent["email"].endswith("@agents.invalid")
    assert (await event_types(workspace["_id"]))[-1] == "WorkspaceMemberAdded"
    assert (await event_types(organization["_id"]))[-1] == "OrganizationMemberAdded"


async def test_a_removed_service_user_is_no_member_any_more_and_still_has_a_name(
    owner: Context, organization: Any, workspace: Any
) -> None:
    agent = await make_agent(again(owner), workspace)

    async def body(change: Change) -> None:
        await remove_service_user(change, workspace, agent["_id"])

    await again(owner).write(workspace["_id"], body)

    assert len(await list_workspace_members(again(owner), workspace["_id"])) == 1
    assert await collection(OrganizationMember).count_documents({"user_id": agent["_id"]}) == 0
    assert await collection(ApiToken).count_documents({"user_id": agent["_id"]}) == 0
    assert await collection(User).count_documents({"_id": agent["_id"], "name": "Scout"}) == 1


async def test_a_token_of_an_agent_sees_its_workspace_alone(owner: Context, organization: Any, workspace: Any) -> None:
    values = WorkspaceCreate(organization_id=organization["_id"], name="Other", slug="other")
    other = (await create_workspace(again(owner), values)).value
    bound = Subject(
        owner.user_id, Credential.TOKEN, owner.subject.scopes, agent_id=owner.user_id, workspace_id=workspace["_id"]
    )
    ctx = Context(bound, owner.services)

    seen = (await workspaces_of(ctx, [organization], None))[0]

    assert [one["_id"] for one in seen.nodes] == [workspace["_id"]]
    assert len(await list_workspaces(Context(bound, owner.services), organization["_id"])) == 1
    with pytest.raises(NotFound):
        await get_workspace_by_id(ctx, other["_id"])


async def test_the_edges_of_workspaces_answer_for_many_at_once(
    people: People, owner: Context, organization: Any, workspace: Any, join: Join
) -> None:
    bob = await join(workspace, "bob")
    mine = await collection(Workspace).find_one({"owner_id": bob.user_id})
    assert mine is not None
    parents = [workspace, mine]

    organizations = await one_by(ORGANIZATION, "organization_id")(bob, parents, frozenset({"slug"}))
    members = await members_of(bob, parents, None)

    assert organizations[0] == {"_id": organization["_id"], "slug": organization["slug"]}
    assert await my_role_of(bob, parents) == [Role.MEMBER, Role.OWNER]
    assert await my_pilotage_role_of(bob, parents) == [PilotageRole.VIEWER, PilotageRole.OWNER]
    assert [[one["role"] for one in page.nodes] for page in members] == [["owner", "member"], ["owner"]]
