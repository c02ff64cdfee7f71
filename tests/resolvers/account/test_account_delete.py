"""Deleting an account: what goes, what stays without a name, and when it is refused."""

import asyncio
from typing import Any

import pytest
from bson import ObjectId

from auth.two_factor import hash_recovery_code, new_recovery_codes, new_totp_secret, seal
from models import (
    ApiToken,
    Comment,
    Invitation,
    LoggedEvent,
    Mail,
    Organization,
    OrganizationMember,
    Session,
    User,
    Workspace,
    WorkspaceMember,
)
from models.base import collection, to_record, utc_now
from models.enums import MailState, MailTemplate, Role
from models.errors import BadUserInput, Conflict, Forbidden, NotFound, OrreryError, Unauthenticated
from resolvers.account.account import log_in, register
from resolvers.account.delete import DELETED_NAME, FRESH, delete_account
from resolvers.card.comment import list_comments
from resolvers.card.graph import author_of
from resolvers.inputs.account import AccountDelete, AuthLogin, AuthRegister
from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceMemberInvite
from resolvers.invitation.accept import accept_invitation
from resolvers.invitation.invitation import invite_workspace_member
from resolvers.kit.context import Context
from resolvers.organization.organization import list_organizations
from resolvers.user.user import get_user
from resolvers.workspace.workspace import create_workspace
from tests.patience import PATIENCE
from tests.resolvers.conftest import Join
from tests.resolvers.deletions import finish_deletions
from tests.resolvers.lab import PASSWORD, People, again, event_types
from tests.resolvers.letters import mails_to
from tests.resolvers.projects import make_board
from tests.stubs import stubs


async def delete(ctx: Context, **values: Any) -> None:
    await delete_account(again(ctx), AccountDelete(**{"password": PASSWORD, **values}))


async def stored(user_id: ObjectId) -> Any:
    found = await collection(User).find_one({"_id": user_id})
    assert found is not None
    return found


async def test_what_a_person_wrote_stays_by_a_user_without_name_and_address(
    owner: Context, workspace: Any, join: Join, people: People
) -> None:
    # Given
    board = await make_board(owner, workspace)
    ada = await join(workspace, "ada", Role.MEMBER)
    address = people.email(ada)
    await board.add_member(ada)
    card = await board.card(assigneeId=ada.user_id)
    comment = (await board.comment(card))["_id"]
    await collection(Comment).update_one({"_id": comment}, {"$set": {"author_id": ada.user_id}})

    # When
    await delete(ada)

    # Then
    [said] = await list_comments(again(owner), card["_id"])
    [author] = await author_of(again(owner), [said], None)
    assert author is not None
    assert (author["name"], author["email"]) == (DELETED_NAME, f"deleted-{ada.user_id}@deleted.invalid")
    assert address not in str(await stored(ada.user_id))
    assert "UserDeleted" in await event_types(ada.user_id)
    assert "WorkspaceMemberRemoved" in await event_types(workspace["_id"])
    with pytest.raises(NotFound):
        await get_user(again(owner), ada.user_id)
    await finish_deletions(ada.services)
    assert await collection(LoggedEvent).count_documents({"stream_id": ada.user_id}) == 0


async def test_what_was_the_persons_alone_goes(people: People) -> None:
    ada = await people.register("ada")
    await people.with_token(ada, ["projects:read"])
    mine = {"user_id": ada.user_id}
    home = [one["_id"] for one in (await list_organizations(again(ada))).nodes]

    await delete(ada)

    for model in (Session, ApiToken, OrganizationMember, WorkspaceMember):
        assert await stubs(model).count_documents(mine) == 0
    assert await collection(Organization).count_documents({"_id": {"$in": home}}) == 0
    assert await collection(Workspace).count_documents({"organization_id": {"$in": home}}) == 0
    [notice] = await mails_to(people.email(ada))
    assert notice["template"] == MailTemplate.ACCOUNT_DELETED


async def test_nobody_signs_in_any_more_and_what_is_open_ends(people: People) -> None:
    ada = await people.register("ada")
    ended: asyncio.Future[OrreryError] = asyncio.get_running_loop().create_future()
    ada.services.guard.watch(ada.subject, ended.set_result)

    await delete(ada)

    assert isinstance(await asyncio.wait_for(ended, PATIENCE), Unauthenticated)
    with pytest.raises(Unauthenticated):
        await people.by_jwt(people.sign_ins[ada.user_id].access_token)
    with pytest.raises(Unauthenticated):
        await log_in(people.anonymous, AuthLogin(email=people.email(ada), password=PASSWORD))


async def test_the_address_can_register_anew(people: People) -> None:
    ada = await people.register("ada")
    await delete(ada)

    signed_in = await register(people.anonymous, AuthRegister(email=people.email(ada), password=PASSWORD))

    assert signed_in.user["_id"] != ada.user_id


