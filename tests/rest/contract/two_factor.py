"""Contracts of signing in with two factors."""

import pyotp

from tests.resolvers.lab import PASSWORD
from tests.rest.contract.contract import OK, TOKEN, Contract, Ref, Refused, Then, bad
from tests.rest.contract.shape import TEXT, containing
from tests.rest.contract.stage import Stage

BASE = "/auth/two-factor"
WRONG_CODE = "000000"


async def _begun(stage: Stage) -> None:
    setup = await stage.made(BASE + "/begin", password=PASSWORD)
    stage.ids["code"] = pyotp.TOTP(setup["secret"]).now()


async def _on(stage: Stage) -> None:
    await _begun(stage)
    codes = await stage.made(BASE + "/confirm", code=stage.ids["code"])
    stage.ids["recovery"] = codes["recoveryCodes"][0]


async def _half_signed_in(stage: Stage) -> None:
    await _on(stage)
    body = {"email": Ref("owner_email"), "password": PASSWORD}
    half = (await stage.send("POST", "/auth/login", by=None, json=body)).json()
    assert half["requiresTwoFactor"] is True
    stage.ids["temporary"] = half["temporaryToken"]


CONTRACTS = [
    Contract(
        method="POST",
        route=BASE + "/begin",
        sent={"password": PASSWORD},
        answers={"secret": TEXT, "otpauthUri": containing("otpauth://totp/")},
        bad=bad("password", sent={}),
        denied=TOKEN,
    ),
    Contract(
        method="POST",
        route=BASE + "/confirm",
        given=_begun,
        sent={"code": Ref("code")},
        answers={"recoveryCodes": [TEXT]},
        then=(Then("/auth/me", {"user": {"twoFactorEnabled": True}}),),
        bad=bad("code", sent={"code": "12345"}),
        denied=TOKEN,
    ),
    Contract(
        method="POST",
        route=BASE + "/verify",
        given=_half_signed_in,
        by=None,
        sent={"temporaryToken": Ref("temporary"), "code": Ref("recovery")},
        answers={
            "access_token": TEXT,
            "csrfToken": TEXT,
            "user": {"email": Ref("owner_email"), "twoFactorEnabled": True},
        },
        bad=bad("temporaryToken", sent={"code": Ref("recovery")}),
        denied=Refused(
            status=401, code="UNAUTHENTICATED", sent={"temporaryToken": Ref("temporary"), "code": WRONG_CODE}
        ),
    ),
    Contract(
        method="POST",
        route=BASE + "/recovery-codes",
        given=_on,
        sent={"password": PASSWORD, "code": Ref("recovery")},
        answers={"recoveryCodes": [TEXT]},
        bad=bad("code", sent={"password": PASSWORD, "code": WRONG_CODE}),
        denied=TOKEN,
    ),
    Contract(
        method="POST",
        route=BASE + "/disable",
        given=_on,
        sent={"password": PASSWORD, "code": Ref("recovery")},
        answers=OK,
        then=(Then("/auth/me", {"user": {"twoFactorEnabled": False}}),),
        bad=bad("code", sent={"password": PASSWORD, "code": WRONG_CODE}),
        denied=TOKEN,
    ),
]
