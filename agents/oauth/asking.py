"""What a person is asked, on its way through their browser: sealed, so that no state is kept of who never answers."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import jwt
from bson import ObjectId

from auth.jwt import ALGORITHM
from auth.keys import derive_key
from models.base import utc_now
from models.enums import TokenScope
from models.errors import BadUserInput
from resolvers.oauth.consent import Asked

LIFETIME = timedelta(minutes=10)
_AUDIENCE = "orrery/oauth-consent"


def sealed(secret_key: str, user_id: ObjectId, asked: Asked) -> str:
    """What a person is asked, as the page is given it; it is worth nothing for anybody else."""
    claims = {"aud": _AUDIENCE, "sub": str(user_id), "exp": utc_now() + LIFETIME, "asked": asdict(asked)}
    return jwt.encode(claims, _key(secret_key), algorithm=ALGORITHM)


def unsealed(secret_key: str, user_id: ObjectId, request: str) -> Asked:
    """What a person is asked. Raises BadUserInput for what was not made here for them, within the last minutes."""
    try:
        claims: dict[str, Any] = jwt.decode(
            request,
            _key(secret_key),
            algorithms=[ALGORITHM],
            audience=_AUDIENCE,
            subject=str(user_id),
            options={"require": ["exp", "aud", "sub", "asked"]},
        )
        asked = claims["asked"]
        return Asked(**{**asked, "scopes": tuple(map(TokenScope, asked["scopes"]))})
    except Exception as error:
        raise BadUserInput(
            "This question is too old, or was another person's: begin anew in the application"
        ) from error


def _key(secret_key: str) -> bytes:
    return derive_key(secret_key, "oauth/consent")
