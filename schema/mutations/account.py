"""Mutations on the caller's own account."""

from datetime import datetime
from typing import Annotated

import strawberry

from resolvers import account, api_token, avatar, invited, password
from resolvers.inputs.account import (
    AuthLogin,
    AuthRegister,
    InvitationRegister,
    PasswordChange,
    UserAvatarSet,
    UserUpdate,
)
from resolvers.inputs.api_token import ApiTokenCreate
from resolvers.sign_in import SignIn
from schema.api_token import ApiToken
from schema.arguments import CHANGES, VALUES, TokenId
from schema.context import Info
from schema.inputs.account import (
    ApiTokenCreateInput,
    AuthLoginInput,
    AuthRegisterInput,
    InvitationRegisterInput,
    PasswordChangeInput,
    UserAvatarSetInput,
    UserUpdateInput,
)
from schema.inputs.base import read
from schema.loading import mutation
from schema.payload import AccountPayload, DeletePayload, committed, cursor_field, deleted, payload
from schema.scalars import Cursor
from schema.user import User


@strawberry.type(description="A sign-in.")
class AuthPayload:
    access_token: str = strawberry.field(description="The token for `Authorization: Bearer …`.")
    expires_at: datetime = strawberry.field(description="When the token ends; a new sign-in gives another.")
    user: User = strawberry.field(description="Who signed in.")


@strawberry.type(description="What a change of the profile returns.")
class UserPayload:
    user: User = strawberry.field(description="The user as it is now.")
    cursor: Cursor = cursor_field()


@strawberry.type(description="What creating a token returns.")
class ApiTokenPayload:
    api_token: ApiToken = strawberry.field(description="The token, without its text.")
    secret: str = strawberry.field(description="Its text, shown this once.")
    cursor: Cursor = cursor_field()


@strawberry.type
class AccountMutation:
    @mutation("Create an account with an organization and a workspace of its own, and sign in.")
    async def auth_register(self, info: Info, input: Annotated[AuthRegisterInput, VALUES]) -> AuthPayload:
        return signed_in(info, await account.register(info.context.ctx, read(AuthRegister, input)))

    @mutation("Create an account for an invited address, join the workspace, and sign in.")
    async def invitation_register(self, info: Info, input: Annotated[InvitationRegisterInput, VALUES]) -> AuthPayload:
        return signed_in(info, await invited.register_invited(info.context.ctx, read(InvitationRegister, input)))

    @mutation("Sign in.")
    async def auth_login(self, info: Info, input: Annotated[AuthLoginInput, VALUES]) -> AuthPayload:
        return signed_in(info, await account.log_in(info.context.ctx, read(AuthLogin, input)))

    @mutation("End the session that the request came with.")
    async def auth_logout(self, info: Info) -> AccountPayload:
        done = await account.log_out(info.context.ctx)
        info.context.signed_out = True
        return payload(AccountPayload, cursor=str(done.cursor))

    @mutation("Change the profile.")
    async def user_update(self, info: Info, input: Annotated[UserUpdateInput, CHANGES]) -> UserPayload:
        return committed(UserPayload, "user", await account.update_user(info.context.ctx, read(UserUpdate, input)))

    @mutation("Set the picture; up to 1 MiB with `PUT /auth/me/avatar`, up to 700 KB here.")
    async def user_avatar_set(self, info: Info, input: Annotated[UserAvatarSetInput, VALUES]) -> UserPayload:
        values = read(UserAvatarSet, input)
        return committed(UserPayload, "user", await avatar.set_avatar(info.context.ctx, values.image))

    @mutation("Take the picture away.")
    async def user_avatar_remove(self, info: Info) -> UserPayload:
        return committed(UserPayload, "user", await avatar.remove_avatar(info.context.ctx))

    @mutation("Change the password; every other session ends.")
    async def password_change(self, info: Info, input: Annotated[PasswordChangeInput, VALUES]) -> AccountPayload:
        done = await password.change_password(info.context.ctx, read(PasswordChange, input))
        return payload(AccountPayload, cursor=str(done.cursor))

    @mutation("Create a personal access token.")
    async def api_token_create(self, info: Info, input: Annotated[ApiTokenCreateInput, VALUES]) -> ApiTokenPayload:
        done = await api_token.create_api_token(info.context.ctx, read(ApiTokenCreate, input))
        made = done.value
        return payload(ApiTokenPayload, api_token=made.token, secret=made.secret, cursor=str(done.cursor))

    @mutation("Revoke a personal access token.")
    async def api_token_revoke(self, info: Info, id: TokenId) -> DeletePayload:
        return deleted(await api_token.revoke_api_token(info.context.ctx, id))


def signed_in(info: Info, sign_in: SignIn) -> AuthPayload:
    """The payload of a sign-in, whose cookies the edge sets."""
    info.context.signed_in = sign_in
    return payload(AuthPayload, access_token=sign_in.access_token, expires_at=sign_in.expires_at, user=sign_in.user)
