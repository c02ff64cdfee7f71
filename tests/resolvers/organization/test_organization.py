"""Organizations and their members."""

import secrets
from typing import Any

import pytest

from models import Organization, OrganizationMember, ProjectMember, Workspace, WorkspaceMember
from models.base import collection
from models.enums import PilotageRole, Role
from models.errors import BadUserInput, Conflict, Forbidden, NotFound
from models.ids import Kind, new_id
from resolvers.inputs.organization import (
    OrganizationCreate,
    OrganizationMemberAdd,
    OrganizationMemberUpdate,
    OrganizationUpdate,
)
from resolvers.inputs.project import ProjectCreate
from resolvers.inputs.workspace import WorkspaceCreate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.kit.page import Window
from resolvers.member.organization_member import (
    add_organization_member,
    list_organization_members,
    remove_organization_member,
    update_organization_member,
)
from resolvers.organization.organization import (
    create_organization,
    delete_organization,
    get_organization,
    get_organization_by_id,
    list_organizations,
    members_of,
    my_role_of,
    update_organization,
    workspace_of,
    workspaces_of,
)
from resolvers.project.project import create_project
from resolvers.user.user import get_user, user_of_member, users_by
from resolvers.workspace.workspace import create_workspace
from tests.resolvers.conftest import Join
from tests.resolvers.lab import People, again, event_types, events
from tests.stubs import stub, stubs


def add_input(email: str, role: str = "member") -> OrganizationMemberAdd:
    return read_input(OrganizationMemberAdd, {"email": email, "role": role})


async def enrol(people: People, owner: Context, organization: Any, name: str, role: str = "member") -> Context:
    """A new person who is a member of the organization, and of none of its workspaces."""
    person = await people.register(name)
    await people.confirm(person)
    await add_organization_member(again(owner), organization["_id"], add_input(people.email(person), role))
    return person


async def test_the_creator_owns_an_organization(owner: Context, organization: Any) -> None:
    found = await get_organization(owner, organization["slug"])

    assert (found["my_role"], found["owner_id"]) == ("owner", owner.user_id)
    assert await event_types(organization["_id"]) == ["OrganizationCreated", "OrganizationMemberAdded"]


async def test_a_slug_is_unique_in_the_installation(people: People, organization: Any) -> None:
    bob = await people.register("bob")

    with pytest.raises(Conflict) as refused:
        await create_organization(bob, OrganizationCreate(name="Other", slug=organization["slug"]))

    assert refused.value.field == "slug"
    assert len((await list_organizations(again(bob))).nodes) == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"slug": "x"}, "slug"),
        ({"slug": "x" * 61}, "slug"),
        ({"slug": "Upper"}, "slug"),
        ({"slug": "-dash"}, "slug"),
        ({"slug": "new\nline"}, "slug"),
        ({"slug": "trailing\n\n-"}, "slug"),
        ({"name": " "}, "name"),
        ({"name": {"$gt": ""}}, "name"),
        ({"ownerId": str(new_id(Kind.USER))}, "ownerId"),
    ],
)
def test_bad_input_of_an_organization_names_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadUserInput) as refused:
        read_input(OrganizationCreate, {"name": "Name", "slug": "slug", **values})

    assert refused.value.field == field


async def test_an_outsider_cannot_tell_an_organization_from_none(people: People, organization: Any) -> None:
    bob = await people.register("bob")

    refusals = []
    for ask in (
        get_organization(bob, organization["slug"]),
        get_organization(bob, "no-such-organization"),
        get_organization_by_id(bob, organization["_id"]),
        get_organization_by_id(bob, new_id(Kind.ORGANIZATION)),
        list_organization_members(bob, organization["_id"]),
        update_organization(bob, organization["_id"], OrganizationUpdate(name="Mine")),
        delete_organization(bob, organization["_id"]),
        add_organization_member(bob, organization["_id"], add_input(people.email(bob))),
    ):
        with pytest.raises(NotFound) as refused:
            await ask
        refusals.append(refused.value.message)

    assert set(refusals) == {"Organization not found"}
    assert await event_types(organization["_id"]) == ["OrganizationCreated", "OrganizationMemberAdded"]


