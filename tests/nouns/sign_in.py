"""Signing in and out: passwords, sessions, two factors, the address that is verified."""

import httpx
import pyotp

from models.enums import MailTemplate
from resolvers.inputs.account import (
    AuthLogin,
    AuthRefresh,
    AuthRegister,
    AuthVerifyTwoFactor,
    EmailVerify,
    PasswordChange,
    PasswordResetInput,
    PasswordResetRequest,
    TwoFactorBegin,
    TwoFactorConfirm,
    TwoFactorProof,
)
from tests.resolvers.lab import PASSWORD
from tests.resolvers.letters import token_to
from tests.rest.conftest import Api, made
from tests.rest.story import Cast, ask_board, ask_orkosi, deleted, read
from tests.world.paths import BOARD, ORKOSI
from tests.world.sample import Case, Sample, sent


async def story(cast: Cast) -> None:
    """Ann changes her password and signs out elsewhere; Dora has two factors, and leaves."""
    api, ann = cast.api, cast.ann
    passwords = {"currentPassword": PASSWORD, "newPassword": PASSWORD + "2"}
    assert await made(ann, "/auth/change-password", **passwords) == {"ok": True}
    await _verified(api)
    again = await made(api.client(), "/auth/login", email="ann@example.com", password=PASSWORD + "2")
    assert await made(api.client(again["access_token"]), "/auth/logout") == {"ok": True}


async def _verified(api: Api) -> None:
    dora = await api.person("dora@example.com")
    assert await made(dora, "/auth/verify-email/send") == {"ok": True}
    token = await token_to(api.ctx, "dora@example.com", MailTemplate.EMAIL_VERIFICATION)
    assert await made(api.client(), "/auth/verify-email", token=token) == {"ok": True}
    assert (await read(dora, "/auth/me"))["user"]["emailVerified"] is True
    for _ in range(3):
        await made(api.client(), "/auth/login", email="dora@example.com", password=PASSWORD)
    sessions = await read(dora, "/auth/sessions")
    assert [one["current"] for one in sessions] == [False, False, False, True]
    await deleted(dora, f"/auth/sessions/{sessions[0]['id']}")
    assert (await dora.delete("/auth/sessions")).json() == {"ok": True, "count": 2}
    await _two_factors(api, dora)
    assert await made(api.client(), "/auth/forgot-password", email="dora@example.com") == {"ok": True}
    token = await token_to(api.ctx, "dora@example.com", MailTemplate.PASSWORD_RESET)
    assert await made(api.client(), "/auth/reset-password", token=token, newPassword=PASSWORD + "3") == {"ok": True}
    again = await made(api.client(), "/auth/login", email="dora@example.com", password=PASSWORD + "3")
    gone = api.client(again["access_token"])
    assert await made(gone, "/auth/delete-account", password=PASSWORD + "3") == {"ok": True}
    assert (await gone.get("/auth/me")).status_code == 401


async def _two_factors(api: Api, dora: httpx.AsyncClient) -> None:
    secret = (await made(dora, "/auth/two-factor/begin", password=PASSWORD))["secret"]
    codes = await made(dora, "/auth/two-factor/confirm", code=pyotp.TOTP(secret).now())
    proof = {"password": PASSWORD, "code": codes["recoveryCodes"][0]}
    codes = await made(dora, "/auth/two-factor/recovery-codes", **proof)
    half = await made(api.client(), "/auth/login", email="dora@example.com", password=PASSWORD)
    assert half == {"requiresTwoFactor": True, "temporaryToken": half["temporaryToken"]}
    values = {"temporaryToken": half["temporaryToken"], "code": codes["recoveryCodes"][0]}
    assert (await made(api.client(), "/auth/two-factor/verify", **values))["user"]["twoFactorEnabled"] is True
    proof = {"password": PASSWORD, "code": codes["recoveryCodes"][1]}
    assert await made(dora, "/auth/two-factor/disable", **proof) == {"ok": True}


async def board_story(cast: Cast) -> None:
    api = cast.api
    new = {"email": "zoe@example.com", "password": PASSWORD, "displayName": "Zoe"}
    created = await ask_board(api.client(), "POST", "/auth/register", 201, **new)
    signed_in = await ask_board(api.client(), "POST", "/auth/login", email="zoe@example.com", password=PASSWORD)
    assert await ask_board(api.client(signed_in["token"]), "GET", "/auth/me") == created["user"]


async def orkosi_story(cast: Cast) -> None:
    api = cast.api
    account = {"username": "rui", "email": "rui@example.com", "password": PASSWORD}
    agreed = {"terms_accepted": True, "privacy_accepted": True}
    registered = await api.client().post(f"{ORKOSI}/auth/register", json={**account, **agreed})
    assert (registered.status_code, registered.json()["user"]["username"]) == (201, "rui")
    rui = await api.client().post(f"{ORKOSI}/auth/login", json={"email": account["email"], "password": PASSWORD})
    assert (rui.status_code, rui.json()["user"]) == (200, registered.json()["user"])
    went_on = await api.client().post(f"{ORKOSI}/auth/refresh", json={"refresh_token": rui.json()["refresh_token"]})
    signed_in = api.client(went_on.json()["token"])
    assert await ask_orkosi(signed_in, "GET", f"{ORKOSI}/auth/me") == rui.json()["user"]
    forgotten = {"email": account["email"]}
    assert await ask_orkosi(api.client(), "POST", f"{ORKOSI}/auth/forgot-password", **forgotten) == {"success": True}
    assert await ask_orkosi(signed_in, "POST", f"{ORKOSI}/auth/logout", all_devices=True) == {"success": True}
    assert (await api.client(registered.json()["token"]).get(f"{ORKOSI}/auth/me")).status_code == 401


