"""The caller's account and its personal access tokens."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

import models
from models.enums import PilotageRole as PilotageRoleValue
from models.records import ApiTokenRecord, UserRecord
from resolvers.account.api_token import NewToken
from resolvers.account.sign_in import SignIn
from resolvers.kit.context import Services
from resolvers.user.user import avatar_path
from rest.present import Timestamp, presents, shown, word
from rest.stellary.present.base import timestamp

PilotageRole = Literal["owner", "reviewer", "viewer"]


@presents(models.User)
class User(TypedDict):
    """An account, as its owner sees it. `pilotageRole` is the one in their first workspace."""

    avatarUrl: str | None
    emailVerified: bool
    twoFactorEnabled: bool
    pilotageRole: NotRequired[PilotageRole]


class Account(TypedDict):
    """The caller; `csrfToken` is what a browser repeats when it writes, null for a personal access token."""

    user: User
    csrfToken: str | None


class Session(TypedDict):
    """A sign-in: the JWT for the Authorization header, and the CSRF token for browsers, which use the cookie."""

    access_token: str
    csrfToken: str
    expiresAt: Timestamp
    user: User


class TwoFactorChallenge(TypedDict):
    """The password is right; `temporaryToken` goes back with a code, within five minutes."""

    requiresTwoFactor: Literal[True]
    temporaryToken: str


@presents(models.ApiToken)
class ApiToken(TypedDict):
    """A personal access token, without its secret. `prefix` and `tokenPrefix` are the same."""

    tokenPrefix: str


class CreatedApiToken(ApiToken):
    """A new personal access token with its secret, which is shown this once. `secret` and `token` are the same."""

    secret: str
    token: str


def user(services: Services, record: UserRecord) -> User:
    account: User = {
        **shown(User, record),
        "avatarUrl": avatar_path(services, record),
        "emailVerified": record.get("email_verified_at") is not None,
        "twoFactorEnabled": bool(record.get("two_factor_enabled")),
    }
    if "pilotage_role" in record:
        account["pilotageRole"] = word(PilotageRoleValue(record["pilotage_role"]))
    return account


def session(services: Services, signed_in: SignIn) -> Session:
    return {
        "access_token": signed_in.access_token,
        "csrfToken": signed_in.csrf_token,
        "expiresAt": timestamp(signed_in.expires_at),
        "user": user(services, signed_in.user),
    }


def api_token(record: ApiTokenRecord) -> ApiToken:
    return {**shown(ApiToken, record), "tokenPrefix": record["prefix"]}


def created_api_token(created: NewToken) -> CreatedApiToken:
    return {**api_token(created.api_token), "secret": created.secret, "token": created.secret}