@pytest.mark.parametrize("slug", ["\ud800", "a\x00b"])
async def test_a_slug_that_is_no_text_is_bad_input(owner: Context, slug: str) -> None:
    with pytest.raises(BadUserInput) as refused:
        await get_organization(owner, slug)

    assert refused.value.field == "slug"


async def test_a_member_without_the_role_changes_nothing(people: People, owner: Context, organization: Any) -> None:
    bob = await enrol(people, owner, organization, "bob")
    before = await event_types(organization["_id"])

    for ask in (
        update_organization(bob, organization["_id"], OrganizationUpdate(name="Mine")),
        delete_organization(bob, organization["_id"]),
        add_organization_member(bob, organization["_id"], add_input("x@example.com")),
        update_organization_member(bob, organization["_id"], bob.user_id, OrganizationMemberUpdate(role=Role.ADMIN)),
        remove_organization_member(bob, organization["_id"], owner.user_id),
    ):
        with pytest.raises(Forbidden):
            await ask

    assert await event_types(organization["_id"]) == before
    assert (await get_organization(bob, organization["slug"]))["name"] == organization["name"]


async def test_an_admin_changes_the_organization_and_cannot_delete_it(
    people: People, owner: Context, organization: Any
) -> None:
    bob = await enrol(people, owner, organization, "bob", "admin")

    changed = await update_organization(bob, organization["_id"], read_input(OrganizationUpdate, {"name": "New"}))

    assert (changed.value["name"], changed.value["slug"]) == ("New", organization["slug"])
    assert (await events(organization["_id"]))[-1]["data"]["organization"] == changed.value
    with pytest.raises(Forbidden):
        await delete_organization(bob, organization["_id"])


async def test_a_taken_slug_and_null_change_nothing(people: People, owner: Context, organization: Any) -> None:
    bob = await people.register("bob")
    taken = (await list_organizations(bob)).nodes[0]["slug"]

    for values, refusal in (({"slug": taken, "name": "New"}, Conflict), ({"name": None}, BadUserInput)):
        with pytest.raises(refusal):
            await update_organization(again(owner), organization["_id"], read_input(OrganizationUpdate, values))

    assert (await get_organization(again(owner), organization["slug"]))["name"] == organization["name"]


async def test_deleting_an_organization_deletes_what_is_below_and_says_so(
    people: People, owner: Context, organization: Any, workspace: Any, join: Join
) -> None:
    bob = await join(workspace, "bob")
    values = read_input(ProjectCreate, {"workspaceId": str(workspace["_id"]), "name": "Dome"})
    await create_project(again(bob), values)

    await delete_organization(again(owner), organization["_id"])

    below = {"organization_id": organization["_id"]}
    for model in (OrganizationMember, Workspace, WorkspaceMember):
        assert await stubs(model).count_documents(below) == 0
    assert (await event_types(organization["_id"]))[-1] == "OrganizationDeleted"
    assert (await event_types(workspace["_id"]))[-1] == "WorkspaceDeleted"
    with pytest.raises(NotFound):
        await get_organization(again(owner), organization["slug"])
    assert organization["_id"] not in [one["_id"] for one in (await list_organizations(again(bob))).nodes]


async def test_the_last_organization_stays(people: People) -> None:
    ada = await people.register("ada")
    last = (await list_organizations(ada)).nodes[0]

    with pytest.raises(Conflict):
        await delete_organization(ada, last["_id"])

    assert (await get_organization(again(ada), last["slug"]))["_id"] == last["_id"]
    assert await collection(Workspace).count_documents({"organization_id": last["_id"]}) == 1


async def test_members_are_listed_with_their_users_and_no_hash(
    people: People, owner: Context, organization: Any
) -> None:
    bob = await enrol(people, owner, organization, "bob", "admin")

    members = await list_organization_members(bob, organization["_id"])

    assert [(one["user"]["name"], one["role"]) for one in members] == [("owner", "owner"), ("bob", "admin")]
    assert not any("password_hash" in one["user"] for one in members)


