"""Inputs about what keeps the caller's account safe."""

import strawberry

from schema.enums import ConsentSubject
from schema.inputs.base import given, required


@strawberry.input(description="The second step of a sign-in.")
class AuthVerifyTwoFactorInput:
    temporary_token: str = required("What the first step has told, good for five minutes.")
    code: str = required("Six digits of the authenticator, or a recovery code.")


@strawberry.input(description="A second factor to be.")
class TwoFactorBeginInput:
    password: str = required("The password.")


@strawberry.input(description="The first code of an authenticator.")
class TwoFactorConfirmInput:
    code: str = required("Six digits of the authenticator.")


@strawberry.input(description="What proves that it is the account's owner who asks.")
class TwoFactorProofInput:
    password: str = required("The password.")
    code: str = required("Six digits of the authenticator, or a recovery code.")


@strawberry.input(description="The link of a mail that confirms an address.")
class EmailVerifyInput:
    token: str = required("The token of the link.")


@strawberry.input(description="A password that was forgotten.")
class PasswordResetRequestInput:
    email: str = required("The e-mail address of the account.")


@strawberry.input(description="A new password for whoever holds the link of the mail.")
class PasswordResetInput:
    token: str = required("The token of the link.")
    new_password: str = required("The password from now on, 8 to 128 characters.")


@strawberry.input(description="What proves that it is the account's owner who asks.")
class AccountDeleteInput:
    password: str = required("The password.")
    code: str | None = given("A code, where signing in takes one: six digits, or a recovery code.")


@strawberry.input(description="A version of a text that the viewer agrees to.")
class ConsentGiveInput:
    subject: ConsentSubject = required("Which text.")
    version: str = required("Which version, 1 to 50 characters.")
