"""The account: registering, signing in and out, and the profile."""

from models.enums import TokenScope
from models.errors import TwoFactorRequired
from resolvers.account.account import get_me, log_in, log_out, register, update_user
from resolvers.account.sign_in import SignIn
from resolvers.inputs.account import AuthLogin, AuthRegister, UserUpdate
from rest.routing import Call, Routes
from rest.stellary.present.account import Account, Session, TwoFactorChallenge, session, user
from rest.stellary.present.base import Ok, ok
from serving.cookies import clear_session_cookies, set_session_cookies

routes = Routes("Account", "/auth", about="Registering, signing in and out, profile, password, sessions.", place=10)


@routes.post("/register", "Create an account", runs=register, sets_cookies=True, names_object=True)
async def create(call: Call) -> Session:
    """With an organization and a workspace of its own; signs in."""
    return start_session(call, await register(call.ctx, call.body(AuthRegister)))


@routes.post("/login", "Sign in", runs=log_in, sets_cookies=True)
async def login(call: Call) -> Session | TwoFactorChallenge:
    """Sets the session cookie too, for browsers.

    With two factors, the answer is a temporary token for `POST /auth/two-factor/verify` instead of a session.
    """
    try:
        return start_session(call, await log_in(call.ctx, call.body(AuthLogin)))
    except TwoFactorRequired as error:
        return {"requiresTwoFactor": True, "temporaryToken": str(error.details["temporaryToken"])}


@routes.post("/logout", "Sign out", runs=log_out, sets_cookies=True)
async def logout(call: Call) -> Ok:
    """The session's JWT and its cookie end together."""
    await log_out(call.ctx)
    call.finish.append(lambda response: clear_session_cookies(response, call.cookies))
    return ok()


@routes.get("/me", "Read the caller's account", runs=get_me)
async def get(call: Call) -> Account:
    return {"user": user(call.ctx.services, await get_me(call.ctx)), "csrfToken": call.ctx.subject.csrf_token}


@routes.patch("/me", "Change the caller's profile", runs=update_user)
async def update(call: Call) -> Account:
    changed = (await update_user(call.ctx, call.body(UserUpdate))).value
    if TokenScope.ACCOUNT_READ in call.ctx.subject.scopes:
        changed = await get_me(call.ctx)
    return {"user": user(call.ctx.services, changed), "csrfToken": call.ctx.subject.csrf_token}


def start_session(call: Call, signed_in: SignIn) -> Session:
    """The answer to a sign-in, and the cookies that come with it."""
    call.finish.append(lambda response: set_session_cookies(response, signed_in, call.cookies))
    return session(call.ctx.services, signed_in)
