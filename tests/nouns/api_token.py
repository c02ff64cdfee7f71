"""Tokens of a person, and what applications may do for them."""

from datetime import timedelta

from bson import ObjectId

from auth.subject import WIDER
from models import ApiToken, OAuthGrant
from models.base import collection, to_record, utc_now
from models.enums import TokenScope
from resolvers.account import api_token
from resolvers.catalogue import CATALOGUE
from resolvers.inputs.api_token import ApiTokenCreate
from tests.resolvers.lab import again
from tests.rest.conftest import made
from tests.rest.story import Cast, deleted, read
from tests.world.sample import Sample, sent
from tests.world.world import World


async def make(world: World) -> None:
    """A token of the owner for each scope that it lacks, and those that are good no more."""
    for missing in TokenScope:
        before = {operation.scope_before for operation in CATALOGUE.values() if operation.scope is missing}
        lacking = {missing, WIDER.get(missing), *before}
        await _token(world, world.token_without(missing), [scope for scope in TokenScope if scope not in lacking])
    world.ids["token"] = await _token(world, "every scope", list(TokenScope))
    expired = await _token(world, "expired", list(TokenScope))
    yesterday = utc_now() - timedelta(days=1)
    await collection(ApiToken).update_one({"_id": expired}, {"$set": {"expires_at": yesterday}})
    await api_token.revoke_api_token(again(world.owner), await _token(world, "revoked", list(TokenScope)))
    await _grant(world)


async def _token(world: World, name: str, scopes: list[TokenScope]) -> ObjectId:
    made = await world.made(api_token.create_api_token, ApiTokenCreate(name=name, scopes=scopes))
    world.tokens[name] = made.secret
    token_id: ObjectId = made.api_token["_id"]
    return token_id


async def _grant(world: World) -> None:
    grant = to_record(
        OAuthGrant(
            user_id=world.owner.user_id,
            client_id="https://editor.example/oauth",
            client_name="Editor",
            client_host="editor.example",
            redirect_host="editor.example",
            scopes=[TokenScope.PROJECTS_READ],
            expires_at=utc_now() + timedelta(days=30),
        )
    )
    await collection(OAuthGrant).insert_one(grant)
    world.ids["oauth_grant"] = grant["_id"]


async def story(cast: Cast) -> None:
    token = await made(cast.ann, "/api-tokens", name="CI", expiresAt="2030-01-01T00:00:00Z")
    assert len(await read(cast.ann, "/api-tokens")) == 1
    await deleted(cast.ann, f"/api-tokens/{token['id']}")


SAMPLE = Sample(
    make=make,
    calls={
        "apiTokenCreate": lambda _: (ApiTokenCreate(name="more"),),
        "apiTokens": lambda _: (),
        "apiTokenRevoke": lambda ids: (ids["token"],),
        "oauthGrants": lambda _: (),
        "oauthGrantRevoke": lambda ids: (ids["oauth_grant"],),
    },
    makes_another={"apiTokenCreate"},
    routes={
        ("GET", "/api-tokens"): None,
        ("POST", "/api-tokens"): sent(name="more"),
        ("DELETE", "/api-tokens/{id}"): None,
    },
    unseen={
        **dict.fromkeys(("apiTokenCreate", "apiTokenRevoke"), "tokens are the account's own"),
        "oauthGrantRevoke": "what applications may do is the account's own",
    },
    story=story,
)
