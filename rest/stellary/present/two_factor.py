"""The second factor."""

from collections.abc import Sequence

from typing_extensions import TypedDict

from resolvers.account.two_factor import Setup


class TwoFactorSetup(TypedDict):
    """A second factor that waits for its first code; a QR code of `otpauthUri` is what authenticators scan."""

    secret: str
    otpauthUri: str


class RecoveryCodes(TypedDict):
    """Codes that take the place of the authenticator, each once; shown this once."""

    recoveryCodes: list[str]


def two_factor_setup(setup: Setup) -> TwoFactorSetup:
    return {"secret": setup.secret, "otpauthUri": setup.otpauth_uri}


def recovery_codes(codes: Sequence[str]) -> RecoveryCodes:
    return {"recoveryCodes": list(codes)}
