"""The caller's account and its personal access tokens."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from models.base import Record
from models.enums import TokenScope
from resolvers.account.api_token import NewToken
from resolvers.account.sign_in import SignIn
from resolvers.kit.context import Services
from resolvers.user.user import avatar_path
from rest.stellary.present.base import Id, Timestamp, timestamp, timestamp_or_none

PilotageRole = Literal["owner", "reviewer", "viewer"]
Scope = Literal[
    "projects:read",
    "projects:write",
    "pilotage:read",
    "pilotage:write",
    "notifications:read",
    "account:read",
    "account:write",
]


class User(TypedDict):
    """An account, as its owner sees it. `pilotageRole` is the one in their first workspace."""

    id: Id
    email: str
    name: str | None
    jobTitle: str | None
    avatarUrl: str | None
    emailVerified: bool
    twoFactorEnabled: bool
    isAgent: bool
    pilotageRole: NotRequired[PilotageRole]
    createdAt: Timestamp


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


class ApiToken(TypedDict):
    """A personal access token, without its secret. `prefix` and `tokenPrefix` are the same."""

    id: Id
    name: str
    prefix: str
    tokenPrefix: str
    scopes: list[Scope]
    expiresAt: Timestamp | None
    lastUsedAt: Timestamp | None
    createdAt: Timestamp


class CreatedApiToken(ApiToken):
    """A new personal access token with its secret, which is shown this once. `secret` and `token` are the same."""

    secret: str
    token: str


def user(services: Services, record: Record) -> User:
    shown: User = {
        "id": str(record["_id"]),
        "email": record["email"],
        "name": record["name"],
        "jobTitle": record["job_title"],
        "avatarUrl": avatar_path(services, record),
        "emailVerified": record.get("email_verified_at") is not None,
        "twoFactorEnabled": bool(record.get("two_factor_enabled")),
        "isAgent": record["is_agent"],
        "createdAt": timestamp(record["created_at"]),
    }
    if "pilotage_role" in record:
        shown["pilotageRole"] = record["pilotage_role"]
    return shown


def session(services: Services, signed_in: SignIn) -> Session:
    return {
        "access_token": signed_in.access_token,
        "csrfToken": signed_in.csrf_token,
        "expiresAt": timestamp(signed_in.expires_at),
        "user": user(services, signed_in.user),
    }


def api_token(record: Record) -> ApiToken:
    return {
        "id": str(record["_id"]),
        "name": record["name"],
        "prefix": record["prefix"],
        "tokenPrefix": record["prefix"],
        "scopes": [TokenScope(scope).value for scope in record["scopes"]],
        "expiresAt": timestamp_or_none(record["expires_at"]),
        "lastUsedAt": timestamp_or_none(record["last_used_at"]),
        "createdAt": timestamp(record["created_at"]),
    }


def created_api_token(created: NewToken) -> CreatedApiToken:
    return {**api_token(created.api_token), "secret": created.secret, "token": created.secret}
