"""Registering, signing in, and what a session goes on by."""

from typing import Literal

from pydantic import Field
from typing_extensions import TypedDict

from models.enums import ConsentSubject, Role
from models.errors import NotFound, TwoFactorRequired
from resolvers.account.account import get_me, log_in, log_out, register
from resolvers.account.password import request_password_reset
from resolvers.account.refresh import Renewed, refresh
from resolvers.account.session import revoke_other_sessions
from resolvers.account.sign_in import SignIn
from resolvers.account.two_factor import verify_two_factor
from resolvers.inputs.account import (
    AnyEmail,
    AnyPassword,
    AuthLogin,
    AuthRefresh,
    AuthRegister,
    AuthVerifyTwoFactor,
    CodeText,
    ConsentGive,
    Email,
    LinkText,
    LinkToken,
    Password,
    PasswordResetRequest,
    Username,
)
from resolvers.kit.context import Context
from resolvers.kit.input import Flag
from resolvers.user.home import standing, standing_at_home
from rest.orkosi.bodies import Body
from rest.orkosi.dialect import FLAT, orkosi_routes
from rest.orkosi.present.user import OrkosiUserData, user
from rest.orkosi.workspace import membership_of
from rest.routing import Call

CURRENT = "current"
"""The version of the texts that registering agrees to: which that was follows from the time."""

routes = orkosi_routes(
    "auth", "/auth", about="Registering, signing in, and what a session goes on by.", place=20, tag_place=60
)


class RegisterBody(Body):
    """A new account."""

    username: Username
    email: Email
    password: Password
    invite_code: LinkText | None = Field(None, repr=False, description="The token of an invitation to the address.")
    terms_accepted: Literal[True]
    privacy_accepted: Literal[True]


class LoginBody(Body):
    """A sign-in; `code` where the account has two factors."""

    email: AnyEmail
    password: AnyPassword
    code: CodeText | None = Field(None, repr=False, description="Six digits of the authenticator, or a recovery code.")


class RefreshBody(Body):
    """What a session goes on by."""

    refresh_token: LinkToken


class LogoutBody(Body):
    """Which sessions end."""

    all_devices: Flag = Field(False, description="All of the caller's, and not this one alone.")


class ForgottenBody(Body):
    """Whose password was forgotten."""

    email: AnyEmail


class OrkosiSessionData(TypedDict):
    """A sign-in: the token for the `Authorization` header, and the one that the session goes on by, once."""

    success: Literal[True]
    token: str
    refresh_token: str
    user: OrkosiUserData


class SuccessData(TypedDict):
    """It is done."""

    success: Literal[True]


@routes.post("/register", "Create an account", runs=register, body=RegisterBody, dialect=FLAT)
async def create(call: Call) -> OrkosiSessionData:
    """With an organization, and a workspace that its members join; signs in. With the code of an invitation it joins
    that workspace too, and is at home there. Both texts have to be agreed to: 400. An address or a name that is taken:
    409."""
    body = call.body(RegisterBody)
    agreed = [ConsentGive(subject=subject, version=CURRENT) for subject in ConsentSubject]
    values = AuthRegister(
        email=body.email,
        password=body.password,
        username=body.username,
        invitation_token=body.invite_code,
        members_join=True,
        consents=agreed,
    )
    return await _session(call.ctx, await register(call.ctx, values))


@routes.post("/login", "Sign in", runs=log_in, body=LoginBody, status=200, dialect=FLAT)
async def login(call: Call) -> OrkosiSessionData:
    """With two factors it takes a code as well, and is 401 `TWO_FACTOR_REQUIRED` without."""
    body = call.body(LoginBody)
    try:
        signed_in = await log_in(call.ctx, AuthLogin(email=body.email, password=body.password))
    except TwoFactorRequired as half:
        if body.code is None:
            raise
        rest = AuthVerifyTwoFactor(temporary_token=str(half.details["temporaryToken"]), code=body.code)
        signed_in = await verify_two_factor(call.ctx, rest)
    return await _session(call.ctx, signed_in)


@routes.post("/refresh", "Go on with a session", runs=refresh, body=RefreshBody, status=200, dialect=FLAT)
async def go_on(call: Call) -> OrkosiSessionData:
    """A refresh token is good once; one that comes a second time ends its session: 401."""
    values = AuthRefresh(refresh_token=call.body(RefreshBody).refresh_token)
    return await _session(call.ctx, await refresh(call.ctx, values))


@routes.post("/logout", "Sign out", runs=log_out, body=LogoutBody, status=200)
async def logout(call: Call) -> SuccessData:
    """The session of the request ends, and with `all_devices` every other one of the caller too."""
    if call.body(LogoutBody).all_devices:
        await revoke_other_sessions(call.ctx)
    await log_out(call.ctx)
    return {"success": True}


@routes.get("/me", "Read the caller's account", runs=get_me)
async def get(call: Call) -> OrkosiUserData:
    """With what they are to the organization of the request's workspace: to one that is not theirs, a viewer."""
    me = await get_me(call.ctx)
    try:
        role = await standing(await membership_of(call))
    except NotFound:
        role = Role.VIEWER
    return user(call.ctx.services, me, role)


@routes.post("/forgot-password", "Ask for a new password", runs=request_password_reset, body=ForgottenBody, status=200)
async def forgot_password(call: Call) -> SuccessData:
    """A mail with a link goes to the address if it has an account, which the answer does not tell."""
    await request_password_reset(call.ctx, PasswordResetRequest(email=call.body(ForgottenBody).email))
    return {"success": True}


async def _session(ctx: Context, signed_in: SignIn | Renewed) -> OrkosiSessionData:
    who = signed_in.user
    return {
        "success": True,
        "token": signed_in.access_token,
        "refresh_token": signed_in.refresh_token,
        "user": user(ctx.services, who, await standing_at_home(ctx, who["_id"])),
    }
