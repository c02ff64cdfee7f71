"""Tokens of signed-in people."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import orjson
import pytest

from auth.jwt import ALGORITHM, AUDIENCE, ISSUER, JwtSigner
from models.errors import Unauthenticated
from models.ids import Kind, new_id

KEY = "test-" * 10
SIGNER = JwtSigner(KEY)
USER, SESSION = new_id(Kind.USER), new_id(Kind.SESSION)


def claims(**changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    made = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(USER),
        "sid": str(SESSION),
        "iat": now,
        "exp": now + timedelta(days=1),
        **changes,
    }
    return {name: value for name, value in made.items() if value is not None}


def test_what_was_signed_is_read() -> None:
    now = datetime.now(UTC)

    token = SIGNER.sign(USER, SESSION, issued_at=now, expires_at=now + timedelta(days=1))

    assert (SIGNER.read(token).user_id, SIGNER.read(token).session_id) == (USER, SESSION)


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": datetime(2020, 1, 1, tzinfo=UTC)},
        {"iat": datetime(2090, 1, 1, tzinfo=UTC)},
        {"iss": "somebody"},
        {"aud": "somebody"},
        {"sub": "nobody"},
        {"sid": "none"},
        {"exp": None},
        {"iat": None},
        {"iss": None},
        {"aud": None},
        {"sub": None},
        {"sid": None},
    ],
)
def test_a_token_with_a_wrong_or_missing_claim_is_refused(changes: dict[str, Any]) -> None:
    token = jwt.encode(claims(**changes), KEY, algorithm=ALGORITHM)

    with pytest.raises(Unauthenticated):
        SIGNER.read(token)


def test_a_token_of_another_key_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        SIGNER.read(jwt.encode(claims(), "other" * 10, algorithm=ALGORITHM))


@pytest.mark.parametrize("algorithm", ["HS384", "HS512", "none"])
def test_a_token_of_another_algorithm_is_refused(algorithm: str) -> None:
    key: Any = None if algorithm == "none" else KEY * 2

    with pytest.raises(Unauthenticated):
        JwtSigner(KEY * 2).read(jwt.encode(claims(), key, algorithm=algorithm))


def test_a_changed_payload_is_refused() -> None:
    head, _, signature = jwt.encode(claims(), KEY, algorithm=ALGORITHM).split(".")
    forged = orjson.dumps({**claims(sub=str(new_id(Kind.USER))), "iat": 0, "exp": 4_000_000_000})
    payload = base64.urlsafe_b64encode(forged).decode().rstrip("=")

    with pytest.raises(Unauthenticated):
        SIGNER.read(f"{head}.{payload}.{signature}")


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "é", "x" * 10_000, "\x00"])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        SIGNER.read(token)
