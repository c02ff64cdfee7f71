"""Personal access tokens: made, listed and revoked by the signed-in person; the secret is shown once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from bson import ObjectId

from auth.secrets import SHOWN_PREFIX_LENGTH, hash_secret, new_token
from models import ApiToken
from models.base import collection, to_record, without
from models.enums import TokenScope
from models.errors import NotFound
from models.ids import Kind, parse_id
from models.records import ApiTokenRecord
from realtime.events.account import ApiTokenCreated, ApiTokenRevoked
from realtime.log import Change, Committed
from resolvers.inputs.api_token import ApiTokenCreate
from resolvers.kit.ceilings import MAX_EXPIRED_TOKENS, MAX_LIVE_TOKENS, require_room
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, check_scope, operation

SECRETS = frozenset({"secret_hash", "previous_hash"})


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token's record, without the hash, and its text, which cannot be shown again."""

    api_token: ApiTokenRecord
    secret: str


@operation("apiTokenCreate", caller=Caller.PERSON, reveals=True)
async def create_api_token(ctx: Context, values: ApiTokenCreate) -> Committed[NewToken]:
    """Create a personal access token.

    A new token of the caller; a person has at most 100 that have not expired.
    """
    for scope in values.scopes:
        check_scope(ctx, scope, "apiTokenCreate")

    async def body(change: Change) -> NewToken:
        live = {"user_id": ctx.user_id, "expires_at": {"$not": {"$lte": change.at}}}
        await require_room(change, ApiToken, live, MAX_LIVE_TOKENS, "tokens that work")
        await _drop_expired(change, ctx.user_id)
        created = await insert_token(
            change, ctx.user_id, name=values.name, scopes=values.scopes, expires_at=values.expires_at
        )
        change.append(ctx.user_id, ApiTokenCreated(token_id=created.api_token["_id"], name=values.name))
        return created

    return await ctx.write(ctx.user_id, body)


async def _drop_expired(change: Change, user_id: ObjectId) -> None:
    """Delete the tokens of a person that have expired, once they are many."""
    expired = {"user_id": user_id, "expires_at": {"$lte": change.at}}
    found = await collection(ApiToken).find(expired, {"_id": 1}, session=change.session).to_list()
    if len(found) >= MAX_EXPIRED_TOKENS:
        await collection(ApiToken).delete_many(expired, session=change.session)
        change.append(user_id, *(ApiTokenRevoked(token_id=token["_id"]) for token in found))


@operation("apiTokens", caller=Caller.PERSON, read_only=True)
async def list_api_tokens(ctx: Context) -> list[ApiTokenRecord]:
    """The caller's tokens, expired ones too, the newest first."""
    return (
        await collection(ApiToken).find({"user_id": ctx.user_id}, dict.fromkeys(SECRETS, 0)).sort("_id", -1).to_list()
    )


@operation("apiTokenRevoke", caller=Caller.PERSON)
async def revoke_api_token(ctx: Context, id: Annotated[ObjectId | str, "The id of the token."]) -> Committed[ObjectId]:
    """Revoke a personal access token."""
    wanted = parse_id(id, Kind.API_TOKEN)

    async def body(change: Change) -> ObjectId:
        revoked = await collection(ApiToken).delete_one({"_id": wanted, "user_id": ctx.user_id}, session=change.session)
        if not revoked.deleted_count:
            raise NotFound("Token")
        change.append(ctx.user_id, ApiTokenRevoked(token_id=wanted))
        return wanted

    return await ctx.write(ctx.user_id, body, revokes=True)


async def insert_token(
    change: Change,
    user_id: ObjectId,
    *,
    name: str,
    scopes: Sequence[TokenScope],
    expires_at: datetime | None = None,
    agent_id: ObjectId | None = None,
    workspace_id: ObjectId | None = None,
    organization_id: ObjectId | None = None,
    description: str | None = None,
) -> NewToken:
    """Write a token within a change; the event is the caller's. That of an agent, and the key of an organization, works
    in `workspace_id` alone."""
    secret = new_token()
    record = to_record(
        ApiToken(
            user_id=user_id,
            name=name,
            prefix=secret[:SHOWN_PREFIX_LENGTH],
            secret_hash=hash_secret(secret),
            scopes=list(scopes),
            expires_at=expires_at,
            agent_id=agent_id,
            workspace_id=workspace_id,
            organization_id=organization_id,
            description=description,
            created_at=change.at,
        )
    )
    await collection(ApiToken).insert_one(record, session=change.session)
    return NewToken(without_secrets(record), secret)


def without_secrets(record: ApiTokenRecord) -> ApiTokenRecord:
    """A token as it may be shown."""
    return without(record, SECRETS)