async def test_whoever_owns_an_organization_with_others_in_it_stays(
    owner: Context, organization: Any, workspace: Any, join: Join, people: People
) -> None:
    await join(workspace, "bob")
    before = await stored(owner.user_id)

    with pytest.raises(Conflict) as refused:
        await delete(owner)

    assert refused.value.details["organizations"] == [organization["slug"]]
    assert await stored(owner.user_id) == before
    assert (await people.by_jwt(people.sign_ins[owner.user_id].access_token)).user_id == owner.user_id


async def test_workspaces_pass_to_the_owner_of_their_organization(
    owner: Context, organization: Any, workspace: Any, join: Join
) -> None:
    ada = await join(workspace, "ada", Role.ADMIN)
    promoted = {"$set": {"role": Role.ADMIN.value}}
    belongs = {"organization_id": organization["_id"], "user_id": ada.user_id}
    await collection(OrganizationMember).update_one(belongs, promoted)
    values = WorkspaceCreate(organization_id=organization["_id"], name="Ada's", slug="adas")
    made = (await create_workspace(again(ada), values)).value

    await delete(ada)

    found = await collection(Workspace).find_one({"_id": made["_id"]})
    assert found is not None
    assert found["owner_id"] == owner.user_id


async def test_it_takes_the_password(people: People) -> None:
    ada = await people.register("ada")

    with pytest.raises(BadUserInput) as refused:
        await delete(ada, password="wrong password")

    assert refused.value.field == "password"
    assert (await stored(ada.user_id))["deleted_at"] is None


async def test_with_two_factors_it_takes_a_code_as_well(people: People) -> None:
    # Given
    ada = await people.register("ada")
    code = new_recovery_codes()[0]
    factor = {
        "secret": seal(ada.services.signer.key, ada.user_id, new_totp_secret()),
        "enabled_at": utc_now(),
        "last_step": 0,
        "recovery_hashes": [hash_recovery_code(code)],
    }
    await collection(User).update_one({"_id": ada.user_id}, {"$set": {"two_factor": factor}})

    # When
    refusals = []
    for values in ({}, {"code": "000000"}):
        with pytest.raises(BadUserInput) as refused:
            await delete(ada, **values)
        refusals.append(refused.value.field)
    await delete(ada, code=code)

    # Then
    assert refusals == ["code", "code"]
    assert (await stored(ada.user_id))["two_factor"] is None


async def test_an_invitation_that_is_accepted_at_the_same_moment_leaves_no_member(
    owner: Context, workspace: Any, people: People
) -> None:
    for number in range(3):
        ada = await people.register(f"ada{number}")
        values = WorkspaceMemberInvite(email=people.email(ada))
        token = (await invite_workspace_member(again(owner), workspace["_id"], values)).value.token

        await asyncio.gather(accept_invitation(again(ada), token or ""), delete(ada), return_exceptions=True)

        for model in (WorkspaceMember, OrganizationMember):
            assert await stubs(model).count_documents({"user_id": ada.user_id}) == 0


async def test_invitations_that_were_accepted_and_mails_that_were_sent_are_forgotten(
    workspace: Any, join: Join, people: People
) -> None:
    ada = await join(workspace, "ada")
    address = people.email(ada)
    await people.confirm(ada)

    await delete(ada)

    assert await collection(Invitation).count_documents({"email": address}) == 0
    others = {"to": address, "template": {"$ne": MailTemplate.ACCOUNT_DELETED.value}}
    assert await collection(Mail).count_documents(others) == 0


async def test_without_a_confirmed_address_what_went_to_its_owner_stays(
    owner: Context, workspace: Any, join: Join, people: People
) -> None:
    ada = await join(workspace, "ada")
    address = people.email(ada)
    elsewhere = (await make_board(owner, workspace)).workspace_id
    sent = Mail(to=address, template=MailTemplate.INVITATION, workspace_id=elsewhere, state=MailState.SENT)
    await collection(Mail).insert_one(to_record(sent))

    await delete(ada)

    assert await collection(Invitation).count_documents({"email": address}) == 1
    assert [one["template"] for one in await mails_to(address)] == ["invitation", "account_deleted"]


async def test_who_has_just_signed_in_needs_no_password_and_nobody_else(people: People) -> None:
    ada, token = await people.register("ada"), await people.register("token")
    old = {"$set": {"created_at": utc_now() - FRESH}}
    by_token = await people.with_token(token, ["account:write"])

    await collection(Session).update_many({"user_id": ada.user_id}, old)
    for caller, refusal in ((ada, BadUserInput), (by_token, Forbidden)):
        with pytest.raises(refusal):
            await delete_account(again(caller), AccountDelete())
    await collection(Session).update_many({"user_id": ada.user_id}, {"$set": {"created_at": utc_now()}})
    await delete_account(again(ada), AccountDelete())

    assert (await stored(ada.user_id))["name"] == DELETED_NAME
