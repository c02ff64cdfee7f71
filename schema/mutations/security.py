"""Mutations on what keeps the caller's account safe: sessions, confirmed address, new password, second factor."""

from typing import Annotated

import strawberry

from resolvers import account_delete, consent, email, password, session, two_factor
from resolvers.inputs.account import (
    AccountDelete,
    AuthVerifyTwoFactor,
    ConsentGive,
    EmailVerify,
    PasswordResetInput,
    PasswordResetRequest,
    TwoFactorBegin,
    TwoFactorConfirm,
    TwoFactorProof,
)
from schema.arguments import VALUES, SessionId
from schema.consent import Consent
from schema.context import Info
from schema.inputs import security as inputs
from schema.inputs.base import read
from schema.loading import mutation
from schema.mutations.account import AuthPayload, signed_in
from schema.payload import AccountPayload, DeletePayload, committed, cursor_field, deleted, payload
from schema.scalars import Cursor


@strawberry.type(description="What a request returns that tells nothing of the account it is about.")
class AcceptedPayload:
    accepted: bool = strawberry.field(description="Always true: what was asked for is under way, or done.")


@strawberry.type(description="A second factor that waits for its first code.")
class TwoFactorBeginPayload:
    secret: str = strawberry.field(description="The secret in base32, to be typed where no code can be scanned.")
    otpauth_uri: str = strawberry.field(description="What the QR code for an authenticator says.")


@strawberry.type(description="Codes that take the place of the authenticator.")
class RecoveryCodesPayload:
    recovery_codes: list[str] = strawberry.field(description="Ten codes, each for one use, shown this once.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What ending the other sessions returns.")
class SessionsPayload:
    ended: int = strawberry.field(description="How many there were.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What giving a consent returns.")
class ConsentPayload:
    consents: list[Consent] = strawberry.field(description="All that the viewer has agreed to.")
    cursor: Cursor = cursor_field()


@strawberry.type
class SecurityMutation:
    @mutation("Finish a sign-in with a code: the token came with `TWO_FACTOR_REQUIRED`.")
    async def auth_verify_two_factor(
        self, info: Info, input: Annotated[inputs.AuthVerifyTwoFactorInput, VALUES]
    ) -> AuthPayload:
        values = read(AuthVerifyTwoFactor, input)
        return signed_in(info, await two_factor.verify_two_factor(info.context.ctx, values))

    @mutation("Ask for a second factor's secret; nothing changes until `twoFactorConfirm`.")
    async def two_factor_begin(
        self, info: Info, input: Annotated[inputs.TwoFactorBeginInput, VALUES]
    ) -> TwoFactorBeginPayload:
        made = await two_factor.begin_two_factor(info.context.ctx, read(TwoFactorBegin, input))
        return payload(TwoFactorBeginPayload, secret=made.secret, otpauth_uri=made.otpauth_uri)

    @mutation("Turn the second factor on with a first code of the authenticator.")
    async def two_factor_confirm(
        self, info: Info, input: Annotated[inputs.TwoFactorConfirmInput, VALUES]
    ) -> RecoveryCodesPayload:
        done = await two_factor.confirm_two_factor(info.context.ctx, read(TwoFactorConfirm, input))
        return payload(RecoveryCodesPayload, recovery_codes=done.value, cursor=str(done.cursor))

    @mutation("Replace the recovery codes.")
    async def two_factor_recovery_codes_renew(
        self, info: Info, input: Annotated[inputs.TwoFactorProofInput, VALUES]
    ) -> RecoveryCodesPayload:
        done = await two_factor.renew_recovery_codes(info.context.ctx, read(TwoFactorProof, input))
        return payload(RecoveryCodesPayload, recovery_codes=done.value, cursor=str(done.cursor))

    @mutation("Turn the second factor off.")
    async def two_factor_disable(
        self, info: Info, input: Annotated[inputs.TwoFactorProofInput, VALUES]
    ) -> AccountPayload:
        done = await two_factor.disable_two_factor(info.context.ctx, read(TwoFactorProof, input))
        return payload(AccountPayload, cursor=str(done.cursor))

    @mutation("End a session of the viewer.")
    async def session_revoke(self, info: Info, id: SessionId) -> DeletePayload:
        return deleted(await session.revoke_session(info.context.ctx, id))

    @mutation("End all sessions of the viewer but this one.")
    async def session_revoke_others(self, info: Info) -> SessionsPayload:
        done = await session.revoke_other_sessions(info.context.ctx)
        return payload(SessionsPayload, ended=done.value, cursor=str(done.cursor))

    @mutation("Send the viewer a mail that confirms their address.")
    async def email_verification_send(self, info: Info) -> AccountPayload:
        done = await email.send_email_verification(info.context.ctx)
        return payload(AccountPayload, cursor=str(done.cursor))

    @mutation("Confirm an e-mail address with the link of the mail.")
    async def email_verify(self, info: Info, input: Annotated[inputs.EmailVerifyInput, VALUES]) -> AcceptedPayload:
        await email.verify_email(info.context.ctx, read(EmailVerify, input))
        return payload(AcceptedPayload, accepted=True)

    @mutation("Send a link for a new password to an address, if it has an account: the answer does not tell.")
    async def password_reset_request(
        self, info: Info, input: Annotated[inputs.PasswordResetRequestInput, VALUES]
    ) -> AcceptedPayload:
        await password.request_password_reset(info.context.ctx, read(PasswordResetRequest, input))
        return payload(AcceptedPayload, accepted=True)

    @mutation("Choose a new password with the link of the mail; every session of the account ends.")
    async def password_reset(self, info: Info, input: Annotated[inputs.PasswordResetInput, VALUES]) -> AcceptedPayload:
        await password.reset_password(info.context.ctx, read(PasswordResetInput, input))
        return payload(AcceptedPayload, accepted=True)

    @mutation("Record that the viewer agrees to a version of a text.")
    async def consent_give(self, info: Info, input: Annotated[inputs.ConsentGiveInput, VALUES]) -> ConsentPayload:
        return committed(
            ConsentPayload, "consents", await consent.give_consent(info.context.ctx, read(ConsentGive, input))
        )

    @mutation("Delete the viewer's account; what others rely on stays, without a name.")
    async def account_delete(self, info: Info, input: Annotated[inputs.AccountDeleteInput, VALUES]) -> DeletePayload:
        done = deleted(await account_delete.delete_account(info.context.ctx, read(AccountDelete, input)))
        info.context.signed_out = True
        return done
