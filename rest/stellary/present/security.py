"""Sessions and the second factor."""

from collections.abc import Sequence
from typing import Literal

from typing_extensions import TypedDict

from models.base import Record
from resolvers.account.two_factor import Setup
from rest.stellary.present.base import Id, Timestamp, timestamp, timestamp_or_none


class OpenSession(TypedDict):
    """Where the caller is signed in. `current` is the session that the request came with."""

    id: Id
    userAgent: str | None
    current: bool
    createdAt: Timestamp
    lastUsedAt: Timestamp | None
    expiresAt: Timestamp


class EndedSessions(TypedDict):
    """It is done; `count` sessions ended."""

    ok: Literal[True]
    count: int


class TwoFactorSetup(TypedDict):
    """A second factor that waits for its first code; a QR code of `otpauthUri` is what authenticators scan."""

    secret: str
    otpauthUri: str


class Consent(TypedDict):
    """That the caller agreed to a version of a text."""

    subject: Literal["terms", "privacy"]
    version: str
    at: Timestamp


class RecoveryCodes(TypedDict):
    """Codes that take the place of the authenticator, each once; shown this once."""

    recoveryCodes: list[str]


def open_session(record: Record) -> OpenSession:
    return {
        "id": str(record["_id"]),
        "userAgent": record["user_agent"],
        "current": record["is_current"],
        "createdAt": timestamp(record["created_at"]),
        "lastUsedAt": timestamp_or_none(record["last_used_at"]),
        "expiresAt": timestamp(record["expires_at"]),
    }


def consent(record: Record) -> Consent:
    return {"subject": record["subject"], "version": record["version"], "at": timestamp(record["at"])}


def two_factor_setup(setup: Setup) -> TwoFactorSetup:
    return {"secret": setup.secret, "otpauthUri": setup.otpauth_uri}


def recovery_codes(codes: Sequence[str]) -> RecoveryCodes:
    return {"recoveryCodes": list(codes)}
