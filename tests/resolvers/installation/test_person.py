"""The accounts of people, for whoever manages them."""

import asyncio

import pytest

from models import OrganizationMember, Session, User
from models.base import collection
from models.enums import MailTemplate, Role, ServerRole
from models.errors import Conflict, Forbidden, NotFound, Unauthenticated
from models.installation_enums import AuthProvider
from resolvers.account.account import get_me, log_in
from resolvers.account.password import change_password
from resolvers.inputs.account import AuthLogin, PasswordChange
from resolvers.inputs.installation import PeopleList, PersonCreate, PersonUpdate
from resolvers.installation.installation import grant_server_role
from resolvers.installation.person import create_person, list_people, reset_person_password, update_person
from resolvers.installation.person_delete import count_owned_projects, delete_person
from resolvers.kit.context import Context
from resolvers.project.project import get_project
from tests.resolvers.conftest import make_tenant
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.lab import PASSWORD, People, again, event_types
from tests.resolvers.letters import mails_to
from tests.resolvers.projects import make_board


async def running(people: People, name: str, role: ServerRole = ServerRole.SUPER_ADMIN) -> Context:
    """Somebody who may do something with the installation."""
    ctx = await people.register(name)
    await grant_server_role(again(ctx), ctx.user_id, role)
    return ctx


async def alone(people: People, name: str) -> Context:
    """The only super-administrator that there is."""
    await collection(User).update_many({"server_role": "super_admin"}, {"$set": {"server_role": "user"}})
    return await running(people, name)


async def test_a_generated_password_works_once_shown_and_is_to_be_changed_until_it_was(people: People) -> None:
    admin = await running(people, "admin", ServerRole.ADMIN)
    values = PersonCreate(email="made-for@example.com", name="Made", role=ServerRole.ADMIN)

    made = (await create_person(again(admin), values)).value
    signed_in = await log_in(again(people.anonymous), AuthLogin(email=values.email, password=made.generated_password))
    theirs = await people.by_jwt(signed_in.access_token)

    assert len(made.generated_password) == 16
    assert (signed_in.user["must_change_password"], signed_in.user["server_role"]) == (True, ServerRole.ADMIN)
    assert "ServerRoleChanged" in await event_types(theirs.user_id)
    changed = PasswordChange(current_password=made.generated_password, new_password=PASSWORD)
    await change_password(again(theirs), changed)
    assert (await get_me(again(theirs)))["must_change_password"] is False

    # When it is reset, every session ends, and the old one is worth nothing
    reset = (await reset_person_password(again(admin), theirs.user_id)).value
    assert await collection(Session).count_documents({"user_id": theirs.user_id}) == 0
    with pytest.raises(Unauthenticated):
        await log_in(again(people.anonymous), AuthLogin(email=values.email, password=PASSWORD))
    again_in = await log_in(again(people.anonymous), AuthLogin(email=values.email, password=reset.generated_password))
    assert again_in.user["must_change_password"] is True
    with pytest.raises(Conflict):
        await create_person(again(admin), values)

    # Whoever is known by the identity provider has no password to reset
    by_provider = {"$set": {"auth_provider": AuthProvider.OIDC.value}}
    await collection(User).update_one({"_id": theirs.user_id}, by_provider)
    with pytest.raises(Conflict):
        await reset_person_password(again(admin), theirs.user_id)


async def test_people_are_found_by_a_part_of_their_name_as_it_is_written(people: People) -> None:
    admin = await running(people, "admin", ServerRole.ADMIN)
    for name in ("Zoë+one", "Zoë+two", "Zoëë two"):
        await people.register(name)

    found = await list_people(again(admin), PeopleList(search="ZOË+"))
    second = await list_people(again(admin), PeopleList(search="zoë+", offset=1, limit=1))

    assert [person["name"] for person in found.nodes] == ["Zoë+one", "Zoë+two"]
    assert ([person["name"] for person in second.nodes], second.total_count) == (["Zoë+two"], 2)
    assert (await list_people(again(admin), PeopleList(search=".*"))).total_count == 0


