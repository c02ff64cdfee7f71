"""What keeps an account safe: sessions, the confirmed address, a new password, the second factor."""

from typing import Any

from pydantic import Field

from models.ids import Kind
from resolvers.account.consent import give_consent, list_consents
from resolvers.account.delete import delete_account
from resolvers.account.email import send_email_verification, verify_email
from resolvers.account.export import export_account
from resolvers.account.password import change_password, request_password_reset, reset_password
from resolvers.account.session import list_sessions, revoke_other_sessions, revoke_session
from resolvers.account.two_factor import (
    begin_two_factor,
    confirm_two_factor,
    disable_two_factor,
    renew_recovery_codes,
    verify_two_factor,
)
from resolvers.inputs.account import (
    AccountDelete,
    AnyPassword,
    AuthVerifyTwoFactor,
    ConsentGive,
    EmailVerify,
    PasswordChange,
    PasswordResetInput,
    PasswordResetRequest,
    TwoFactorBegin,
    TwoFactorConfirm,
    TwoFactorProof,
)
from rest.present import plain
from rest.routing import Call, Routes
from rest.stellary.auth import start_session
from rest.stellary.present.account import Session
from rest.stellary.present.base import Ok, ok
from rest.stellary.present.consent import Consent, consent
from rest.stellary.present.session import EndedSessions, OpenSession, open_session
from rest.stellary.present.two_factor import RecoveryCodes, TwoFactorSetup, recovery_codes, two_factor_setup
from serving.cookies import clear_session_cookies

routes = Routes("Account", "/auth", place=40)
two_factor = Routes(
    "Two-factor sign-in",
    "/auth/two-factor",
    about="A code of an authenticator, or one for recovery, beside the password.",
)


@routes.post("/change-password", "Change the caller's password", runs=change_password)
async def set_password(call: Call) -> Ok:
    """Every other session of the account ends."""
    await change_password(call.ctx, call.body(PasswordChange))
    return ok()


@routes.post("/forgot-password", "Ask for a new password by mail", runs=request_password_reset)
async def forgot_password(call: Call) -> Ok:
    """The answer is the same whether or not the address has an account."""
    await request_password_reset(call.ctx, call.body(PasswordResetRequest))
    return ok()


@routes.post("/reset-password", "Choose a new password with the link of the mail", runs=reset_password)
async def new_password(call: Call) -> Ok:
    """Every session of the account ends."""
    await reset_password(call.ctx, call.body(PasswordResetInput))
    return ok()


@routes.post("/verify-email", "Confirm an e-mail address with the link of the mail", runs=verify_email)
async def confirm_email(call: Call) -> Ok:
    await verify_email(call.ctx, call.body(EmailVerify))
    return ok()


@routes.post("/verify-email/send", "Send the mail that confirms the caller's address", runs=send_email_verification)
async def send_verification(call: Call) -> Ok:
    """Five times an hour at most."""
    await send_email_verification(call.ctx)
    return ok()


@routes.get("/sessions", "List where the caller is signed in", runs=list_sessions)
async def find_sessions(call: Call) -> list[OpenSession]:
    """The newest first."""
    return [open_session(record) for record in await list_sessions(call.ctx)]


@routes.delete("/sessions", "End all other sessions of the caller", runs=revoke_other_sessions)
async def end_other_sessions(call: Call) -> EndedSessions:
    """All but the one that the request came with."""
    return {"ok": True, "count": (await revoke_other_sessions(call.ctx)).value}


@routes.delete("/sessions/{sessionId}", "End a session of the caller", runs=revoke_session)
async def end_session(call: Call) -> Ok:
    """Streams that are open on it end too."""
    await revoke_session(call.ctx, call.id("sessionId", Kind.SESSION))
    return ok()


@two_factor.post("/verify", "Finish a sign-in with a code", runs=verify_two_factor, sets_cookies=True)
async def verify(call: Call) -> Session:
    """`temporaryToken` came with the answer of `POST /auth/login`. A code works once."""
    return start_session(call, await verify_two_factor(call.ctx, call.body(AuthVerifyTwoFactor)))


@two_factor.post("/begin", "Ask for the secret of a second factor", runs=begin_two_factor)
async def begin(call: Call) -> TwoFactorSetup:
    """Nothing changes until a first code confirms it, within a quarter of an hour."""
    return two_factor_setup(await begin_two_factor(call.ctx, call.body(TwoFactorBegin)))


@two_factor.post("/confirm", "Turn two-factor sign-in on", runs=confirm_two_factor)
async def confirm(call: Call) -> RecoveryCodes:
    return recovery_codes((await confirm_two_factor(call.ctx, call.body(TwoFactorConfirm))).value)


@two_factor.post("/recovery-codes", "Replace the recovery codes", runs=renew_recovery_codes)
async def renew(call: Call) -> RecoveryCodes:
    return recovery_codes((await renew_recovery_codes(call.ctx, call.body(TwoFactorProof))).value)


@two_factor.post("/disable", "Turn two-factor sign-in off", runs=disable_two_factor)
async def disable(call: Call) -> Ok:
    await disable_two_factor(call.ctx, call.body(TwoFactorProof))
    return ok()


@routes.get("/consents", "List what the caller has agreed to", runs=list_consents)
async def find_consents(call: Call) -> list[Consent]:
    return [consent(list_consent) for list_consent in await list_consents(call.ctx)]


@routes.post("/consents", "Agree to a version of the terms or of the privacy policy", runs=give_consent)
async def agree(call: Call) -> list[Consent]:
    """All that the caller has agreed to."""
    return [consent(item) for item in (await give_consent(call.ctx, call.body(ConsentGive))).value]


@routes.get("/export", "Export all that is about the caller", runs=export_account)
async def export(call: Call) -> dict[str, Any]:
    """The profile, memberships, what the person wrote, was told and agreed to; no secret."""
    exported: dict[str, Any] = plain(await export_account(call.ctx))
    return exported


class AccountDeleteBody(AccountDelete):
    """What proves that it is the account's owner who asks; `code` where the account has two factors."""

    password: AnyPassword = Field(description="The password.")


@routes.post(
    "/delete-account",
    "Delete the caller's account",
    runs=delete_account,
    body=AccountDeleteBody,
    sets_cookies=True,
)
async def delete(call: Call) -> Ok:
    """What others rely on stays, by a user without a name. A conflict, as long as the caller owns an organization with
    other people in it."""
    await delete_account(call.ctx, call.body(AccountDeleteBody))
    call.finish.append(lambda response: clear_session_cookies(response, call.cookies))
    return ok()
