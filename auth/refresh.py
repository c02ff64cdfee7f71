"""Refresh tokens: each goes on with its session once, and the next one takes its place.

A token names its session and which of the session's tokens it is, under a code that only the gateway can make. So none
is stored, one that was used is known from one that somebody made up, and a session's id ends nothing.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from bson import ObjectId

from auth.keys import derive_key
from models.errors import Unauthenticated
from models.records import SessionRecord

_TOKEN = re.compile(r"rt_([0-9a-f]{24})\.(0|[1-9][0-9]{0,8})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class RefreshClaims:
    """`turn` counts the tokens of the session from 0."""

    session_id: ObjectId
    turn: int


def refresh_token(secret_key: str, session: SessionRecord) -> str:
    """The token that goes on with a session."""
    return _token(secret_key, session["_id"], session.get("refresh_turn", 0))


def read_refresh_token(secret_key: str, token: str) -> RefreshClaims:
    """What a token says, which may have been used; raises Unauthenticated for what the gateway has not made."""
    found = _TOKEN.fullmatch(token)
    if found is not None:
        claims = RefreshClaims(ObjectId(found[1]), int(found[2]))
        if hmac.compare_digest(_token(secret_key, claims.session_id, claims.turn), token):
            return claims
    raise Unauthenticated("The refresh token is not valid")


def _token(secret_key: str, session_id: ObjectId, turn: int) -> str:
    said = session_id.binary + turn.to_bytes(4)
    code = hmac.digest(derive_key(secret_key, "refresh"), said, hashlib.sha256)
    return f"rt_{session_id}.{turn}.{base64.urlsafe_b64encode(code).rstrip(b'=').decode()}"
