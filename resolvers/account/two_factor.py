"""Signing in with two factors: setting it up, using a code, and doing without again."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bson import ObjectId

from auth.challenge import fingerprint, read_challenge
from auth.counting import count_attempt, forget_attempts
from auth.two_factor import (
    UnreadableSecretError,
    current_step,
    hash_recovery_code,
    matching_step,
    new_recovery_codes,
    new_totp_secret,
    otpauth_uri,
    seal,
    unseal,
)
from models import User
from models.base import Record, collection
from models.enums import MailTemplate
from models.errors import BadUserInput, Conflict, Unauthenticated
from models.records import UserRecord
from realtime.events.account import RecoveryCodesRenewed, RecoveryCodeUsed, TwoFactorDisabled, TwoFactorEnabled
from realtime.log import Change, Committed
from resolvers.account.identity import link_identity
from resolvers.account.password import require_password
from resolvers.account.sign_in import SignIn, begin_session, known_as
from resolvers.inputs.account import AuthVerifyTwoFactor, TwoFactorBegin, TwoFactorConfirm, TwoFactorProof
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation
from resolvers.mail.mail import insert_mail

log = logging.getLogger("orrery.account")

SETUP_LIFETIME = timedelta(minutes=15)
MAX_CODES_AN_HOUR = 10

_WRONG = "is wrong, or was used already"


@dataclass(frozen=True, slots=True)
class Setup:
    """A second factor to be: the secret, and what a QR code says of it."""

    secret: str
    otpauth_uri: str


@operation("twoFactorBegin", caller=Caller.PERSON, reveals=True)
async def begin_two_factor(ctx: Context, values: TwoFactorBegin) -> Setup:
    """Ask for a second factor's secret; nothing changes until `twoFactorConfirm`.

    A secret for an authenticator; nothing changes until a code of it confirms it, within a quarter of an hour.
    """
    user = await require_password(ctx, values.password)
    _require_off(user)
    secret = new_totp_secret()
    sealed = seal(ctx.services.signer.key, ctx.user_id, secret)

    async def body(change: Change) -> None:
        setup = {"two_factor_setup": {"secret": sealed, "begun_at": change.at}}
        await _update(change, ctx.user_id, {"$set": setup})

    await ctx.write(ctx.user_id, body)
    return Setup(secret, otpauth_uri(secret, user["email"]))


@operation("twoFactorConfirm", caller=Caller.PERSON, reveals=True)
async def confirm_two_factor(ctx: Context, values: TwoFactorConfirm) -> Committed[list[str]]:
    """Turn the second factor on with a first code of the authenticator.

    Returns the recovery codes, which cannot be shown again.
    """
    await count_code(ctx.user_id, str(ctx.subject.credential_id))
    codes = new_recovery_codes()

    async def body(change: Change) -> None:
        user = await _read(change, ctx.user_id)
        _require_off(user)
        setup = user.get("two_factor_setup")
        if setup is None or setup["begun_at"] + SETUP_LIFETIME <= change.at:
            raise Conflict("Begin anew: there is no setup to confirm")
        secret = unseal(ctx.services.signer.key, ctx.user_id, setup["secret"])
        step = matching_step(secret, values.code, current_step() - 2)
        if step is None:
            raise BadUserInput(_WRONG, field="code")
        factor = {
            "secret": setup["secret"],
            "enabled_at": change.at,
            "last_step": step,
            "recovery_hashes": [hash_recovery_code(code) for code in codes],
        }
        await _update(change, ctx.user_id, {"$set": {"two_factor": factor, "two_factor_setup": None}})
        change.append(ctx.user_id, TwoFactorEnabled())
        await insert_mail(change, user["email"], MailTemplate.TWO_FACTOR_ENABLED, about_id=ctx.user_id)

    committed = await ctx.write(ctx.user_id, body, mails=True)
    await forget_codes(ctx.user_id, str(ctx.subject.credential_id))
    return Committed(codes, committed.cursor)


@operation("twoFactorRecoveryCodesRenew", caller=Caller.PERSON, reveals=True)
async def renew_recovery_codes(ctx: Context, values: TwoFactorProof) -> Committed[list[str]]:
    """Replace the recovery codes.

    Ten new recovery codes; those so far are worth nothing any more.
    """
    await require_password(ctx, values.password)
    codes = new_recovery_codes()

    async def body(change: Change) -> None:
        await _prove(ctx, change, values.code)
        hashes = [hash_recovery_code(code) for code in codes]
        await _update(change, ctx.user_id, {"$set": {"two_factor.recovery_hashes": hashes}})
        change.append(ctx.user_id, RecoveryCodesRenewed())

    committed = await _proven(ctx, body)
    return Committed(codes, committed.cursor)


@operation("twoFactorDisable", caller=Caller.PERSON)
async def disable_two_factor(ctx: Context, values: TwoFactorProof) -> Committed[None]:
    """Turn the second factor off.

    Do without the second factor; takes the password and a code.
    """
    user = await require_password(ctx, values.password)

    async def body(change: Change) -> None:
        await _prove(ctx, change, values.code)
        await _update(change, ctx.user_id, {"$set": {"two_factor": None}})
        change.append(ctx.user_id, TwoFactorDisabled())
        await insert_mail(change, user["email"], MailTemplate.TWO_FACTOR_DISABLED, about_id=ctx.user_id)

    return await _proven(ctx, body)


@operation("authVerifyTwoFactor", caller=Caller.ANYONE, reveals=True)
async def verify_two_factor(ctx: Context, values: AuthVerifyTwoFactor) -> SignIn:
    """Finish a sign-in with a code: the token came with `TWO_FACTOR_REQUIRED`.

    The session that a sign-in has left open: for its temporary token and a code of the authenticator, or of those for
    recovery. Each code works once. Raises Unauthenticated, and RateLimited after ten tries in an hour.
    """
    half = read_challenge(ctx.services.signer.key, values.temporary_token)
    user_id = half.user_id
    user = await collection(User).find_one({"_id": user_id, "is_agent": False})
    device = known_as(ctx, user)
    await count_code(user_id, device)
    if user is None or user["password_hash"] is None or fingerprint(user["password_hash"]) != half.password:
        raise Unauthenticated("The password was changed in the meantime: sign in again")

    async def also(change: Change) -> None:
        if not await use_code(ctx, change, user_id, values.code):
            raise Unauthenticated(f"The code {_WRONG}")
        if half.identity is not None:
            await link_identity(change, user_id, half.identity)

    signed_in = await begin_session(ctx, user, also)
    await forget_codes(user_id, device)
    return signed_in


async def use_code(ctx: Context, change: Change, user_id: ObjectId, code: str) -> bool:
    """Use a code of a user up, within a change; False for one that is wrong or was used. Whoever calls has counted.

    What cannot be a code at all is refused with the input, and counts as no try: it tells nothing of the right one.
    """
    factor = (await _read(change, user_id)).get("two_factor")
    if factor is None:
        raise Conflict("Two-factor sign-in is off")
    if code.isdigit():
        try:
            secret = unseal(ctx.services.signer.key, user_id, factor["secret"])
        except UnreadableSecretError:
            log.error("the second factor of %s was made under another ORRERY_SECRET_KEY", user_id)
            return False
        step = matching_step(secret, code, factor["last_step"])
        if step is not None:
            await _update(change, user_id, {"$set": {"two_factor.last_step": step}})
        return step is not None
    hashed = hash_recovery_code(code)
    left = [recovery_hash for recovery_hash in factor["recovery_hashes"] if recovery_hash != hashed]
    if len(left) == len(factor["recovery_hashes"]):
        return False
    await _update(change, user_id, {"$set": {"two_factor.recovery_hashes": left}})
    change.append(user_id, RecoveryCodeUsed(left=len(left)))
    return True


async def count_code(user_id: ObjectId, device: str | None) -> None:
    """Count a try of a code before it is looked at; raises RateLimited after ten in an hour.

    Devices that the account knows, and sessions, count for themselves: whoever has found out the password, and guesses
    codes, does not keep the owner out.
    """
    await count_attempt("two-factor", _tries(user_id, device), limit=MAX_CODES_AN_HOUR, window=timedelta(hours=1))


async def forget_codes(user_id: ObjectId, device: str | None) -> None:
    """Begin anew after a right code."""
    await forget_attempts("two-factor", _tries(user_id, device))


def _tries(user_id: ObjectId, device: str | None) -> str:
    return str(user_id) if device is None else f"{user_id} {device}"


async def _prove(ctx: Context, change: Change, code: str) -> None:
    if not await use_code(ctx, change, ctx.user_id, code):
        raise BadUserInput(_WRONG, field="code")


async def _proven(ctx: Context, body: Any) -> Committed[None]:
    session = str(ctx.subject.credential_id)
    await count_code(ctx.user_id, session)
    committed: Committed[None] = await ctx.write(ctx.user_id, body, mails=True)
    await forget_codes(ctx.user_id, session)
    return committed


def _require_off(user: UserRecord) -> None:
    if user.get("two_factor") is not None:
        raise Conflict("Two-factor sign-in is on already")


async def _read(change: Change, user_id: ObjectId) -> UserRecord:
    found = await collection(User).find_one({"_id": user_id}, session=change.session)
    if found is None:
        raise Unauthenticated
    return found


async def _update(change: Change, user_id: ObjectId, update: Record) -> None:
    await collection(User).update_one({"_id": user_id}, update, session=change.session)