SAMPLE = Sample(
    places={"sessionId": "session"},
    calls={
        "authRegister": lambda _: (AuthRegister(email="new@example.com", password=PASSWORD),),
        "authLogin": lambda _: (AuthLogin(email="nobody@example.com", password=PASSWORD),),
        "authLogout": lambda _: (),
        "authRefresh": lambda _: (AuthRefresh(refresh_token="nothing"),),
        "passwordChange": lambda _: (PasswordChange(current_password=PASSWORD, new_password="another password"),),
        "sessions": lambda _: (),
        "sessionRevoke": lambda ids: (ids["session"],),
        "sessionRevokeOthers": lambda _: (),
        "emailVerificationSend": lambda _: (),
        "emailVerify": lambda _: (EmailVerify(token="nothing"),),
        "passwordResetRequest": lambda _: (PasswordResetRequest(email="nobody@example.com"),),
        "passwordReset": lambda _: (PasswordResetInput(token="nothing", new_password="another password"),),
        "twoFactorBegin": lambda _: (TwoFactorBegin(password=PASSWORD),),
        "twoFactorConfirm": lambda _: (TwoFactorConfirm(code="123456"),),
        "twoFactorRecoveryCodesRenew": lambda _: (TwoFactorProof(password=PASSWORD, code="123456"),),
        "twoFactorDisable": lambda _: (TwoFactorProof(password=PASSWORD, code="123456"),),
        "authVerifyTwoFactor": lambda _: (AuthVerifyTwoFactor(temporary_token="nothing", code="123456"),),
    },
    counts={"emailVerificationSend"},
    refused_there={"emailVerify"},
    routes={
        ("POST", "/auth/register"): sent(email="new@example.com", password=PASSWORD),
        ("POST", "/auth/login"): sent(email="nobody@example.com", password=PASSWORD),
        ("POST", "/auth/logout"): None,
        ("POST", "/auth/change-password"): sent(currentPassword=PASSWORD, newPassword="another password"),
        ("POST", "/auth/forgot-password"): sent(email="nobody@example.com"),
        ("POST", "/auth/reset-password"): sent(token="nothing", newPassword="another password"),
        ("POST", "/auth/verify-email"): sent(token="nothing"),
        ("POST", "/auth/verify-email/send"): None,
        ("GET", "/auth/sessions"): None,
        ("DELETE", "/auth/sessions"): None,
        ("DELETE", "/auth/sessions/{sessionId}"): None,
        ("POST", "/auth/two-factor/verify"): sent(temporaryToken="nothing", code="123456"),
        ("POST", "/auth/two-factor/begin"): sent(password=PASSWORD),
        ("POST", "/auth/two-factor/confirm"): sent(code="123456"),
        ("POST", "/auth/two-factor/recovery-codes"): sent(password=PASSWORD, code="123456"),
        ("POST", "/auth/two-factor/disable"): sent(password=PASSWORD, code="123456"),
        ("POST", BOARD + "/auth/login"): sent(email="nobody@example.com", password=PASSWORD),
        ("POST", BOARD + "/auth/register"): sent(email="new@example.com", password=PASSWORD),
        ("POST", ORKOSI + "/auth/register"): sent(
            username="new", email="new@example.com", password=PASSWORD, terms_accepted=True, privacy_accepted=True
        ),
        ("POST", ORKOSI + "/auth/login"): sent(email="nobody@example.com", password=PASSWORD),
        ("POST", ORKOSI + "/auth/refresh"): sent(refresh_token="nothing"),
        ("POST", ORKOSI + "/auth/logout"): sent(all_devices=True),
        ("POST", ORKOSI + "/auth/forgot-password"): sent(email="nobody@example.com"),
    },
    cases={"authLogin": Case(arguments=lambda ids: (AuthLogin(email=ids["bystander_email"], password=PASSWORD),))},
    unseen={
        "authRegister": "an account of somebody else",
        **dict.fromkeys(("authLogin", "authLogout"), "sessions are not in the graph"),
        "passwordChange": "passwords are not in the graph",
        **dict.fromkeys(
            ("sessionRevoke", "sessionRevokeOthers", "emailVerificationSend", "passwordResetRequest", "twoFactorBegin"),
            "how somebody signs in is theirs alone",
        ),
    },
    not_run=dict.fromkeys(
        (
            "authRefresh",
            "emailVerify",
            "passwordReset",
            "twoFactorConfirm",
            "twoFactorRecoveryCodesRenew",
            "twoFactorDisable",
            "authVerifyTwoFactor",
        ),
        "how somebody signs in is theirs alone",
    ),
    story=story,
    board_story=board_story,
    orkosi_story=orkosi_story,
)
