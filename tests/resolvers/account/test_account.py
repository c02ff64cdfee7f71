"""Registering, signing in and out, profile and password."""

import asyncio
import secrets
from dataclasses import replace

import pytest

from auth.attempts import ONE_ACCOUNT
from auth.subject import Subject
from models import Organization, User, Workspace, WorkspaceMember
from models.base import collection
from models.errors import BadUserInput, Conflict, Forbidden, RateLimited, Unauthenticated
from resolvers.account.account import (
    MAX_REGISTRATIONS_OF_MAILBOX,
    get_me,
    get_viewer,
    log_in,
    log_out,
    register,
    update_user,
)
from resolvers.account.password import change_password, require_password
from resolvers.activity.activity import actor_of
from resolvers.card.graph import assignee_of, author_of
from resolvers.inputs.account import AuthLogin, AuthRegister, PasswordChange, UserUpdate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from resolvers.organization.organization import list_organizations
from resolvers.user.user import user_of_member, users_by
from resolvers.workspace.workspace import get_workspace
from tests.resolvers.lab import PASSWORD, People, again, event_types, events
from tests.stubs import stub, stubs


def register_input(**values: object) -> AuthRegister:
    return read_input(AuthRegister, {"email": "x@example.com", "password": PASSWORD, **values})


async def test_registering_makes_a_person_an_organization_and_a_workspace(people: People) -> None:
    ada = await people.register("Ada Lovelace")

    organizations = (await list_organizations(ada)).nodes
    workspace = await get_workspace(again(ada), organizations[0]["slug"], "personal")

    assert [(one["name"], one["my_role"]) for one in organizations] == [("Ada Lovelace", "owner")]
    assert organizations[0]["slug"].startswith("ada-lovelace")
    assert (workspace["is_personal"], workspace["my_role"], workspace["my_pilotage_role"]) == (True, "owner", "owner")
    assert await event_types(ada.user_id) == ["UserCreated", "SessionStarted"]
    assert await event_types(organizations[0]["_id"]) == ["OrganizationCreated", "OrganizationMemberAdded"]
    assert await event_types(workspace["_id"]) == ["WorkspaceCreated", "WorkspaceMemberAdded"]


async def test_a_second_person_of_a_name_gets_another_slug(people: People) -> None:
    one, other = await people.register("Same Name"), await people.register("Same Name")

    slugs = [(await list_organizations(person)).nodes[0]["slug"] for person in (one, other)]

    assert slugs[0] != slugs[1]
    assert slugs[1].startswith("same-name-")


async def test_people_of_one_name_who_register_at_once_all_get_in(people: People) -> None:
    crowd = await asyncio.gather(*(people.register("The Crowd") for _ in range(6)))

    slugs = [(await list_organizations(again(person))).nodes[0]["slug"] for person in crowd]

    assert len(set(slugs)) == len(crowd)


async def test_an_address_that_registers_twice_at_once_gets_one_account(anonymous: Context, people: People) -> None:
    values = register_input(email=f"twice-{secrets.token_hex(4)}@example.com")

    outcomes = await asyncio.gather(*(register(anonymous, values) for _ in range(4)), return_exceptions=True)

    refused = [one for one in outcomes if isinstance(one, BaseException)]
    assert [type(one) for one in refused] == [Conflict] * 3
    assert await collection(User).count_documents({"email": values.email}) == 1


async def test_a_nameless_person_with_an_address_of_one_letter_gets_a_slug(anonymous: Context, people: People) -> None:
    signed_in = await register(anonymous, register_input(email="é@example.com"))
    ctx = await people.by_jwt(signed_in.access_token)

    assert signed_in.user["name"] is None
    assert len((await list_organizations(ctx)).nodes[0]["slug"]) >= 2


async def test_an_address_is_taken_whatever_its_case_and_nothing_is_written(anonymous: Context, people: People) -> None:
    ada = await people.register("ada")
    before = [await stubs(model).count_documents({}) for model in (User, Organization, Workspace)]

    with pytest.raises(Conflict) as refused:
        await register(anonymous, register_input(email=people.email(ada).upper()))

    assert refused.value.field == "email"
    assert [await stubs(model).count_documents({}) for model in (User, Organization, Workspace)] == before


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "a@b"}, "email"),
        ({"email": f"{'a' * 250}@example.com"}, "email"),
        ({"email": "agent-1@agents.invalid"}, "email"),
        ({"email": "a\x00@example.com"}, "email"),
        ({"email": "\uff41nn@example.com"}, "email"),
        ({"email": "a\u017fn@example.com"}, "email"),
        ({"email": 7}, "email"),
        ({"password": "1234567"}, "password"),
        ({"password": "x" * 129}, "password"),
        ({"password": None}, "password"),
        ({"name": "x" * 101}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"isAgent": True}, "isAgent"),
        ({"passwordHash": "x"}, "passwordHash"),
    ],
)
def test_bad_input_of_registering_names_its_field(values: dict[str, object], field: str) -> None:
    with pytest.raises(BadUserInput) as refused:
        register_input(**values)

    assert refused.value.field == field


