"""Every query of accounts, invitations and mails runs on an index."""

from typing import Any

import pyotp

from gateway.database import Database
from models import Mail
from models.base import collection, utc_now
from models.enums import ConsentSubject, MailTemplate
from resolvers.account.avatar import get_avatar, remove_avatar, set_avatar
from resolvers.account.consent import give_consent, list_consents
from resolvers.account.delete import delete_account
from resolvers.account.email import send_email_verification, verify_email
from resolvers.account.export import export_account
from resolvers.account.invited import get_invitation, register_invited
from resolvers.account.password import change_password, request_password_reset, reset_password
from resolvers.account.session import list_sessions, revoke_other_sessions, revoke_session
from resolvers.account.two_factor import begin_two_factor, confirm_two_factor, disable_two_factor, renew_recovery_codes
from resolvers.inputs.account import (
    AccountDelete,
    ConsentGive,
    EmailVerify,
    InvitationRegister,
    PasswordChange,
    PasswordResetInput,
    PasswordResetRequest,
    TwoFactorBegin,
    TwoFactorConfirm,
    TwoFactorProof,
)
from resolvers.inputs.workspace import WorkspaceMemberInvite
from resolvers.invitation.accept import accept_invitation
from resolvers.invitation.invitation import (
    invitations_of,
    invite_workspace_member,
    inviter_of,
    list_invitations,
    resend_invitation,
    revoke_invitation,
)
from resolvers.kit.context import Context
from resolvers.mail.mail import compose
from resolvers.user.user import email_verified_at_of, two_factor_enabled_of
from tests.resolvers.lab import PASSWORD, PICTURE, People, again
from tests.resolvers.letters import token_to
from tests.resolvers.test_indexes import check, has_index, recorded
from tests.stubs import stub


async def test_invitations_run_on_indexes(owner: Context, workspace: Any, people: People, database: Database) -> None:
    bob = await people.register("bob")

    async def invite(email: str) -> tuple[Any, str]:
        values = WorkspaceMemberInvite(email=email)
        made = (await invite_workspace_member(again(owner), workspace["_id"], values)).value
        return made.invitation, made.token or ""

    with recorded() as queries:
        await invite("index-1@example.com")
        first, _ = await invite("index-1@example.com")
        _, registers = await invite("index-2@example.com")
        _, accepts = await invite(people.email(bob))
        await resend_invitation(again(owner), first["_id"])
        await list_invitations(again(owner), workspace["_id"])
        [page] = await invitations_of(again(owner), [workspace], None)
        await inviter_of(again(owner), page.nodes, frozenset({"name"}))
        await revoke_invitation(again(owner), first["_id"])
        await get_invitation(people.anonymous, registers)
        await register_invited(people.anonymous, InvitationRegister(token=registers, password=PASSWORD))
        await accept_invitation(again(bob), accepts)

    await check(database, queries)


async def test_accounts_run_on_indexes(people: People, database: Database) -> None:
    ada = await people.register("ada")
    email = people.email(ada)
    assert ada.subject.credential_id is not None

    with recorded() as queries:
        await send_email_verification(again(ada))
        await give_consent(again(ada), ConsentGive(subject=ConsentSubject.TERMS, version="1"))
        await list_consents(again(ada))
        await set_avatar(again(ada), PICTURE)
        await get_avatar(again(ada), ada.user_id)
        await remove_avatar(again(ada))
        await list_sessions(again(ada))
        await revoke_other_sessions(again(ada))
        await change_password(again(ada), PasswordChange(current_password=PASSWORD, new_password=PASSWORD))
        setup = await begin_two_factor(again(ada), TwoFactorBegin(password=PASSWORD))
        first = TwoFactorConfirm(code=pyotp.TOTP(setup.secret).now())
        codes = (await confirm_two_factor(again(ada), first)).value
        codes = (await renew_recovery_codes(again(ada), TwoFactorProof(password=PASSWORD, code=codes[0]))).value
        await disable_two_factor(again(ada), TwoFactorProof(password=PASSWORD, code=codes[0]))
        await email_verified_at_of(again(ada), stub([{"_id": ada.user_id}]), None)
        await two_factor_enabled_of(again(ada), stub([{"_id": ada.user_id}]), None)
        await verify_email(
            people.anonymous, EmailVerify(token=await token_to(ada, email, MailTemplate.EMAIL_VERIFICATION))
        )
        await request_password_reset(people.anonymous, PasswordResetRequest(email=email))
        for mail in await collection(Mail).find({"to": email}).to_list():
            await compose(ada.services, mail)
        await export_account(again(ada))
        await revoke_session(again(ada), ada.subject.credential_id)
        await delete_account(again(ada), AccountDelete(password=PASSWORD))

    await check(database, queries)


async def test_a_new_password_by_mail_runs_on_indexes(people: People, database: Database) -> None:
    ada = await people.register("ada")

    with recorded() as queries:
        await request_password_reset(people.anonymous, PasswordResetRequest(email=people.email(ada)))
        token = await token_to(ada, people.email(ada), MailTemplate.PASSWORD_RESET)
        await reset_password(people.anonymous, PasswordResetInput(token=token, new_password="another password"))

    await check(database, queries)


async def test_the_sender_finds_what_is_due_on_an_index(database: Database) -> None:
    due = {"state": "pending", "due_at": {"$lte": utc_now()}}

    assert await has_index(database, ("find", "mails", due))
