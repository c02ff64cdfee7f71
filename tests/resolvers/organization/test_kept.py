"""An organization that was deleted and is kept: nobody sees it, its owner has it back, or it goes after 30 days."""

from datetime import timedelta
from typing import Any

import pytest

from models import (
    Column,
    MissionRun,
    Notification,
    Organization,
    OrganizationMember,
    Project,
    Tombstone,
    Workspace,
    WorkspaceMember,
)
from models.base import collection, to_record, utc_now
from models.enums import Role
from models.errors import BadUserInput, Conflict, Forbidden, NotFound
from models.ids import Kind, new_id
from models.organization import KEPT
from models.records import WorkspaceMemberRecord
from models.tombstone import NEVER
from resolvers.account.delete import delete_account
from resolvers.account.invited import get_invitation
from resolvers.deletion.deletion import GRACE
from resolvers.deletion.run import Worker, pending
from resolvers.inputs.account import AccountDelete
from resolvers.inputs.organization import OrganizationCreate
from resolvers.inputs.project import ProjectCreate
from resolvers.inputs.workspace import WorkspaceMemberInvite
from resolvers.invitation.accept import accept_invitation
from resolvers.invitation.invitation import invite_workspace_member
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.member.organization_member import list_organization_members
from resolvers.organization import kept
from resolvers.organization.kept import list_deleted_organizations, restore_organization
from resolvers.organization.organization import (
    create_organization,
    delete_organization,
    get_organization,
    get_organization_by_id,
    list_organizations,
)
from resolvers.project.project import create_project, get_project
from resolvers.workspace.workspace import get_workspace, get_workspace_by_id, list_workspaces
from tests.resolvers.conftest import Join
from tests.resolvers.deletions import Clock
from tests.resolvers.lab import PASSWORD, People, again, event_types
from tests.stubs import stubs


async def keep(ctx: Context, organization: Any) -> None:
    await delete_organization(again(ctx), organization["_id"], recoverable=True)


async def carry_out(owner: Context, later: timedelta = timedelta()) -> None:
    """All that is due of deletions by then, the last look included."""
    clock = Clock(later)
    worker = Worker(owner.services, "worker", now=clock.now)
    while await collection(Tombstone).find_one({"due_at": {"$lt": clock.now() + 2 * GRACE}}, {"_id": 1}) is not None:
        if await worker.run_next() is None:
            clock.ahead += GRACE


async def test_a_kept_organization_is_behind_no_door_and_comes_back_as_it_was(
    people: People, owner: Context, organization: Any, workspace: Any, join: Join
) -> None:
    # Given
    bob, ann = await join(workspace, "bob"), await join(workspace, "ann", Role.ADMIN)
    values = read_input(ProjectCreate, {"workspaceId": str(workspace["_id"]), "name": "Dome"})
    project = (await create_project(bob, values)).value
    invited = await invite_workspace_member(
        again(owner), workspace["_id"], WorkspaceMemberInvite(email="new@example.com")
    )
    run = MissionRun(
        id=new_id(Kind.MISSION), workspace_id=workspace["_id"], agent_id=new_id(Kind.AGENT), due_at=utc_now()
    )
    await collection(MissionRun).insert_one(to_record(run))
    told = {"workspace_id": workspace["_id"]}
    note = Notification(user_id=bob.user_id, workspace_id=workspace["_id"], activity_id=new_id(Kind.ACTIVITY), number=1)
    await collection(Notification).insert_one(to_record(note))
    inside = {"organization_id": organization["_id"]}
    before = await collection(OrganizationMember).find(inside).sort("_id", 1).to_list()
    slug = organization["slug"]

    async def joined() -> list[WorkspaceMemberRecord]:
        return await collection(WorkspaceMember).find(told).to_list()

    # When
    with pytest.raises(Forbidden):
        await keep(ann, organization)
    await keep(owner, organization)

    # Then
    for person in (owner, bob, ann):
        for ask in (
            get_organization(again(person), slug),
            get_organization(again(person), f"{slug}~{organization['_id']}"),
            get_organization_by_id(again(person), organization["_id"]),
            list_organization_members(again(person), organization["_id"]),
            list_workspaces(again(person), organization["_id"]),
            get_workspace(again(person), slug, workspace["slug"]),
            get_workspace_by_id(again(person), workspace["_id"]),
            get_project(again(person), project["_id"]),
            delete_organization(again(person), organization["_id"], recoverable=True),
        ):
            with pytest.raises(NotFound):
                await ask
        names = [node["name"] for node in (await list_organizations(again(person))).nodes]
        assert organization["name"] not in names
    with pytest.raises(NotFound):
        await get_invitation(owner, invited.value.token or "")
    with pytest.raises(NotFound):
        await accept_invitation(again(owner), invited.value.token or "")
    assert (await event_types(organization["_id"]))[-1] == "OrganizationDeleted"
    assert (await event_types(workspace["_id"]))[-1] == "WorkspaceDeleted"
    assert await collection(Notification).count_documents(told) == 1
    await carry_out(owner)
    assert (await pending(), await collection(Notification).count_documents(told)) == (0, 0)
    paused = await collection(MissionRun).find_one({"_id": run.id})
    assert paused is not None
    assert (paused["due_at"], paused["fence"]) == (NEVER, 1)
    [listed] = await list_deleted_organizations(again(owner))
    assert (listed["_id"], listed["slug"]) == (organization["_id"], slug)
    assert await list_deleted_organizations(again(bob)) == []

    # When
    await delete_account(again(ann), AccountDelete(password=PASSWORD))
    with pytest.raises(NotFound):
        await restore_organization(again(bob), organization["_id"])
    restored = (await restore_organization(again(owner), organization["_id"])).value
    await carry_out(owner)

    # Then
    assert (restored["slug"], restored["deleted_at"], restored["kept_members"]) == (slug, None, [])
    after = await collection(OrganizationMember).find(inside).sort("_id", 1).to_list()
    assert {member["user_id"] for member in await joined()} == {owner.user_id, bob.user_id}
    assert after == [member for member in before if member["user_id"] != ann.user_id]
    assert (await get_workspace(again(bob), slug, workspace["slug"]))["my_role"] == "member"
    assert (await get_project(again(bob), project["_id"]))["name"] == "Dome"
    assert "OrganizationRestored" in await event_types(organization["_id"])
    assert "WorkspaceRestored" in await event_types(workspace["_id"])
    assert await collection(Tombstone).count_documents({"_id": organization["_id"]}) == 0
    going = await collection(MissionRun).find_one({"_id": run.id})
    assert going is not None
    assert going["due_at"] not in (None, NEVER)
    with pytest.raises(NotFound):
        await restore_organization(again(owner), organization["_id"])


