"""API keys of organizations: for their admins, signed in, and never with a key."""

from typing import Annotated

from bson import ObjectId
from pydantic import Field

from models.errors import NotFound
from models.ids import Kind
from models.limits import MARKDOWN
from resolvers.api_key.api_key import (
    create_api_key,
    delete_api_key,
    get_api_key,
    list_api_keys,
    revoke_api_key,
    rotate_api_key,
    update_api_key,
)
from resolvers.api_key.use import list_api_key_uses
from resolvers.inputs.api_key import (
    MAX_GRACE_HOURS,
    USUAL_GRACE_HOURS,
    ApiKeyCreate,
    ApiKeyRotate,
    ApiKeyUpdate,
    KeyUseList,
)
from resolvers.inputs.api_token import Future
from resolvers.kit.access import access
from resolvers.kit.input import Flag, Name, NotNull
from resolvers.kit.nouns import API_TOKEN, ORGANIZATION
from rest.orkosi.bodies import Body, Deleted, deleted
from rest.orkosi.dialect import orkosi_routes
from rest.orkosi.ids import path_id
from rest.orkosi.paging import PageQuery, listed_of, whole_of
from rest.orkosi.present.api_key import ApiKeyData, KeyUseData, api_key, key_use, new_api_key
from rest.orkosi.scope_words import ScopeWords
from rest.routing import Call

routes = orkosi_routes(
    "api keys",
    "/organizations/{orgNumber}/api-keys",
    about="What programs of an organization sign in with: for its admins, signed in.",
    place=70,
    tag_place=40,
)


class ApiKeyBody(Body):
    """A new key. Without `scopes` it reads and writes tasks, products, agents and templates."""

    name: Name
    description: Annotated[str, MARKDOWN] | None = None
    scopes: ScopeWords | None = None
    expires_at: Future | None = None


class ApiKeyChange(Body):
    """What changes of a key. Only what is given does."""

    name: Annotated[Name | None, NotNull] = None
    description: Annotated[str, MARKDOWN] | None = None
    scopes: Annotated[ScopeWords | None, NotNull] = None
    is_active: Annotated[Flag | None, NotNull] = None


class RotateBody(Body):
    """For how many hours the text of before counts too."""

    grace_hours: Annotated[int, Field(strict=True, ge=0, le=MAX_GRACE_HOURS)] = USUAL_GRACE_HOURS


@routes.get("", "List API keys of an organization", runs=list_api_keys)
async def find(call: Call) -> list[ApiKeyData]:
    """The newest first, revoked ones too; their texts are masked."""
    return whole_of(call, [api_key(key) for key in await list_api_keys(call.ctx, await _organization(call))])


@routes.post("", "Create an API key", runs=create_api_key, body=ApiKeyBody)
async def create(call: Call) -> ApiKeyData:
    """Its text is in this answer, and never again. It works in the organization's default workspace, or else in
    its first whose members the caller manages."""
    given = call.body(ApiKeyBody).given()
    values = ApiKeyCreate.of(organization_id=await _organization(call), **given)
    return new_api_key((await create_api_key(call.ctx, values)).value)


@routes.get("/{keyId}", "Read an API key", runs=get_api_key)
async def get(call: Call) -> ApiKeyData:
    return api_key(await get_api_key(call.ctx, await _key(call)))


@routes.patch("/{keyId}", "Change an API key", runs=update_api_key, body=ApiKeyChange)
async def update(call: Call) -> ApiKeyData:
    """Its name, description and scopes, or whether it lets in. A revoked one lets in no more: 409."""
    values = ApiKeyUpdate.of(**call.body(ApiKeyChange).given())
    return api_key((await update_api_key(call.ctx, await _key(call), values)).value)


@routes.delete("/{keyId}", "Delete an API key", runs=delete_api_key, body=None)
async def delete(call: Call) -> Deleted:
    """It lets nobody in any more, and is found no more; what was written with it keeps its author."""
    return deleted((await delete_api_key(call.ctx, await _key(call))).value)


@routes.post("/{keyId}/revoke", "Revoke an API key", runs=revoke_api_key, body=None, status=200)
async def revoke(call: Call) -> ApiKeyData:
    """For good, and at once."""
    return api_key((await revoke_api_key(call.ctx, await _key(call))).value)


@routes.post("/{keyId}/rotate", "Rotate an API key", runs=rotate_api_key, body=RotateBody, status=200)
async def rotate(call: Call) -> ApiKeyData:
    """Its new text is in this answer, and never again. The text of before counts too for `grace_hours`, 24 by default;
    any older one no more. A revoked key: 409."""
    return await _rotated(call, call.body(RotateBody).grace_hours)


@routes.post("/{keyId}/roll", "Roll an API key", runs=rotate_api_key, body=None, status=200)
async def roll(call: Call) -> ApiKeyData:
    """As rotating it, where the text of before counts no more."""
    return await _rotated(call, 0)


@routes.get("/{keyId}/usage", "Read what an API key was used for", runs=list_api_key_uses, query=PageQuery)
async def get_usage(call: Call) -> list[KeyUseData]:
    """Requests of the last 90 days, the newest first. At most 10,000 are counted."""
    query = call.query(PageQuery)
    values = KeyUseList(offset=query.offset, limit=query.limit)
    uses = await list_api_key_uses(call.ctx, await _key(call), values)
    return listed_of(call, query, [key_use(use) for use in uses.nodes], uses.total_count)


async def _rotated(call: Call, grace_hours: int) -> ApiKeyData:
    values = ApiKeyRotate(grace_hours=grace_hours)
    return new_api_key((await rotate_api_key(call.ctx, await _key(call), values)).value)


async def _organization(call: Call) -> ObjectId:
    return await path_id(call, "orgNumber", ORGANIZATION)


async def _key(call: Call) -> ObjectId:
    """The key of the path, if it is one of the organization of the path."""
    organization_id = await _organization(call)
    wanted = call.id("keyId", Kind.API_TOKEN)
    key = await access(call.ctx, API_TOKEN, wanted, API_TOKEN.reads, fields=frozenset({"organization_id"}))
    if key["organization_id"] != organization_id:
        raise NotFound("API key")
    return wanted
