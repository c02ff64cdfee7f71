"""JSON Web Tokens of signed-in people, through PyJWT: one algorithm, one key, and every claim required."""

from dataclasses import dataclass
from datetime import datetime

import jwt
from bson import ObjectId

from models.errors import Unauthenticated

ALGORITHM = "HS256"
ISSUER = "orrery"
AUDIENCE = "orrery"
_REQUIRED = ["exp", "iat", "iss", "aud", "sub", "sid"]


@dataclass(frozen=True, slots=True)
class Claims:
    """`sid` is the session that the token stands on: it ends with it."""

    user_id: ObjectId
    session_id: ObjectId


@dataclass(frozen=True, slots=True)
class JwtSigner:
    """Makes and reads tokens with the gateway's secret key."""

    key: str

    def sign(self, user_id: ObjectId, session_id: ObjectId, *, issued_at: datetime, expires_at: datetime) -> str:
        """A token for one session."""
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "sid": str(session_id),
            "iat": issued_at,
            "exp": expires_at,
        }
        return jwt.encode(claims, self.key, algorithm=ALGORITHM)

    def read(self, token: str) -> Claims:
        """The claims of a valid token; raises Unauthenticated for any other."""
        try:
            claims = jwt.decode(
                token,
                self.key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": _REQUIRED},
            )
            return Claims(ObjectId(claims["sub"]), ObjectId(claims["sid"]))
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("The token has expired: sign in again") from error
        except Exception as error:
            raise Unauthenticated("The token is not valid") from error
