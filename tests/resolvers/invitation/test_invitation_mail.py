"""Invitations as mails: what is written with them, what the mail says, and what its link is good for."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models import Invitation, Mail, User, WorkspaceMember
from models.base import collection, utc_now
from models.enums import Role
from models.errors import BadUserInput, Conflict, Forbidden, NotFound, RateLimited
from models.records import MailRecord, WorkspaceRecord
from resolvers.account.invited import get_invitation, register_invited
from resolvers.inputs.account import InvitationRegister
from resolvers.inputs.workspace import WorkspaceCreate, WorkspaceMemberInvite, WorkspaceUpdate
from resolvers.invitation import send
from resolvers.invitation.accept import accept_invitation
from resolvers.invitation.invitation import (
    MAX_RESENT_AN_HOUR,
    invite_workspace_member,
    list_invitations,
    resend_invitation,
    revoke_invitation,
)
from resolvers.invitation.send import NewInvitation
from resolvers.kit.context import Context, Services
from resolvers.kit.input import read_input
from resolvers.mail.letters import Letter
from resolvers.mail.mail import compose
from resolvers.workspace.workspace import create_workspace, delete_workspace, get_workspace_by_id, update_workspace
from tests.resolvers.conftest import Join
from tests.resolvers.lab import PASSWORD, People, again, event_types


async def invite(ctx: Context, workspace: WorkspaceRecord, email: str, role: Role = Role.MEMBER) -> NewInvitation:
    values = WorkspaceMemberInvite(email=email, role=role)
    return (await invite_workspace_member(again(ctx), workspace["_id"], values)).value


async def mails_about(made: NewInvitation) -> list[MailRecord]:
    return await collection(Mail).find({"about_id": made.invitation["_id"]}).to_list()


async def letter_of(ctx: Context, made: NewInvitation) -> Letter:
    [mail] = await mails_about(made)
    letter = await compose(ctx.services, mail)
    assert letter is not None
    return letter


def register_input(token: str | None, **values: Any) -> InvitationRegister:
    return read_input(InvitationRegister, {"token": token, "password": PASSWORD, "name": "New", **values})


async def expire(made: NewInvitation) -> None:
    past = {"$set": {"expires_at": utc_now() - timedelta(seconds=1)}}
    await collection(Invitation).update_one({"_id": made.invitation["_id"]}, past)


async def test_an_invitation_is_written_with_its_mail_which_holds_no_secret(
    owner: Context, workspace: WorkspaceRecord
) -> None:
    made = await invite(owner, workspace, "mail-1@example.com")

    [mail] = await mails_about(made)
    letter = await letter_of(owner, made)

    assert (mail["to"], mail["state"], mail["workspace_id"]) == ("mail-1@example.com", "pending", workspace["_id"])
    assert made.token is not None
    assert made.token not in str(mail)
    assert made.link is not None
    assert made.link in letter.text
    assert made.link in letter.html
    assert letter.subject == "You are invited to a workspace"  # not a word of whoever invites


async def test_a_refused_invitation_writes_no_mail(
    owner: Context, workspace: WorkspaceRecord, join: Join, people: People
) -> None:
    bob = await join(workspace, "bob")
    query = {"to": people.email(bob)}
    before = await collection(Mail).count_documents(query)

    with pytest.raises(Conflict):
        await invite(owner, workspace, people.email(bob))

    assert await collection(Mail).count_documents(query) == before


async def test_names_cannot_break_out_of_subject_and_html(owner: Context, workspace: WorkspaceRecord) -> None:
    name = "<b>Big</b>\r\nBcc: eve@example.com"
    await update_workspace(again(owner), workspace["_id"], WorkspaceUpdate(name=name))

    letter = await letter_of(owner, await invite(owner, workspace, "mail-2@example.com"))

    assert "\n" not in letter.subject
    assert "\r" not in letter.subject
    assert "<b>" not in letter.html
    assert "&lt;b&gt;Big&lt;/b&gt;" in letter.html


async def test_an_address_with_an_account_is_invited_just_like_one_without(
    owner: Context, workspace: WorkspaceRecord, people: People
) -> None:
    known = await invite(owner, workspace, people.email(await people.register("known")))
    unknown = await invite(owner, workspace, "unknown-to-all@example.com")

    assert known.invitation.keys() == unknown.invitation.keys()
    letters = [await letter_of(owner, one) for one in (known, unknown)]
    texts = [
        letter.text.replace(one.link or "?", "LINK").replace(one.invitation["email"], "TO")
        for letter, one in zip(letters, (known, unknown), strict=True)
    ]
    assert texts[0] == texts[1]


async def _by_mail(owner: Context, people: People) -> Context:
    """A request of the owner, with a confirmed address, to a gateway that sends mail."""
    await people.confirm(owner)
    return Context(owner.subject, replace(owner.services, shows_links=False))


async def test_where_mail_goes_out_the_link_is_for_the_mailbox_alone(
    owner: Context, workspace: WorkspaceRecord, people: People
) -> None:
    by_mail = await _by_mail(owner, people)

    made = await invite(by_mail, workspace, "mail-3@example.com")

    assert (made.token, made.link) == (None, None)
    assert "/invitations/accept#" in (await letter_of(by_mail, made)).text


async def test_a_token_invites_by_mail_and_is_shown_no_link(
    owner: Context, workspace: WorkspaceRecord, people: People
) -> None:
    made = await invite(await people.with_token(owner, ["account:write"]), workspace, "mail-4@example.com")

    assert (made.token, made.link) == (None, None)
    assert len(await mails_about(made)) == 1


async def test_whoever_has_not_confirmed_an_address_sends_no_mail_to_others(
    owner: Context, workspace: WorkspaceRecord, people: People
) -> None:
    # Given a gateway that sends mail, and an invitation that is out already
    made = await invite(owner, workspace, "mail-5@example.com")
    by_mail = Context(owner.subject, replace(owner.services, shows_links=False))

    # When somebody invites whose own address nobody has confirmed
    with pytest.raises(Forbidden):
        await invite(by_mail, workspace, "mail-6@example.com")
    with pytest.raises(Forbidden):
        await resend_invitation(again(by_mail), made.invitation["_id"])

    # Then no mail is written
    assert await collection(Mail).count_documents({"to": "mail-6@example.com"}) == 0
    assert len(await mails_about(made)) == 1


async def test_the_open_invitations_of_a_workspace_are_listed_without_their_hash(
    owner: Context, workspace: WorkspaceRecord, people: People, join: Join
) -> None:
    first = await invite(owner, workspace, "list-1@example.com")
    await invite(owner, workspace, "list-2@example.com", Role.ADMIN)
    await expire(first)
    member = await join(workspace, "joined")

    found = await list_invitations(again(owner), workspace["_id"])

    assert [one["email"] for one in found] == ["list-1@example.com", "list-2@example.com"]
    assert all("secret_hash" not in one for one in found)
    with pytest.raises(Forbidden):
        await list_invitations(member, workspace["_id"])


async def test_an_expired_invitation_that_is_sent_again_is_good_for_another_week(
    owner: Context, workspace: WorkspaceRecord, people: People
) -> None:
    bob = await people.register("bob")
    made = await invite(owner, workspace, people.email(bob))
    await expire(made)

    again_ = (await resend_invitation(again(owner), made.invitation["_id"])).value

    assert again_.token == made.token
    assert again_.invitation["expires_at"] > utc_now() + timedelta(days=6)
    assert len(await mails_about(made)) == 1
    assert (await accept_invitation(again(bob), again_.token or "")).value["user_id"] == bob.user_id
    assert "InvitationResent" in await event_types(workspace["_id"])
    with pytest.raises(Conflict, match="used"):
        await resend_invitation(again(owner), made.invitation["_id"])


async def test_an_address_is_not_invited_again_and_again(
    owner: Context, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given
    monkeypatch.setattr(send, "MAX_TO_ADDRESS_AN_HOUR", 3)
    monkeypatch.setattr(send, "MAX_TO_ADDRESS_A_DAY", 5)
    address = f"often-{workspace['_id']}@example.com"
    values = WorkspaceCreate(organization_id=workspace["organization_id"], name="Other", slug="other")
    other = (await create_workspace(again(owner), values)).value

    # When
    for _ in range(2):
        made = await invite(owner, workspace, address)
    await resend_invitation(again(owner), made.invitation["_id"])

    # Then
    for attempt in (invite(owner, workspace, address), resend_invitation(again(owner), made.invitation["_id"])):
        with pytest.raises(RateLimited):
            await attempt
    await invite(owner, workspace, f"another-{address}")
    for _ in range(2):
        await invite(owner, other, address)
    with pytest.raises(RateLimited):
        await invite(owner, other, address)
    assert await collection(Mail).count_documents({"to": address, "workspace_id": workspace["_id"]}) == 1
    assert await collection(Invitation).count_documents({"email": address}) == 2


async def test_one_person_does_not_invite_more_by_more_workspaces(
    owner: Context, workspace: WorkspaceRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send, "MAX_INVITATIONS_AN_HOUR", 3)
    values = WorkspaceCreate(organization_id=workspace["organization_id"], name="Other", slug="other")
    other = (await create_workspace(again(owner), values)).value

    for number in range(2):
        await invite(owner, workspace, f"{number}-{workspace['_id']}@example.com")
    await invite(owner, other, f"2-{workspace['_id']}@example.com")

    with pytest.raises(RateLimited):
        await invite(owner, other, f"3-{workspace['_id']}@example.com")


async def test_an_invitation_is_not_sent_again_and_again(owner: Context, workspace: WorkspaceRecord) -> None:
    made = await invite(owner, workspace, "often@example.com")

    for _ in range(MAX_RESENT_AN_HOUR):
        await resend_invitation(again(owner), made.invitation["_id"])

    with pytest.raises(RateLimited):
        await resend_invitation(again(owner), made.invitation["_id"])


async def test_a_revoked_invitation_is_worth_nothing_and_its_mail_is_not_sent(
    owner: Context, workspace: WorkspaceRecord, people: People
) -> None:
    bob = await people.register("bob")
    made = await invite(owner, workspace, people.email(bob))
    [mail] = await mails_about(made)

    await revoke_invitation(again(owner), made.invitation["_id"])

    assert await mails_about(made) == []
    assert await compose(owner.services, mail) is None
    with pytest.raises(NotFound):
        await accept_invitation(bob, made.token or "")
    with pytest.raises(NotFound):
        await revoke_invitation(again(owner), made.invitation["_id"])
    assert (await event_types(workspace["_id"]))[-1] == "InvitationRevoked"


async def test_only_admins_of_the_workspace_resend_and_revoke(
    owner: Context, workspace: WorkspaceRecord, join: Join, people: People
) -> None:
    made = await invite(owner, workspace, "guarded@example.com")
    member, eve = await join(workspace, "bob"), await people.register("eve")

    for change in (resend_invitation, revoke_invitation):
        with pytest.raises(Forbidden):
            await change(again(member), made.invitation["_id"])
        with pytest.raises(NotFound):
            await change(again(eve), made.invitation["_id"])

    assert len(await mails_about(made)) == 1


async def test_whoever_holds_the_link_reads_what_it_is_for(
    anonymous: Context, owner: Context, workspace: WorkspaceRecord
) -> None:
    made = await invite(owner, workspace, "preview@example.com", Role.ADMIN)

    found = await get_invitation(anonymous, made.token or "")

    assert (found["email"], found["role"], found["workspace_name"]) == ("preview@example.com", "admin", "Telescopes")
    await expire(made)
    with pytest.raises(NotFound):
        await get_invitation(anonymous, made.token or "")


async def test_an_invited_person_without_an_account_registers_and_joins_at_once(
    anonymous: Context, owner: Context, workspace: WorkspaceRecord, people: People
) -> None:
    made = await invite(owner, workspace, "newcomer@example.com", Role.ADMIN)

    signed_in = await register_invited(anonymous, register_input(made.token, name="Newcomer"))
    ctx = await people.by_jwt(signed_in.access_token)

    assert signed_in.user["email"] == "newcomer@example.com"
    assert (await get_workspace_by_id(ctx, workspace["_id"]))["my_role"] == "admin"
    assert (await event_types(ctx.user_id))[:2] == ["UserCreated", "SessionStarted"]
    with pytest.raises(Conflict):
        await register_invited(anonymous, register_input(made.token))


@pytest.mark.parametrize("shows_links", [True, False])
async def test_registering_proves_the_address_only_where_the_link_went_to_it_alone(
    shows_links: bool, services: Services, anonymous: Context, owner: Context, workspace: WorkspaceRecord
) -> None:
    made = await invite(owner, workspace, f"proof-{shows_links}@example.com".lower())
    ctx = Context(anonymous.subject, replace(services, shows_links=shows_links))

    signed_in = await register_invited(ctx, register_input(made.token))

    stored = await collection(User).find_one({"_id": signed_in.user["_id"]})
    assert stored is not None
    assert (stored["email_verified_at"] is None) is shows_links


async def test_a_failed_registration_leaves_the_invitation_open(
    anonymous: Context, owner: Context, workspace: WorkspaceRecord, people: People
) -> None:
    bob = await people.register("bob")
    made = await invite(owner, workspace, people.email(bob))

    with pytest.raises(Conflict, match="account already"):
        await register_invited(anonymous, register_input(made.token))
    with pytest.raises(NotFound):
        await register_invited(anonymous, register_input("unknown"))
    with pytest.raises(BadUserInput):
        register_input(made.token, password="short")

    assert await collection(WorkspaceMember).count_documents({"workspace_id": workspace["_id"]}) == 1
    assert (await accept_invitation(bob, made.token or "")).value["user_id"] == bob.user_id


async def test_mails_that_wait_go_with_their_workspace(owner: Context, workspace: WorkspaceRecord) -> None:
    made = await invite(owner, workspace, "gone@example.com")

    await delete_workspace(again(owner), workspace["_id"])

    assert await mails_about(made) == []
