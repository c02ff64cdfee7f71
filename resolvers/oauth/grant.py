"""What people let applications do: it begins with a code, is renewed by refresh tokens, is listed, and ends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from beanie import PydanticObjectId
from bson import ObjectId

from auth.oauth import ACCESS_LIFETIME, Access, Server, access_token, in_order, read_refresh_token, refresh_token
from models import OAuthCode, OAuthGrant
from models.base import collection, to_record, utc_now, with_changes
from models.enums import TokenScope
from models.errors import BadUserInput, NotFound
from models.ids import Kind, new_id, parse_id
from models.records import OAuthCodeRecord, OAuthGrantRecord
from models.write import find_and_delete
from realtime.events.oauth import OAuthGrantCreated, OAuthGrantRenewed, OAuthGrantRevoked
from realtime.log import Change, Committed
from resolvers.kit.ceilings import MAX_OAUTH_GRANTS, meet
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation
from resolvers.oauth.client import keep_in_use
from resolvers.oauth.redirect import host_of

LIFETIME = timedelta(days=30)
"""Of a grant that its application does not come back for."""

_SHOWN = {"generation": 0}

REVOKED, REPLAYED, REUSED, TOO_MANY = "revoked", "code replayed", "refresh token reused", "too many"
"""Why a grant ends."""


class InvalidGrantError(BadUserInput):
    """A code or a refresh token that is worth nothing, whatever the reason is."""


@dataclass(frozen=True, slots=True)
class Issued:
    """The tokens that an application is given, with what they are good for."""

    access_token: str
    refresh_token: str
    scopes: tuple[TokenScope, ...]
    seconds: int = int(ACCESS_LIFETIME.total_seconds())


@operation("oauthGrants", caller=Caller.PERSON, read_only=True)
async def list_oauth_grants(ctx: Context) -> list[OAuthGrantRecord]:
    """What the caller lets applications do, the newest first."""
    mine = {"user_id": ctx.user_id, "expires_at": {"$gt": utc_now()}}
    return await collection(OAuthGrant).find(mine, _SHOWN).sort("_id", -1).to_list()


@operation("oauthGrantRevoke", caller=Caller.PERSON)
async def revoke_oauth_grant(
    ctx: Context, id: Annotated[ObjectId | str, "The id of the grant."]
) -> Committed[ObjectId]:
    """Take access from an application.

    Its tokens are worth nothing any more, and what is open on them ends.
    """
    wanted = parse_id(id, Kind.OAUTH_GRANT)

    async def body(change: Change) -> ObjectId:
        if not await _take(change, ctx.user_id, wanted, REVOKED):
            raise NotFound("Oauth grant")
        return wanted

    return await ctx.write(ctx.user_id, body, revokes=True)


async def begin(ctx: Context, code: OAuthCodeRecord, server: Server) -> Issued:
    """The first tokens of an application, for the code that it came with. Raises InvalidGrantError for one that is
    used by now: what came of it ends, as one of the two who have it must not."""
    grant_id, user_id = new_id(Kind.OAUTH_GRANT), code["user_id"]

    async def body(change: Change) -> OAuthGrantRecord | None:
        unused = {"_id": code["_id"], "grant_id": None}
        used = await collection(OAuthCode).update_one(unused, {"$set": {"grant_id": grant_id}}, session=change.session)
        if not used.matched_count or not await meet(change, user_id):
            return None
        await _end_oldest(change, user_id)
        grant = OAuthGrant(
            id=PydanticObjectId(grant_id),
            user_id=PydanticObjectId(user_id),
            client_id=code["client_id"],
            client_name=code["client_name"],
            client_host=code["client_host"],
            redirect_host=host_of(code["redirect_uri"]),
            scopes=[TokenScope(scope) for scope in code["scopes"]],
            created_at=change.at,
            expires_at=change.at + LIFETIME,
        )
        record = to_record(grant)
        await collection(OAuthGrant).insert_one(record, session=change.session)
        told = OAuthGrantCreated(grant_id=grant_id, client_id=code["client_id"], client_name=code["client_name"])
        change.append(user_id, told)
        return record

    begun = (await ctx.write_as(user_id, user_id, body)).value
    if begun is None:
        await came_again(ctx, await collection(OAuthCode).find_one({"_id": code["_id"]}) or code)
        raise InvalidGrantError("The code was used already")
    await keep_in_use(code["client_id"])
    return _issued(ctx, begun, begun["scopes"], server)


async def came_again(ctx: Context, code: OAuthCodeRecord) -> None:
    """End what came of a code that was used before."""
    if code["grant_id"] is not None:
        await end(ctx, code["user_id"], code["grant_id"], REPLAYED)


async def find_grant(ctx: Context, token: str, client_id: str) -> OAuthGrantRecord | None:
    """The grant that an application's refresh token renews; None where the token is worth nothing. One of before, which
    two have then, ends the grant."""
    read = read_refresh_token(ctx.services.signer.key, token)
    if read is None:
        return None
    grant_id, generation = read
    found = await collection(OAuthGrant).find_one({"_id": grant_id})
    if found is None or found["client_id"] != client_id or found["expires_at"] <= utc_now():
        return None
    if found["generation"] != generation:
        await end(ctx, found["user_id"], grant_id, REUSED)
        return None
    return found


async def renew(ctx: Context, grant: OAuthGrantRecord, scopes: Collection[str], server: Server) -> Issued:
    """The next tokens of a grant, for all of its scopes or some; its refresh token so far is worth nothing any more.

    Raises InvalidGrantError, and ends the grant, where that was used at the same moment.
    """
    user_id, generation = grant["user_id"], grant["generation"]

    async def body(change: Change) -> OAuthGrantRecord | None:
        expires_at = change.at + LIFETIME
        changes = {"expires_at": expires_at, "last_used_at": change.at, "generation": generation + 1}
        same = {"_id": grant["_id"], "generation": generation}
        if not (await collection(OAuthGrant).update_one(same, {"$set": changes}, session=change.session)).matched_count:
            return None
        change.append(user_id, OAuthGrantRenewed(grant_id=grant["_id"], expires_at=expires_at))
        return with_changes(grant, changes)

    renewed = (await ctx.write_as(user_id, user_id, body)).value
    if renewed is None:
        await end(ctx, user_id, grant["_id"], REUSED)
        raise InvalidGrantError("The refresh token was used already")
    await keep_in_use(grant["client_id"])
    return _issued(ctx, renewed, scopes, server)


async def end(ctx: Context, user_id: ObjectId, grant_id: ObjectId, reason: str) -> None:
    """End a grant, where it is there; its application asked for that, or somebody has what is its own."""

    async def body(change: Change) -> bool:
        return await _take(change, user_id, grant_id, reason)

    if (await ctx.write_as(user_id, user_id, body)).value:
        ctx.services.revoked()


async def take_all(change: Change, user_id: ObjectId) -> None:
    """End all grants of a person within a change, and the codes that are on their way."""
    await collection(OAuthCode).delete_many({"user_id": user_id}, session=change.session)
    found = await collection(OAuthGrant).find({"user_id": user_id}, {"_id": 1}, session=change.session).to_list()
    for grant in found:
        await _take(change, user_id, grant["_id"], REVOKED)


async def _take(change: Change, user_id: ObjectId, grant_id: ObjectId, reason: str) -> bool:
    taken = await find_and_delete(OAuthGrant, {"_id": grant_id, "user_id": user_id}, change.session)
    if taken is not None:
        change.append(user_id, OAuthGrantRevoked(grant_id=grant_id, reason=reason))
    return taken is not None


async def _end_oldest(change: Change, user_id: ObjectId) -> None:
    found = await collection(OAuthGrant).find({"user_id": user_id}, {"_id": 1}, session=change.session).to_list()
    for grant_id in sorted(grant["_id"] for grant in found)[: max(0, len(found) + 1 - MAX_OAUTH_GRANTS)]:
        await _take(change, user_id, grant_id, TOO_MANY)


def _issued(ctx: Context, grant: OAuthGrantRecord, scopes: Collection[str], server: Server) -> Issued:
    key, given = ctx.services.signer.key, frozenset(map(TokenScope, scopes))
    access = Access(grant["user_id"], grant["_id"], grant["client_id"], given, utc_now() + ACCESS_LIFETIME)
    return Issued(
        access_token(key, access, server),
        refresh_token(key, grant["_id"], grant["generation"]),
        tuple(in_order(given)),
    )
