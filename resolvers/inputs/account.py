"""Inputs of the operations on the caller's own account."""

import base64
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from auth.passwords import prepared
from auth.two_factor import read_code
from models.address import known_address, parse_address
from models.enums import ConsentSubject
from resolvers.inputs.base import Input, Text


def _email(text: str) -> str:
    try:
        address = parse_address(text)
    except ValueError as error:
        raise PydanticCustomError("email", "must be an e-mail address") from error
    # Full-width letters, ligatures and the like look like the address of somebody else.
    if unicodedata.normalize("NFKC", address) != address:
        raise PydanticCustomError("email", "must be an e-mail address in plain letters")
    return address


def _password(value: Any) -> Any:
    return prepared(value) if isinstance(value, str) else value


def _code(text: str) -> str:
    try:
        return read_code(text)
    except ValueError as error:
        raise PydanticCustomError("code", "must be the six digits of an authenticator, or a recovery code") from error


def _consent_subject(value: Any) -> ConsentSubject:
    if not isinstance(value, str) or value not in list(ConsentSubject):
        raise PydanticCustomError("subject", "must be terms or privacy")
    return ConsentSubject(value)


def _base64(value: Any) -> bytes:
    if not isinstance(value, str):
        raise PydanticCustomError("base64", "must be text in base64")
    try:
        return base64.b64decode(value, validate=True)
    except ValueError as error:
        raise PydanticCustomError("base64", "must be text in base64") from error


Email = Annotated[
    str,
    Text(3, 254),
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "format": "email", "maxLength": 254}),
]
MAX_PASSWORD = 128
Password = Annotated[str, Text(8, MAX_PASSWORD, strip=False), BeforeValidator(_password), Field(repr=False)]
# What is no address, or no possible password, is told like a wrong one: so these two are only bounded. A password may
# come in up to four times as many characters as its prepared form has.
AnyEmail = Annotated[str, Text(1, 254), AfterValidator(known_address)]
AnyPassword = Annotated[str, Text(1, 4 * MAX_PASSWORD, strip=False), Field(repr=False)]
LinkToken = Annotated[str, Text(1, 200), Field(repr=False)]
_CodeText = Annotated[str, Text(6, 40), AfterValidator(_code)]
Code = Annotated[_CodeText, Field(repr=False)]
ConsentSubjectName = Annotated[
    ConsentSubject,
    BeforeValidator(_consent_subject),
    WithJsonSchema({"type": "string", "enum": list(ConsentSubject)}),
]
ShortText = Annotated[str, Text(0, 100)]


class AuthRegister(Input):
    """A new account."""

    email: Email
    password: Password
    name: ShortText | None = None


class AuthLogin(Input):
    """A sign-in."""

    email: AnyEmail
    password: AnyPassword


class InvitationRegister(Input):
    """A new account for the address that an invitation was sent to."""

    token: LinkToken
    password: Password
    name: ShortText | None = None


class UserUpdate(Input):
    """Only what is given changes; null or empty text clears it."""

    name: ShortText | None = None
    job_title: ShortText | None = None

    def given(self) -> dict[str, Any]:
        return {name: value or None for name, value in super().given().items()}


class PasswordChange(Input):
    """The current password proves that it is the account's owner who asks."""

    current_password: AnyPassword
    new_password: Password


class PasswordResetRequest(Input):
    """Whoever has forgotten a password."""

    email: AnyEmail


class PasswordResetInput(Input):
    """A new password for whoever holds the link of the mail."""

    token: LinkToken
    new_password: Password


class EmailVerify(Input):
    """The link of the mail, which proves the address."""

    token: LinkToken


class TwoFactorBegin(Input):
    """The password proves that it is the account's owner who asks."""

    password: AnyPassword


class TwoFactorConfirm(Input):
    """A code of the authenticator shows that it has the secret."""

    code: Code


class TwoFactorProof(Input):
    """The password, and a code of the authenticator or of those for recovery."""

    password: AnyPassword
    code: Code


class AuthVerifyTwoFactor(Input):
    """The second step of a sign-in: a code of the authenticator, or one of those for recovery."""

    temporary_token: Annotated[str, Text(1, 1000), Field(repr=False)]
    code: Code


class AccountDelete(Input):
    """What proves that it is the account's owner who asks; `code` where the account has two factors."""

    password: AnyPassword
    code: _CodeText | None = Field(default=None, repr=False)


class ConsentGive(Input):
    """A version of a text that the person agrees to, as the product's operator names it."""

    subject: ConsentSubjectName
    version: Annotated[str, Text(1, 50)]


class UserAvatarSet(Input):
    """A picture, as base64 in JSON."""

    image: Annotated[bytes, BeforeValidator(_base64), WithJsonSchema({"type": "string", "format": "byte"})]
