"""Signing in, and the caller's account."""

from typing import Literal

from typing_extensions import TypedDict

from models.enums import ServerRole
from models.installation_enums import AuthProvider
from models.records import UserRecord
from resolvers.account.account import get_me, log_in, register
from resolvers.account.sign_in import SignIn
from resolvers.inputs.account import AuthLogin, AuthRegister, Email, Password, ShortText
from resolvers.installation.installation import set_up_installation
from resolvers.kit.input import Input
from rest.agent_board.dialect import board_routes
from rest.agent_board.present.organization import PersonData, ServerRoleWord, person
from rest.present import word
from rest.routing import Call

routes = board_routes("auth", "/auth", about="Setting up, registering and signing in.", place=20)


class AccountBody(Input):
    """A new account."""

    email: Email
    password: Password
    display_name: ShortText | None = None


class AccountData(PersonData, TypedDict):
    """An account, as its owner sees it. `role` is what it may do with the installation; `mustChangePassword` is of a
    password that somebody else has chosen."""

    role: ServerRoleWord
    authProvider: Literal["local", "oidc"]
    mustChangePassword: bool


class SessionData(TypedDict):
    """A sign-in: the token for the `Authorization` header."""

    token: str
    user: AccountData


@routes.post("/setup", "Create the first account", runs=set_up_installation, body=AccountBody)
async def set_up(call: Call) -> SessionData:
    """It runs the installation. Only while there is no account, and once: 409."""
    return session_data(await set_up_installation(call.ctx, _account(call.body(AccountBody))))


@routes.post("/login", "Sign in", runs=log_in, status=200)
async def login(call: Call) -> SessionData:
    """With two factors, 401 `TWO_FACTOR_REQUIRED` and `details.temporaryToken` for `POST /auth/two-factor/verify`."""
    return session_data(await log_in(call.ctx, call.body(AuthLogin)))


@routes.post("/register", "Create an account", runs=register, body=AccountBody)
async def create(call: Call) -> SessionData:
    """With an organization and a workspace of its own; signs in."""
    return session_data(await register(call.ctx, _account(call.body(AccountBody))))


@routes.get("/me", "Read the caller's account", runs=get_me)
async def get(call: Call) -> AccountData:
    return _user(await get_me(call.ctx))


def _account(body: AccountBody) -> AuthRegister:
    return AuthRegister(email=body.email, password=body.password, name=body.display_name)


def session_data(signed_in: SignIn) -> SessionData:
    """What a sign-in answers."""
    return {"token": signed_in.access_token, "user": _user(signed_in.user)}


def _user(record: UserRecord) -> AccountData:
    return {
        **person(record),
        "role": word(ServerRole(record["server_role"])),
        "authProvider": word(AuthProvider(record["auth_provider"])),
        "mustChangePassword": record["must_change_password"],
    }
