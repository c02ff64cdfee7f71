"""The tokens of OAuth, each under a key of its own, so that none of them is worth anything in the place of another.

An access token is a JWT for one audience, good for a quarter of an hour (RFC 9068). A refresh token says which grant it
renews and the how manieth it is, under a seal: nothing of it is stored, and one of before is known for what it is.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
from bson import ObjectId

from auth.jwt import ALGORITHM
from auth.keys import derive_key
from models.base import utc_now
from models.enums import TokenScope
from models.errors import Unauthenticated
from models.ids import Kind, kind_of

ACCESS_LIFETIME = timedelta(minutes=15)
TYPE = "at+jwt"

_REFRESH = re.compile(r"orr_([0-9a-f]{24})\.([1-9][0-9]{0,8})\.([0-9a-f]{64})", re.ASCII)
_REQUIRED = ["exp", "iat", "iss", "aud", "sub", "jti", "client_id", "scope", "grant_id"]


@dataclass(frozen=True, slots=True)
class Server:
    """Who gives tokens, as clients know it, and what they are for: two addresses."""

    issuer: str
    audience: str


@dataclass(frozen=True, slots=True)
class Access:
    """What an access token says: whose it is, the grant that it stands on, and what it may be used for."""

    user_id: ObjectId
    grant_id: ObjectId
    client_id: str
    scopes: frozenset[TokenScope]
    expires_at: datetime


def access_token(secret_key: str, access: Access, server: Server) -> str:
    """The token for an access. It is worth nothing for another audience."""
    claims = {
        "iss": server.issuer,
        "aud": server.audience,
        "sub": str(access.user_id),
        "client_id": access.client_id,
        "scope": " ".join(in_order(access.scopes)),
        "grant_id": str(access.grant_id),
        "jti": secrets.token_urlsafe(12),
        "iat": utc_now(),
        "exp": access.expires_at,
    }
    return jwt.encode(claims, derive_key(secret_key, "oauth/access"), algorithm=ALGORITHM, headers={"typ": TYPE})


def is_access_token(token: str) -> bool:
    """Whether a token calls itself one of these: any other is read otherwise."""
    try:
        return bool(jwt.get_unverified_header(token).get("typ") == TYPE)
    except jwt.InvalidTokenError:
        return False


def read_access_token(secret_key: str, token: str, audience: str, *, expired: bool = False) -> Access:
    """What a valid token for an audience says; one that has expired too, where that is asked for. Raises
    Unauthenticated for any other."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            derive_key(secret_key, "oauth/access"),
            algorithms=[ALGORITHM],
            audience=audience,
            options={"require": _REQUIRED, "verify_exp": not expired},
        )
        return Access(
            ObjectId(claims["sub"]),
            ObjectId(claims["grant_id"]),
            str(claims["client_id"]),
            frozenset(map(TokenScope, str(claims["scope"]).split())),
            datetime.fromtimestamp(claims["exp"], utc_now().tzinfo),
        )
    except jwt.ExpiredSignatureError as error:
        raise Unauthenticated("The access token has expired: renew it") from error
    except Exception as error:
        raise Unauthenticated("The access token is not valid here") from error


def refresh_token(secret_key: str, grant_id: ObjectId, generation: int) -> str:
    """The refresh token of a grant, by how many it had."""
    return f"orr_{grant_id}.{generation}.{_seal(secret_key, str(grant_id), str(generation))}"


def read_refresh_token(secret_key: str, token: str) -> tuple[ObjectId, int] | None:
    """The grant and the number of a refresh token that was made here; None for any other text."""
    found = _REFRESH.fullmatch(token)
    if found is None or not hmac.compare_digest(found[3], _seal(secret_key, found[1], found[2])):
        return None
    grant_id = ObjectId(found[1])
    return (grant_id, int(found[2])) if kind_of(grant_id) is Kind.OAUTH_GRANT else None


def in_order(scopes: Iterable[TokenScope]) -> list[TokenScope]:
    """Scopes as they are always told, each once."""
    given = frozenset(scopes)
    return [scope for scope in TokenScope if scope in given]


def _seal(secret_key: str, grant_id: str, generation: str) -> str:
    about = f"{grant_id} {generation}".encode()
    return hmac.new(derive_key(secret_key, "oauth/refresh"), about, "sha256").hexdigest()
