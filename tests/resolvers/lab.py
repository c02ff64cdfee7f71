"""What tests of operations are written with: people with their credentials, and a look into the event log."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field

from bson import ObjectId

from auth.authenticate import authenticate
from auth.vault import Vault, VaultKey
from models import LoggedEvent, User
from models.address import parse_address
from models.base import collection, utc_now
from models.language_model import LanguageModels, ModelProvider, OAuthClient
from models.records import LoggedEventRecord
from resolvers.account.api_token import create_api_token
from resolvers.account.registration import Also, NewAccount, create_account
from resolvers.account.sign_in import SignIn
from resolvers.inputs.api_token import ApiTokenCreate
from resolvers.kit.context import Context
from resolvers.kit.input import read_input

VAULT = Vault((VaultKey("test", bytes(range(32))),))
_CLIENT = OAuthClient("https://models.example/authorize", "https://192.0.2.1/token", "orrery")
MODELS = LanguageModels(providers={"example": ModelProvider("example", "openai", "https://192.0.2.1/v1", _CLIENT)})
"""No model, and a provider that cannot be reached."""
PASSWORD = "correct horse battery"
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(20)


def again(ctx: Context) -> Context:
    """The next request of a caller: nothing is remembered."""
    return Context(ctx.subject, ctx.services)


async def sign_up(anonymous: Context, email: str, name: str, also: Also | None = None) -> SignIn:
    """A new person, with PASSWORD; `also` is done in the same change. Unlike a request of theirs it is not counted."""
    return await create_account(anonymous, NewAccount(parse_address(email), PASSWORD, name), also=also)


@dataclass(slots=True)
class People:
    """Who has registered in a test."""

    anonymous: Context
    sign_ins: dict[ObjectId, SignIn] = field(default_factory=dict)

    async def register(self, name: str, also: Also | None = None) -> Context:
        """A request, with the JWT, of a person who has just registered with PASSWORD; `also` as `sign_up` has it."""
        email = f"{name.lower().replace(' ', '.')}-{secrets.token_hex(4)}@example.com"
        signed_in = await sign_up(self.anonymous, email, name, also)
        ctx = await self.by_jwt(signed_in.access_token)
        self.sign_ins[ctx.user_id] = signed_in
        return ctx

    def email(self, ctx: Context) -> str:
        """The address that a person registered with."""
        return str(self.sign_ins[ctx.user_id].user["email"])

    async def by_jwt(self, token: str) -> Context:
        """A request with a JWT (or a personal access token)."""
        services = self.anonymous.services
        return Context(await authenticate(services.signer, authorization=f"Bearer {token}", cookie=None), services)

    async def by_cookie(self, cookie: str) -> Context:
        """A request with a session cookie."""
        services = self.anonymous.services
        return Context(await authenticate(services.signer, authorization=None, cookie=cookie), services)

    async def confirm(self, ctx: Context) -> None:
        """Confirm the address of a person."""
        confirmed = {"$set": {"email_verified_at": utc_now()}}
        await collection(User).update_one({"_id": ctx.user_id}, confirmed)

    async def with_token(self, ctx: Context, scopes: Collection[str]) -> Context:
        """A request of the same person with a personal access token of some scopes."""
        values = read_input(ApiTokenCreate, {"name": "test", "scopes": list(scopes)})
        return await self.by_jwt((await create_api_token(again(ctx), values)).value.secret)


async def events(stream_id: ObjectId) -> list[LoggedEventRecord]:
    """The history of a workspace, an organization or a user, oldest first."""
    return await collection(LoggedEvent).find({"stream_id": stream_id}).sort("seq", 1).to_list()


async def event_types(stream_id: ObjectId) -> list[str]:
    """The types of the events of a stream, oldest first."""
    return [event["type"] for event in await events(stream_id)]