async def test_jwt_and_cookie_of_a_sign_in_are_the_same_session(people: People) -> None:
    ada = await people.register("ada")

    signed_in = await log_in(people.anonymous, AuthLogin(email=people.email(ada).upper(), password=PASSWORD))
    by_jwt = await people.by_jwt(signed_in.access_token)
    by_cookie = await people.by_cookie(signed_in.cookie)

    assert by_jwt.subject.credential_id == by_cookie.subject.credential_id
    assert by_jwt.user_id == by_cookie.user_id == ada.user_id
    assert by_cookie.subject.csrf_token == signed_in.csrf_token
    assert signed_in.user["pilotage_role"] == "owner"
    assert "password_hash" not in signed_in.user


async def test_an_unknown_address_and_a_wrong_password_are_told_alike(people: People) -> None:
    ada = await people.register("ada")

    with pytest.raises(Unauthenticated) as wrong:
        await log_in(people.anonymous, AuthLogin(email=people.email(ada), password="wrong password"))
    with pytest.raises(Unauthenticated) as unknown:
        await log_in(people.anonymous, AuthLogin(email="nobody@example.com", password="wrong password"))

    assert wrong.value.message == unknown.value.message
    assert await event_types(ada.user_id) == ["UserCreated", "SessionStarted"]


async def test_the_service_user_of_an_agent_cannot_sign_in(people: People) -> None:
    ada = await people.register("ada")
    no_password = {"$set": {"password_hash": None, "is_agent": True}}
    await collection(User).update_one({"_id": ada.user_id}, no_password)

    with pytest.raises(Unauthenticated):
        await log_in(people.anonymous, AuthLogin(email=people.email(ada), password=PASSWORD))


async def test_guesses_of_a_stranger_neither_keep_out_the_owner_nor_reach_who_is_signed_in(people: People) -> None:
    ada = await people.register("ada")
    wrong = AuthLogin(email=people.email(ada), password="wrong password")
    right = AuthLogin(email=people.email(ada), password=PASSWORD)
    stranger, home = (seen(people.anonymous, source=one) for one in ("192.0.2.1", "192.0.2.2"))

    outcomes = await asyncio.gather(*(log_in(stranger, wrong) for _ in range(ONE_ACCOUNT.free)), return_exceptions=True)

    assert [type(one) for one in outcomes] == [Unauthenticated] * ONE_ACCOUNT.free
    assert (await log_in(home, right)).user["_id"] == ada.user_id
    assert (await require_password(ada, PASSWORD))["_id"] == ada.user_id
    # Where it was signed in to before, a browser is known, whatever was guessed beside it.
    browser = seen(stranger, device=(await log_in(home, right)).device)
    assert (await log_in(browser, right)).device == browser.subject.device


async def test_one_source_makes_so_many_accounts_an_hour(people: People) -> None:
    few = replace(people.anonymous.services, registrations_per_hour=2)
    ctx = Context(Subject(source="192.0.2.3"), few)

    for n in range(2):
        await register(ctx, AuthRegister(email=f"budget-{n}@example.com", password=PASSWORD))

    with pytest.raises(RateLimited):
        await register(ctx, AuthRegister(email="budget-3@example.com", password=PASSWORD))
    assert await register(again(people.anonymous), AuthRegister(email="budget-3@example.com", password=PASSWORD))


async def test_aliases_of_one_mailbox_are_one_mailbox(people: People) -> None:
    for n in range(MAX_REGISTRATIONS_OF_MAILBOX):
        await register(people.anonymous, AuthRegister(email=f"box+{n}@example.com", password=PASSWORD))

    with pytest.raises(RateLimited):
        await register(people.anonymous, AuthRegister(email="box@example.com", password=PASSWORD))


def seen(ctx: Context, source: str | None = None, device: str | None = None) -> Context:
    """A request as it comes from an address, with the cookie of a device."""
    subject = replace(ctx.subject, source=source or ctx.source, device=device)
    return Context(subject, ctx.services)


async def test_logging_out_ends_jwt_and_cookie_of_this_session_alone(people: People) -> None:
    ada = await people.register("ada")
    other = await log_in(people.anonymous, AuthLogin(email=people.email(ada), password=PASSWORD))
    first = people.sign_ins[ada.user_id]

    await log_out(ada)

    with pytest.raises(Unauthenticated):
        await people.by_jwt(first.access_token)
    assert (await people.by_cookie(first.cookie)).subject.user_id is None
    assert (await people.by_jwt(other.access_token)).user_id == ada.user_id
    assert (await event_types(ada.user_id))[-1] == "SessionEnded"


async def test_the_viewer_is_the_caller_without_the_hash(people: People) -> None:
    ada = await people.register("ada")

    viewer = await get_viewer(ada)
    me = await get_me(ada)

    assert viewer.items() <= me.items()
    assert me.keys() - viewer.keys() == {
        "pilotage_role",
        "email_verified_at",
        "two_factor_enabled",
        "server_role",
        "auth_provider",
        "must_change_password",
    }
    shown = {"_id", "number", "email", "name", "username", "job_title", "avatar", "is_agent", "created_at"}
    assert viewer.keys() == shown
    assert me["pilotage_role"] == "owner"
    assert await get_viewer(ada, frozenset({"password_hash", "name"})) == {"_id": ada.user_id, "name": "ada"}