async def test_a_slug_that_was_taken_meanwhile_stays_with_who_has_it(
    people: People, owner: Context, organization: Any
) -> None:
    # Given
    await keep(owner, organization)
    bob = await people.register("bob")
    taken = (await create_organization(bob, OrganizationCreate(name="Bob's", slug=organization["slug"]))).value

    # When
    restored = (await restore_organization(again(owner), organization["_id"])).value

    # Then
    assert restored["slug"].startswith(f"{organization['slug']}-")
    assert (await get_organization(again(bob), organization["slug"]))["_id"] == taken["_id"]
    assert (await get_organization(again(owner), restored["slug"]))["_id"] == organization["_id"]


async def test_what_one_change_cannot_move_is_refused(
    owner: Context, organization: Any, workspace: Any, join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    await join(workspace, "bob")
    monkeypatch.setattr(kept, "MAX_MEMBERSHIPS", 3)

    with pytest.raises(Conflict, match="more than 3 memberships"):
        await keep(owner, organization)

    assert await get_organization(again(owner), organization["slug"])
    assert await collection(Tombstone).count_documents({}) == 0


async def test_after_thirty_days_nothing_is_left(owner: Context, organization: Any, workspace: Any, join: Join) -> None:
    # Given
    bob = await join(workspace, "bob")
    values = read_input(ProjectCreate, {"workspaceId": str(workspace["_id"]), "name": "Dome"})
    await create_project(bob, values)
    await keep(owner, organization)

    # When
    await carry_out(owner)
    await carry_out(owner, KEPT)

    # Then
    with pytest.raises(NotFound):
        await restore_organization(again(owner), organization["_id"])
    with pytest.raises(BadUserInput):
        await restore_organization(again(owner), workspace["_id"])
    for model, key in ((Organization, "_id"), (OrganizationMember, "organization_id"), (Workspace, "organization_id")):
        assert await stubs(model).count_documents({key: organization["_id"]}) == 0
    for below in (WorkspaceMember, Project, Column):
        assert await stubs(below).count_documents({"workspace_id": workspace["_id"]}) == 0


async def test_what_an_account_has_deleted_goes_for_good_with_it(owner: Context, organization: Any) -> None:
    # Given
    await keep(owner, organization)

    # When
    await delete_account(again(owner), AccountDelete(password=PASSWORD))

    # Then
    assert await collection(Organization).find_one({"_id": organization["_id"]}) is None
    assert await collection(Workspace).count_documents({"organization_id": organization["_id"]}) == 0