async def test_only_a_super_administrator_has_to_do_with_one(people: People) -> None:
    root, admin = await running(people, "root"), await running(people, "admin", ServerRole.ADMIN)
    for refused in (
        update_person(again(admin), root.user_id, PersonUpdate(name="Other")),
        update_person(again(admin), admin.user_id, PersonUpdate(role=ServerRole.SUPER_ADMIN)),
        reset_person_password(again(admin), root.user_id),
        delete_person(again(admin), root.user_id),
        create_person(again(admin), PersonCreate(email="x@example.com", name="X", role=ServerRole.SUPER_ADMIN)),
    ):
        with pytest.raises(Forbidden):
            await refused

    # What an administrator may do ends with the role, at once
    await update_person(again(root), admin.user_id, PersonUpdate(role=ServerRole.USER))
    with pytest.raises(Forbidden):
        await list_people(again(admin), PeopleList())
    assert await collection(User).count_documents({"email": "x@example.com"}) == 0


async def test_two_who_take_it_from_each_other_leave_one_super_administrator(people: People) -> None:
    first = await alone(people, "first")
    with pytest.raises(Conflict):
        await update_person(again(first), first.user_id, PersonUpdate(role=ServerRole.ADMIN))
    with pytest.raises(Conflict):
        await delete_person(again(first), first.user_id)
    second = await running(people, "second")

    answers = await asyncio.gather(
        update_person(again(first), second.user_id, PersonUpdate(role=ServerRole.USER)),
        update_person(again(second), first.user_id, PersonUpdate(role=ServerRole.USER)),
        return_exceptions=True,
    )

    assert sorted(isinstance(answer, Conflict | Forbidden) for answer in answers) == [False, True]
    assert await collection(User).count_documents({"server_role": "super_admin", "deleted_at": None}) == 1


async def test_what_somebody_owned_passes_to_a_super_administrator_and_is_told(people: People) -> None:
    tenant = await make_tenant(people)
    board = await make_board(tenant.owner, tenant.workspace, columns=1)
    root = await alone(people, "root")
    admin = await running(people, "admin", ServerRole.ADMIN)
    owner_id, organization_id = tenant.owner.user_id, tenant.organization["_id"]
    with pytest.raises(NotFound):
        await get_project(again(root), board.project["_id"])
    assert await count_owned_projects(again(admin), owner_id) == 1

    await delete_person(again(admin), owner_id)
    await finish_deletions(root.services)

    inherited = {"organization_id": organization_id, "user_id": root.user_id, "role": Role.OWNER.value}
    assert await collection(OrganizationMember).count_documents(inherited) == 1
    assert (await get_project(again(root), board.project["_id"]))["_id"] == board.project["_id"]
    assert {"OrganizationUpdated", "OrganizationMemberAdded", "OrganizationMemberRemoved"} <= set(
        await event_types(organization_id)
    )
    with pytest.raises(NotFound):
        await count_owned_projects(again(admin), owner_id)
    with pytest.raises(NotFound):
        await delete_person(again(admin), owner_id)


async def test_another_address_has_to_be_confirmed_and_the_one_so_far_opens_nothing_any_more(people: People) -> None:
    admin = await running(people, "admin", ServerRole.ADMIN)
    ada, bob = await people.register("ada"), await people.register("bob")
    before, other = people.email(ada), f"other-{ada.user_id}@example.com"
    await people.confirm(ada)

    with pytest.raises(Conflict, match="email"):
        await update_person(again(admin), ada.user_id, PersonUpdate(email=people.email(bob)))
    changed = (await update_person(again(admin), ada.user_id, PersonUpdate(email=other))).value

    assert changed.person["email"] == other
    assert (await get_me(again(ada)))["email_verified_at"] is None
    assert [mail["template"] for mail in await mails_to(before)] == [MailTemplate.EMAIL_CHANGED]
    assert [mail["template"] for mail in await mails_to(other)] == [MailTemplate.EMAIL_VERIFICATION]
    assert "UserUpdated" in await event_types(ada.user_id)
    # The same again changes nothing
    await update_person(again(admin), ada.user_id, PersonUpdate(email=other))
    assert len(await mails_to(other)) == 1
