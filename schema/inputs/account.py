"""Inputs about the caller's own account."""

from datetime import datetime

import strawberry

from schema.enums import TokenScope
from schema.inputs.base import given, required


@strawberry.input(description="A new account.")
class AuthRegisterInput:
    email: str = required("The e-mail address.")
    password: str = required("The password, 8 to 128 characters.")
    name: str | None = given("The name to show.")


@strawberry.input(description="A sign-in.")
class AuthLoginInput:
    email: str = required("The e-mail address.")
    password: str = required("The password.")


@strawberry.input(description="A new account for an address that was invited to a workspace.")
class InvitationRegisterInput:
    token: str = required("The token of the invitation's link.")
    password: str = required("The password, 8 to 128 characters.")
    name: str | None = given("The name to show.")


@strawberry.input(description="What changes of the profile.")
class UserUpdateInput:
    name: str | None = given("The name to show; null clears it.")
    job_title: str | None = given("What the person does; null clears it.")


@strawberry.input(description="A picture of the viewer.")
class UserAvatarSetInput:
    image: str = required("The bytes of a PNG, JPEG, GIF or WebP picture, in base64.")


@strawberry.input(description="A change of the password.")
class PasswordChangeInput:
    current_password: str = required("The password so far.")
    new_password: str = required("The password from now on, 8 to 128 characters.")


@strawberry.input(description="A new personal access token.")
class ApiTokenCreateInput:
    name: str = required("What it is for.")
    scopes: list[TokenScope] | None = given("What it may be used for; everything by default.")
    expires_at: datetime | None = given("When it ends; never by default.")
