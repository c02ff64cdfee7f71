"""Sessions and the second factor."""

from collections.abc import Sequence
from typing import Literal

from typing_extensions import TypedDict

import models
from models import user
from models.base import AnyRecord
from resolvers.account.two_factor import Setup
from rest.present import presents, shown


@presents(models.Session)
class OpenSession(TypedDict):
    """Where the caller is signed in. `current` is the session that the request came with."""

    current: bool


class EndedSessions(TypedDict):
    """It is done; `count` sessions ended."""

    ok: Literal[True]
    count: int


class TwoFactorSetup(TypedDict):
    """A second factor that waits for its first code; a QR code of `otpauthUri` is what authenticators scan."""

    secret: str
    otpauthUri: str


@presents(user.Consent, without=("id",))
class Consent(TypedDict):
    """That the caller agreed to a version of a text."""


class RecoveryCodes(TypedDict):
    """Codes that take the place of the authenticator, each once; shown this once."""

    recoveryCodes: list[str]


def open_session(record: AnyRecord) -> OpenSession:
    return {**shown(OpenSession, record), "current": record["is_current"]}


def consent(record: AnyRecord) -> Consent:
    return shown(Consent, record)


def two_factor_setup(setup: Setup) -> TwoFactorSetup:
    return {"secret": setup.secret, "otpauthUri": setup.otpauth_uri}


def recovery_codes(codes: Sequence[str]) -> RecoveryCodes:
    return {"recoveryCodes": list(codes)}
