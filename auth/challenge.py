"""Between password and code: what says that the password was right, for five minutes.

What an identity provider has confirmed stands in for the password, and may be waiting to be linked to the account.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

import jwt
from bson import ObjectId

from auth.jwt import ALGORITHM, ISSUER
from auth.keys import derive_key
from models.base import utc_now
from models.errors import Unauthenticated

LIFETIME = timedelta(minutes=5)
_AUDIENCE = "orrery/two-factor"


@dataclass(frozen=True, slots=True)
class ProviderIdentity:
    """Who somebody is at an identity provider."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a token says: whose password was right, its fingerprint, and the `identity` that a code links."""

    user_id: ObjectId
    password: str
    identity: ProviderIdentity | None


def challenge(secret_key: str, user_id: ObjectId, password_hash: str, identity: ProviderIdentity | None = None) -> str:
    """A token that `read_challenge` takes, until the password changes. It is worth nothing anywhere else."""
    now = utc_now()
    claims = {
        "iss": ISSUER,
        "aud": _AUDIENCE,
        "sub": str(user_id),
        "pwd": fingerprint(password_hash),
        "iat": now,
        "exp": now + LIFETIME,
    } | ({} if identity is None else {"idp": [identity.issuer, identity.subject]})
    return jwt.encode(claims, _key(secret_key), algorithm=ALGORITHM)


def read_challenge(secret_key: str, token: str) -> Challenge:
    """What a token says; raises Unauthenticated."""
    try:
        claims = jwt.decode(
            token,
            _key(secret_key),
            algorithms=[ALGORITHM],
            audience=_AUDIENCE,
            issuer=ISSUER,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "pwd"]},
        )
        identity = ProviderIdentity(*claims["idp"]) if "idp" in claims else None
        return Challenge(ObjectId(claims["sub"]), str(claims["pwd"]), identity)
    except Exception as error:
        raise Unauthenticated("The temporary token is not valid, or has expired: sign in again") from error


def fingerprint(password_hash: str) -> str:
    """What tells one password hash from another, and nothing else of it."""
    return hashlib.sha256(password_hash.encode()).hexdigest()[:32]


def _key(secret_key: str) -> bytes:
    return derive_key(secret_key, "two-factor-challenge")
