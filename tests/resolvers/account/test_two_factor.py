"""Signing in with two factors."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from auth import two_factor as codes
from auth.jwt import JwtSigner
from auth.subject import Subject
from models import User
from models.base import collection, utc_now
from models.enums import MailTemplate
from models.errors import BadUserInput, Conflict, RateLimited, TwoFactorRequired, Unauthenticated
from resolvers.account.account import get_me, log_in
from resolvers.account.sign_in import SignIn
from resolvers.account.two_factor import (
    MAX_CODES_AN_HOUR,
    begin_two_factor,
    confirm_two_factor,
    disable_two_factor,
    renew_recovery_codes,
    verify_two_factor,
)
from resolvers.inputs.account import (
    AuthLogin,
    AuthVerifyTwoFactor,
    TwoFactorBegin,
    TwoFactorConfirm,
    TwoFactorProof,
)
from resolvers.kit.context import Context
from resolvers.kit.input import read_input
from tests.resolvers.lab import PASSWORD, People, again, event_types
from tests.resolvers.letters import mails_to


class Clock:
    """The time step that the gateway takes for now."""

    step = 50_000_000

    def pass_(self, steps: int = 1) -> None:
        self.step += steps


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    held = Clock()
    monkeypatch.setattr(codes, "current_step", lambda: held.step)
    monkeypatch.setattr("resolvers.account.two_factor.current_step", lambda: held.step)
    return held


@dataclass
class Guarded:
    """A person with an authenticator."""

    people: People
    ctx: Context
    secret: str
    recovery: list[str]
    clock: Clock

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(self.secret).generate_otp(self.clock.step + steps)

    async def challenge(self) -> str:
        """What a right password gets."""
        with pytest.raises(TwoFactorRequired) as asked:
            await log_in(self.people.anonymous, AuthLogin(email=self.people.email(self.ctx), password=PASSWORD))
        return str(asked.value.details["temporaryToken"])

    async def verify(self, code: str, token: str | None = None) -> SignIn:
        values = AuthVerifyTwoFactor(temporary_token=token or await self.challenge(), code=code)
        return await verify_two_factor(self.people.anonymous, values)

    async def stored(self) -> Any:
        found = await collection(User).find_one({"_id": self.ctx.user_id})
        assert found is not None
        return found

    def proof(self, code: str, password: str = PASSWORD) -> TwoFactorProof:
        return TwoFactorProof(password=password, code=code)


@pytest.fixture
async def ada(people: People, clock: Clock) -> Guarded:
    ctx = await people.register("ada")
    setup = await begin_two_factor(again(ctx), TwoFactorBegin(password=PASSWORD))
    made = Guarded(people, ctx, setup.secret, [], clock)
    made.recovery = (await confirm_two_factor(again(ctx), TwoFactorConfirm(code=made.code()))).value
    clock.pass_()
    return made


async def test_nothing_changes_until_a_code_confirms_the_setup(people: People, clock: Clock) -> None:
    ctx = await people.register("ada")
    setup = await begin_two_factor(again(ctx), TwoFactorBegin(password=PASSWORD))

    await log_in(people.anonymous, AuthLogin(email=people.email(ctx), password=PASSWORD))
    with pytest.raises(BadUserInput, match="code"):
        await confirm_two_factor(again(ctx), TwoFactorConfirm(code="000000"))

    assert (await get_me(again(ctx)))["two_factor_enabled"] is False
    assert setup.otpauth_uri.startswith("otpauth://totp/Orrery:")
    assert f"secret={setup.secret}" in setup.otpauth_uri


async def test_a_setup_takes_the_password_and_ends_after_a_quarter_of_an_hour(people: People, clock: Clock) -> None:
    ctx = await people.register("ada")
    with pytest.raises(BadUserInput) as refused:
        await begin_two_factor(again(ctx), TwoFactorBegin(password="wrong"))
    setup = await begin_two_factor(again(ctx), TwoFactorBegin(password=PASSWORD))
    old = {"$set": {"two_factor_setup.begun_at": utc_now() - timedelta(minutes=16)}}
    await collection(User).update_one({"_id": ctx.user_id}, old)

    with pytest.raises(Conflict, match="Begin anew"):
        await confirm_two_factor(again(ctx), TwoFactorConfirm(code=pyotp.TOTP(setup.secret).generate_otp(clock.step)))

    assert refused.value.field == "password"


async def test_the_secret_is_stored_sealed_and_the_recovery_codes_as_hashes(ada: Guarded) -> None:
    stored = await ada.stored()

    factor = stored["two_factor"]
    assert ada.secret.encode() not in factor["secret"]
    assert len(factor["recovery_hashes"]) == len(set(ada.recovery)) == 10
    assert not set(ada.recovery) & set(factor["recovery_hashes"])
    assert stored["two_factor_setup"] is None
    assert (await get_me(again(ada.ctx)))["two_factor_enabled"] is True
    assert "two_factor" not in await get_me(again(ada.ctx))
    assert len(await mails_to(ada.people.email(ada.ctx), MailTemplate.TWO_FACTOR_ENABLED)) == 1
    assert ada.secret not in str(stored)


def grouped(code: str) -> str:
    return f" {code[:3]} {code[3:]}\n"


def of_script(zero: int) -> Callable[[str], str]:
    return lambda code: "".join(chr(zero + int(digit)) for digit in code)


@pytest.mark.parametrize(
    "typed",
    [
        grouped,
        lambda code: f"{code[:3]}-{code[3:]}",
        lambda code: f"{code[:3]}\u00a0{code[3:]}\u200b",
        of_script(0xFF10),
        of_script(0x0660),
        of_script(0x0966),
    ],
)
async def test_a_code_is_taken_as_it_is_shown_and_in_digits_of_any_script(
    typed: Callable[[str], str], people: People, clock: Clock
) -> None:
    ctx = await people.register("ada")
    setup = await begin_two_factor(again(ctx), TwoFactorBegin(password=PASSWORD))
    ada = Guarded(people, ctx, setup.secret, [], clock)

    ada.recovery = (await confirm_two_factor(again(ctx), TwoFactorConfirm(code=typed(ada.code())))).value
    clock.pass_()
    await ada.verify(typed(ada.code()))
    await ada.verify(ada.recovery[0].upper().replace("-", " "))
    await ada.verify("".join(chr(ord(one) + 0xFEE0) for one in ada.recovery[1]))
    clock.pass_()
    await disable_two_factor(again(ctx), ada.proof(typed(ada.code())))

    assert (await get_me(again(ctx)))["two_factor_enabled"] is False


async def test_what_cannot_be_a_code_is_told_and_counts_as_no_try(ada: Guarded) -> None:
    token = await ada.challenge()
    for code in ("12345", "1234567", "letters", "12345a", "abcd-efgh-ijkl-mno", "abcd-efgh-ijkl-mno1", "------"):
        for _ in range(3):
            with pytest.raises(BadUserInput) as told:
                read_input(AuthVerifyTwoFactor, {"temporaryToken": token, "code": code})
            assert told.value.field == "code"

    await ada.verify(ada.code(), token)


async def test_the_password_alone_gives_no_session_any_more(ada: Guarded) -> None:
    token = await ada.challenge()

    with pytest.raises(Unauthenticated):
        await ada.people.by_jwt(token)
    assert (await event_types(ada.ctx.user_id)).count("SessionStarted") == 1


async def test_a_wrong_password_is_told_as_before(ada: Guarded) -> None:
    with pytest.raises(Unauthenticated, match="password is wrong"):
        await log_in(ada.people.anonymous, AuthLogin(email=ada.people.email(ada.ctx), password="wrong"))


async def test_a_code_finishes_the_sign_in(ada: Guarded) -> None:
    signed_in = await ada.verify(ada.code())

    assert (await ada.people.by_jwt(signed_in.access_token)).user_id == ada.ctx.user_id
    assert signed_in.user["two_factor_enabled"] is True


@pytest.mark.parametrize("steps", [-1, 0, 1])
async def test_a_clock_that_is_half_a_minute_off_is_no_hindrance(steps: int, ada: Guarded) -> None:
    ada.clock.pass_(5)

    await ada.verify(ada.code(steps))


@pytest.mark.parametrize("steps", [-2, 2])
async def test_a_code_of_another_minute_is_refused(steps: int, ada: Guarded) -> None:
    ada.clock.pass_(5)

    with pytest.raises(Unauthenticated):
        await ada.verify(ada.code(steps))


async def test_a_code_works_once_even_many_times_at_once(ada: Guarded) -> None:
    token, code = await ada.challenge(), ada.code()

    outcomes = await asyncio.gather(*(ada.verify(code, token) for _ in range(5)), return_exceptions=True)

    assert [type(one) for one in outcomes].count(SignIn) == 1
    assert [type(one) for one in outcomes].count(Unauthenticated) == 4


async def test_a_code_before_one_that_was_used_is_refused(ada: Guarded) -> None:
    ada.clock.pass_(5)
    await ada.verify(ada.code())

    with pytest.raises(Unauthenticated):
        await ada.verify(ada.code(-1))


async def test_the_code_of_the_setup_signs_nobody_in(ada: Guarded) -> None:
    with pytest.raises(Unauthenticated):
        await ada.verify(ada.code(-1))


async def test_a_recovery_code_takes_the_place_of_the_authenticator_once(ada: Guarded) -> None:
    code = ada.recovery[3]

    await ada.verify(code.upper().replace("-", " "))

    with pytest.raises(Unauthenticated):
        await ada.verify(code)
    assert len((await ada.stored())["two_factor"]["recovery_hashes"]) == 9
    assert (await event_types(ada.ctx.user_id)).count("RecoveryCodeUsed") == 1


async def test_guessing_codes_ends_after_ten_tries_even_in_one_burst(ada: Guarded) -> None:
    token = await ada.challenge()

    outcomes = await asyncio.gather(
        *(ada.verify("000000", token) for _ in range(MAX_CODES_AN_HOUR + 5)), return_exceptions=True
    )

    assert [type(one) for one in outcomes].count(RateLimited) == 5
    with pytest.raises(RateLimited):
        await ada.verify(ada.code(), token)
    # Who is signed in, or was signed in there before, is not kept out by whoever has found out the password.
    known = ada.people.sign_ins[ada.ctx.user_id].device
    stranger = ada.people.anonymous
    ada.people.anonymous = Context(Subject(device=known), stranger.services)
    ada.clock.pass_()
    assert await ada.verify(ada.code(), token)
    ada.people.anonymous = stranger
    ada.clock.pass_()
    await disable_two_factor(again(ada.ctx), ada.proof(ada.code()))


async def test_codes_that_were_right_are_no_guesses(ada: Guarded) -> None:
    for _ in range(MAX_CODES_AN_HOUR + 2):
        ada.clock.pass_()
        await ada.verify(ada.code())


@pytest.mark.parametrize("token", ["nonsense", "a.b.c"])
async def test_a_temporary_token_that_is_not_ours_is_refused(token: str, ada: Guarded) -> None:
    with pytest.raises(Unauthenticated, match="temporary token"):
        await ada.verify(ada.code(), token)


async def test_an_access_token_is_no_temporary_token(ada: Guarded) -> None:
    with pytest.raises(Unauthenticated, match="temporary token"):
        await ada.verify(ada.code(), ada.people.sign_ins[ada.ctx.user_id].access_token)


async def test_doing_without_takes_the_password_and_a_code(ada: Guarded) -> None:
    with pytest.raises(BadUserInput) as no_password:
        await disable_two_factor(again(ada.ctx), ada.proof(ada.code(), "wrong"))
    with pytest.raises(BadUserInput) as no_code:
        await disable_two_factor(again(ada.ctx), ada.proof("000000"))

    await disable_two_factor(again(ada.ctx), ada.proof(ada.code()))

    assert (no_password.value.field, no_code.value.field) == ("password", "code")
    await log_in(ada.people.anonymous, AuthLogin(email=ada.people.email(ada.ctx), password=PASSWORD))
    assert (await event_types(ada.ctx.user_id)).count("TwoFactorDisabled") == 1
    with pytest.raises(Conflict):
        await disable_two_factor(again(ada.ctx), ada.proof(ada.code()))


async def test_new_recovery_codes_end_the_earlier_ones(ada: Guarded) -> None:
    fresh = (await renew_recovery_codes(again(ada.ctx), ada.proof(ada.code()))).value

    with pytest.raises(Unauthenticated):
        await ada.verify(ada.recovery[0])
    await ada.verify(fresh[0])
    assert not set(fresh) & set(ada.recovery)


async def test_a_second_setup_is_a_conflict(ada: Guarded) -> None:
    with pytest.raises(Conflict, match="on already"):
        await begin_two_factor(again(ada.ctx), TwoFactorBegin(password=PASSWORD))


async def test_under_another_secret_key_the_recovery_codes_still_open_the_account(ada: Guarded) -> None:
    other = replace(ada.people.anonymous.services, signer=JwtSigner("another key " * 4))
    ada.people.anonymous = Context(ada.people.anonymous.subject, other)

    with pytest.raises(Unauthenticated):
        await ada.verify(ada.code())
    signed_in = await ada.verify(ada.recovery[0])

    assert signed_in.user["_id"] == ada.ctx.user_id


def test_codes_are_those_of_rfc_6238() -> None:
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

    # The times 59, 1111111109 and 1234567890 of its appendix B, cut to six digits.
    for step, code in ((1, "287082"), (0x23523EC, "081804"), (0x273EF07, "005924")):
        assert pyotp.TOTP(secret).generate_otp(step) == code