async def test_only_people_who_have_confirmed_the_address_are_added_and_once(
    people: People, owner: Context, organization: Any
) -> None:
    bob = await enrol(people, owner, organization, "bob")
    squatter = await people.register("boss")
    before = await event_types(organization["_id"])

    with pytest.raises(BadUserInput) as unknown:
        await add_organization_member(again(owner), organization["_id"], add_input("nobody@example.com"))
    with pytest.raises(BadUserInput) as unconfirmed:
        await add_organization_member(again(owner), organization["_id"], add_input(people.email(squatter), "admin"))
    with pytest.raises(Conflict) as twice:
        await add_organization_member(again(owner), organization["_id"], add_input(people.email(bob), "admin"))

    assert unknown.value.field == twice.value.field == "email"
    assert unconfirmed.value.message == unknown.value.message  # whether there is an account is not told
    assert await event_types(organization["_id"]) == before


@pytest.mark.parametrize("role", ["owner", "root", "", None, 1, ["admin"]])
def test_a_role_that_cannot_be_given_is_bad_input(role: Any) -> None:
    for model, values in ((OrganizationMemberAdd, {"email": "a@example.com"}), (OrganizationMemberUpdate, {})):
        with pytest.raises(BadUserInput) as refused:
            read_input(model, {**values, "role": role})
        assert refused.value.field == "role"


async def test_a_role_changes_what_a_member_may_do(people: People, owner: Context, organization: Any) -> None:
    bob = await enrol(people, owner, organization, "bob")
    admin = OrganizationMemberUpdate(role=Role.ADMIN)

    changed = await update_organization_member(again(owner), organization["_id"], bob.user_id, admin)

    assert changed.value["role"] == "admin"
    assert (await event_types(organization["_id"]))[-1] == "OrganizationMemberUpdated"
    assert await update_organization(again(bob), organization["_id"], OrganizationUpdate(name="New"))


async def test_the_owner_stays_the_owner(people: People, owner: Context, organization: Any) -> None:
    bob = await enrol(people, owner, organization, "bob", "admin")
    before = await event_types(organization["_id"])

    for ask in (
        update_organization_member(bob, organization["_id"], owner.user_id, OrganizationMemberUpdate(role=Role.MEMBER)),
        remove_organization_member(bob, organization["_id"], owner.user_id),
        remove_organization_member(again(owner), organization["_id"], owner.user_id),
    ):
        with pytest.raises(Conflict):
            await ask

    assert await event_types(organization["_id"]) == before


async def test_a_person_who_is_no_member_can_be_neither_changed_nor_removed(
    people: People, owner: Context, organization: Any
) -> None:
    bob = await people.register("bob")
    admin = OrganizationMemberUpdate(role=Role.ADMIN)

    with pytest.raises(NotFound):
        await remove_organization_member(again(owner), organization["_id"], bob.user_id)
    with pytest.raises(NotFound):
        await update_organization_member(again(owner), organization["_id"], bob.user_id, admin)
    with pytest.raises(BadUserInput) as refused:
        await remove_organization_member(again(owner), organization["_id"], "nobody")

    assert refused.value.field == "userId"


async def test_a_removed_member_leaves_workspaces_and_projects_too(
    owner: Context, organization: Any, workspace: Any, join: Join
) -> None:
    bob = await join(workspace, "bob")
    values = read_input(ProjectCreate, {"workspaceId": str(workspace["_id"]), "name": "Dome"})
    await create_project(bob, values)

    await remove_organization_member(again(owner), organization["_id"], bob.user_id)

    for model in (OrganizationMember, WorkspaceMember):
        below = {"organization_id": organization["_id"], "user_id": bob.user_id}
        assert await stubs(model).count_documents(below) == 0
    assert await collection(ProjectMember).count_documents({"user_id": bob.user_id}) == 0
    assert (await event_types(organization["_id"]))[-1] == "OrganizationMemberRemoved"
    assert (await event_types(workspace["_id"]))[-2:] == ["WorkspaceMemberRemoved", "ProjectMemberRemoved"]
    with pytest.raises(NotFound):
        await get_organization(again(bob), organization["slug"])


async def test_a_member_may_leave(people: People, owner: Context, organization: Any) -> None:
    bob = await enrol(people, owner, organization, "bob")

    await remove_organization_member(bob, organization["_id"], bob.user_id)

    assert len((await list_organizations(again(bob))).nodes) == 1