async def test_without_any_workspace_the_pilotage_role_is_the_least(people: People) -> None:
    ada = await people.register("ada")
    await collection(WorkspaceMember).delete_many({"user_id": ada.user_id})

    assert (await get_me(ada))["pilotage_role"] == "viewer"


async def test_nobody_is_no_viewer(anonymous: Context) -> None:
    with pytest.raises(Unauthenticated):
        await get_viewer(anonymous)


async def test_a_profile_changes_where_it_is_given_and_null_clears(people: People) -> None:
    ada = await people.register("ada")

    await update_user(ada, read_input(UserUpdate, {"jobTitle": "  Analyst "}))
    changed = await update_user(ada, read_input(UserUpdate, {"name": None}))

    assert (changed.value["name"], changed.value["job_title"]) == (None, "Analyst")
    last = (await events(ada.user_id))[-1]
    assert (last["type"], last["data"]["user"]) == ("UserUpdated", changed.value)
    assert "password_hash" not in changed.value


async def test_a_profile_to_which_nothing_is_given_has_no_event(people: People) -> None:
    ada = await people.register("ada")
    before = await event_types(ada.user_id)

    unchanged = await update_user(ada, read_input(UserUpdate, {}))

    assert unchanged.value["name"] == "ada"
    assert await event_types(ada.user_id) == before


@pytest.mark.parametrize("values", [{"jobTitle": "x" * 101}, {"name": 1}, {"email": "b@example.com"}])
def test_a_profile_takes_no_other_field_and_no_long_text(values: dict[str, object]) -> None:
    with pytest.raises(BadUserInput) as refused:
        read_input(UserUpdate, values)

    assert refused.value.field == next(iter(values))


async def test_a_new_password_ends_every_other_session(people: People) -> None:
    ada = await people.register("ada")
    other = await log_in(people.anonymous, AuthLogin(email=people.email(ada), password=PASSWORD))

    await change_password(ada, PasswordChange(current_password=PASSWORD, new_password="another password"))

    with pytest.raises(Unauthenticated):
        await people.by_jwt(other.access_token)
    assert (await people.by_jwt(people.sign_ins[ada.user_id].access_token)).user_id == ada.user_id
    with pytest.raises(Unauthenticated):
        await log_in(people.anonymous, AuthLogin(email=people.email(ada), password=PASSWORD))
    assert await log_in(people.anonymous, AuthLogin(email=people.email(ada), password="another password"))


async def test_a_wrong_current_password_changes_nothing(people: People) -> None:
    ada = await people.register("ada")
    before = await event_types(ada.user_id)

    with pytest.raises(BadUserInput) as refused:
        await change_password(ada, PasswordChange(current_password="wrong password", new_password="another password"))

    assert refused.value.field == "currentPassword"
    assert await event_types(ada.user_id) == before
    assert await log_in(people.anonymous, AuthLogin(email=people.email(ada), password=PASSWORD))


async def test_of_two_password_changes_at_once_one_wins(people: People) -> None:
    ada = await people.register("ada")
    changes = [PasswordChange(current_password=PASSWORD, new_password=f"another password {n}") for n in range(2)]

    outcomes = await asyncio.gather(*(change_password(ada, one) for one in changes), return_exceptions=True)

    refused = [one for one in outcomes if isinstance(one, BaseException)]
    assert len(refused) == 1
    assert isinstance(refused[0], Conflict | BadUserInput)


async def test_a_token_changes_no_password_and_ends_no_session(people: People) -> None:
    ada = await people.register("ada")
    by_token = await people.with_token(ada, ["account:read", "account:write"])

    with pytest.raises(Forbidden):
        await change_password(by_token, PasswordChange(current_password=PASSWORD, new_password="another password"))
    with pytest.raises(Forbidden):
        await log_out(by_token)
    assert (await get_viewer(by_token))["_id"] == ada.user_id


def test_a_password_is_in_no_representation_of_an_input() -> None:
    inputs = [
        AuthLogin(email="a@example.com", password=PASSWORD),
        register_input(),
        PasswordChange(current_password=PASSWORD, new_password="another password"),
    ]

    assert not any(PASSWORD in repr(one) or "another password" in repr(one) for one in inputs)


async def test_no_edge_to_a_user_reads_the_hash(people: People) -> None:
    ada = await people.register("ada")
    parent = dict.fromkeys(("actor_id", "assignee_id", "created_by", "author_id", "user_id", "owner_id"), ada.user_id)

    for reach in (actor_of, assignee_of, author_of, user_of_member, users_by("created_by"), users_by("owner_id")):
        for fields in (None, frozenset({"password_hash", "name"})):
            users = await reach(ada, stub([parent]), fields)
            assert [one and one["name"] for one in users] == ["ada"]
            assert not any("password_hash" in one for one in users if one)
