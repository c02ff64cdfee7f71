"""Contracts of what begins with a mail: the confirmed address and a forgotten password."""

from models.enums import MailTemplate
from tests.resolvers.letters import token_to
from tests.rest.contract.contract import MALFORMED, OK, TOKEN, Contract, Ref, Refused, Then, bad
from tests.rest.contract.stage import Stage


async def _verification_sent(stage: Stage) -> None:
    await stage.made("/auth/verify-email/send")
    address = stage.ids["owner_email"]
    stage.ids["verification"] = await token_to(stage.owner, address, MailTemplate.EMAIL_VERIFICATION)


async def _forgotten(stage: Stage) -> None:
    await stage.send("POST", "/auth/forgot-password", by=None, json={"email": Ref("owner_email")})
    stage.ids["reset"] = await token_to(stage.owner, stage.ids["owner_email"], MailTemplate.PASSWORD_RESET)


CONTRACTS = [
    Contract(method="POST", route="/auth/verify-email/send", answers=OK, bad=MALFORMED, denied=TOKEN),
    Contract(
        method="POST",
        route="/auth/verify-email",
        given=_verification_sent,
        sent={"token": Ref("verification")},
        answers=OK,
        then=(Then("/auth/me", {"user": {"emailVerified": True}}),),
        bad=bad("token", sent={"token": 1}),
        denied=bad("token", sent={"token": "made-up"}),
    ),
    Contract(
        method="POST",
        route="/auth/forgot-password",
        by=None,
        sent={"email": Ref("owner_email")},
        answers=OK,
        bad=bad("email", sent={}),
        # Nobody is refused, so that nobody learns who has an account: a wrong credential is all that there is to deny.
        denied=MALFORMED,
    ),
    Contract(
        method="POST",
        route="/auth/reset-password",
        given=_forgotten,
        by=None,
        sent={"token": Ref("reset"), "newPassword": "new-secure-pass"},
        answers=OK,
        bad=bad("newPassword", sent={"token": Ref("reset"), "newPassword": "short"}),
        denied=Refused(
            status=400,
            code="BAD_USER_INPUT",
            sent={"token": "made-up", "newPassword": "new-secure-pass"},
            at="token",
        ),
    ),
]