async def test_workspaces_of_a_removed_member_pass_to_the_owner_of_the_organization(
    people: People, owner: Context, organization: Any
) -> None:
    bob = await enrol(people, owner, organization, "bob", "admin")
    values = WorkspaceCreate(organization_id=organization["_id"], name="Bob's", slug="bobs")
    workspace = (await create_workspace(bob, values)).value

    await remove_organization_member(again(owner), organization["_id"], bob.user_id)

    left = await collection(WorkspaceMember).find({"workspace_id": workspace["_id"]}).to_list()
    stored = await collection(Workspace).find_one({"_id": workspace["_id"]})
    assert [(one["user_id"], one["role"], one["pilotage_role"]) for one in left] == [
        (owner.user_id, Role.OWNER, PilotageRole.OWNER)
    ]
    assert stored is not None
    assert stored["owner_id"] == owner.user_id
    assert (await events(workspace["_id"]))[2]["data"]["workspace"] == stored


async def test_organizations_are_paged_in_the_order_of_joining(people: People) -> None:
    ada = await people.register("ada")
    for n in range(3):
        await create_organization(ada, OrganizationCreate(name=f"Org {n}", slug=f"org-{n}-{secrets.token_hex(4)}"))

    first = await list_organizations(again(ada), Window.read(first=3))
    second = await list_organizations(again(ada), Window.read(first=3, after=first.cursor(first.nodes[-1])))
    back = await list_organizations(again(ada), Window.read(last=1, before=second.cursor(second.nodes[0])))

    assert [one["name"] for one in first.nodes] == ["ada", "Org 0", "Org 1"]
    assert (first.has_next, second.has_next) == (True, False)
    assert [one["name"] for one in second.nodes] == ["Org 2"]
    assert [one["name"] for one in back.nodes] == ["Org 1"]


async def test_the_edges_of_organizations_answer_for_many_at_once(
    people: People, owner: Context, organization: Any, workspace: Any, join: Join
) -> None:
    bob = await join(workspace, "bob")
    mine = await collection(Organization).find_one({"owner_id": bob.user_id})
    assert mine is not None
    parents = [organization, mine]

    owners = await users_by("owner_id")(bob, parents, frozenset({"name"}))
    roles = await my_role_of(bob, parents)
    members = await members_of(bob, parents, None)
    users = await user_of_member(bob, members[0].nodes, None)
    workspaces = await workspaces_of(bob, parents, frozenset({"slug"}))
    named = await workspace_of(bob, parents, None, slug="telescopes")

    assert [one and one["name"] for one in owners] == ["owner", "bob"]
    assert roles == [Role.MEMBER, Role.OWNER]
    assert [len(page.nodes) for page in members] == [2, 1]
    assert [one and one["name"] for one in users] == ["owner", "bob"]
    assert not any("password_hash" in one for one in users if one)
    assert [[one["slug"] for one in page.nodes] for page in workspaces] == [["telescopes"], ["personal"]]
    assert [one and one["_id"] for one in named] == [workspace["_id"], None]


async def test_workspaces_of_an_organization_are_those_of_the_caller_in_pages(
    people: People, owner: Context, organization: Any, workspace: Any
) -> None:
    bob = await enrol(people, owner, organization, "bob", "admin")
    for n in range(2):
        values = WorkspaceCreate(organization_id=organization["_id"], name=f"Bob {n}", slug=f"bob-{n}")
        await create_workspace(bob, values)

    first = (await workspaces_of(again(bob), [organization], None, first=1))[0]
    second = (await workspaces_of(again(bob), [organization], None, first=1, after=first.cursor(first.nodes[0])))[0]

    assert [one["slug"] for one in [*first.nodes, *second.nodes]] == ["bob-0", "bob-1"]
    assert (first.has_next, second.has_next, second.has_previous) == (True, False, True)
    assert (await workspace_of(again(bob), [organization], None, slug="telescopes")) == [None]


async def test_a_user_is_visible_to_those_of_the_same_organization(
    people: People, owner: Context, organization: Any
) -> None:
    bob, eve = await enrol(people, owner, organization, "bob"), await people.register("eve")

    found = await get_user(bob, owner.user_id)

    assert found["name"] == "owner"
    assert "password_hash" not in stub(found)
    assert (await get_user(eve, eve.user_id))["name"] == "eve"
    with pytest.raises(NotFound):
        await get_user(eve, owner.user_id)
