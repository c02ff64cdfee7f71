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
from models.limits import Text
from resolvers.kit.input import Flag, Input, WorkspaceId


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
PasswordText = Annotated[str, Text(1, 4 * MAX_PASSWORD, strip=False)]
AnyPassword = Annotated[PasswordText, Field(repr=False)]
LinkText = Annotated[str, Text(1, 200)]
LinkToken = Annotated[LinkText, Field(repr=False)]
CodeText = Annotated[str, Text(6, 40), AfterValidator(_code)]
Code = Annotated[CodeText, Field(repr=False)]
ConsentSubjectName = Annotated[
    ConsentSubject,
    BeforeValidator(_consent_subject),
    WithJsonSchema({"type": "string", "enum": list(ConsentSubject)}),
]
ShortText = Annotated[str, Text(0, 100)]
Username = Annotated[str, Text(2, 40, pattern=r"^[a-z0-9._-]+$")]
MAX_GIVEN = 10
"""Texts that one registration agrees to."""


class ConsentGive(Input):
    """A version of a text that the viewer agrees to.

    A version of a text that the person agrees to, as the product's operator names it.
    """

    subject: ConsentSubjectName = Field(description="Which text.")
    version: Annotated[str, Text(1, 50)] = Field(description="Which version, 1 to 50 characters.")


class AuthRegister(Input):
    """A new account."""

    email: Email = Field(description="The e-mail address.")
    password: Password = Field(description="The password, 8 to 128 characters.")
    name: ShortText | None = Field(None, description="The name to show.")
    username: Username | None = Field(None, description="A short name that nobody else has.")
    invitation_token: LinkText | None = Field(
        None,
        repr=False,
        description="The token of an invitation's link to the address, whose workspace the account joins.",
    )
    members_join: Flag = Field(
        False,
        description="Whether whoever becomes a member of the account's organization joins its workspace; else that is "
        "the person's own.",
    )
    consents: Annotated[list[ConsentGive], Field(max_length=MAX_GIVEN)] = Field(
        default_factory=list, description="The texts that the person agrees to."
    )


class AuthLogin(Input):
    """A sign-in."""

    email: AnyEmail = Field(description="The e-mail address.")
    password: AnyPassword = Field(description="The password.")


class AuthRefresh(Input):
    """What a session goes on by."""

    refresh_token: Annotated[str, Text(1, 200), Field(repr=False)] = Field(
        description="The refresh token that the sign-in, or the last one of these, has given."
    )


class InvitationRegister(Input):
    """A new account for an address that was invited to a workspace.

    A new account for the address that an invitation was sent to.
    """

    token: LinkToken = Field(description="The token of the invitation's link.")
    password: Password = Field(description="The password, 8 to 128 characters.")
    name: ShortText | None = Field(None, description="The name to show.")


class UserUpdate(Input):
    """What changes of the profile.

    Only what is given changes; null or empty text clears it.
    """

    name: ShortText | None = Field(None, description="The name to show; null clears it.")
    job_title: ShortText | None = Field(None, description="What the person does; null clears it.")
    username: Username | None = Field(None, description="A short name that nobody else has; null clears it.")
    home_workspace_id: WorkspaceId | None = Field(
        None, description="The workspace that is meant where a request names none; null for the first one."
    )

    def given(self) -> dict[str, Any]:
        return {name: value or None for name, value in super().given().items()}


class PasswordChange(Input):
    """A change of the password.

    The current password proves that it is the account's owner who asks.
    """

    current_password: AnyPassword = Field(description="The password so far.")
    new_password: Password = Field(description="The password from now on, 8 to 128 characters.")


class PasswordResetRequest(Input):
    """A password that was forgotten.

    Whoever has forgotten a password.
    """

    email: AnyEmail = Field(description="The e-mail address of the account.")


class PasswordResetInput(Input):
    """A new password for whoever holds the link of the mail."""

    token: LinkToken = Field(description="The token of the link.")
    new_password: Password = Field(description="The password from now on, 8 to 128 characters.")


class EmailVerify(Input):
    """The link of a mail that confirms an address.

    The link of the mail, which proves the address.
    """

    token: LinkToken = Field(description="The token of the link.")


class TwoFactorBegin(Input):
    """A second factor to be.

    The password proves that it is the account's owner who asks.
    """

    password: AnyPassword = Field(description="The password.")


class TwoFactorConfirm(Input):
    """The first code of an authenticator.

    A code of the authenticator shows that it has the secret.
    """

    code: Code = Field(description="Six digits of the authenticator.")


class TwoFactorProof(Input):
    """What proves that it is the account's owner who asks.

    The password, and a code of the authenticator or of those for recovery.
    """

    password: AnyPassword = Field(description="The password.")
    code: Code = Field(description="Six digits of the authenticator, or a recovery code.")


class AuthVerifyTwoFactor(Input):
    """The second step of a sign-in.

    The second step of a sign-in: a code of the authenticator, or one of those for recovery.
    """

    temporary_token: Annotated[str, Text(1, 4000), Field(repr=False)] = Field(
        description="What the first step has told, good for five minutes."
    )
    code: Code = Field(description="Six digits of the authenticator, or a recovery code.")


class AccountDelete(Input):
    """What proves that it is the account's owner who asks.

    What proves that it is the account's owner who asks; `code` where the account has two factors.
    """

    password: PasswordText | None = Field(
        None,
        repr=False,
        description="The password; it may be left out by whoever has signed in within the last 15 minutes.",
    )
    code: CodeText | None = Field(
        default=None, repr=False, description="A code, where signing in takes one: six digits, or a recovery code."
    )
    force: Flag = Field(False, description="Also where the work on a card is in no commit, or not merged.")


class UserAvatarSet(Input):
    """A picture of the viewer.

    A picture, as base64 in JSON.
    """

    image: Annotated[bytes, BeforeValidator(_base64), WithJsonSchema({"type": "string", "format": "byte"})] = Field(
        description="The bytes of a PNG, JPEG, GIF or WebP picture, in base64."
    )
