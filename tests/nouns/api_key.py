"""Keys of an organization."""

from bson import ObjectId

from models import KeyUse
from models.base import collection, to_record
from resolvers.api_key import api_key
from resolvers.inputs.api_key import ApiKeyCreate, ApiKeyRotate, ApiKeyUpdate, KeyUseList
from tests.rest.story import Cast, ask_orkosi
from tests.world.paths import ORKOSI
from tests.world.sample import Sample, sent
from tests.world.world import World

KEYS = ORKOSI + "/organizations/{orgNumber}/api-keys"
KEY = KEYS + "/{keyId}"


async def make(world: World) -> None:
    robot = ApiKeyCreate.of(organization_id=world.ids["organization"], workspace_id=world.ids["workspace"], name="Key")
    made = await world.made(api_key.create_api_key, robot)
    world.tokens["key"], world.ids["api_token"] = made.secret, made.api_token["_id"]


async def orkosi_story(cast: Cast) -> None:
    ann, base = cast.ann, cast.orkosi
    [organization] = [each["id"] for each in (await ann.get("/organizations")).json() if f"/{each['slug']}/" in base]
    keys = f"{base}/organizations/{organization}/api-keys"
    values = {"name": "CI", "description": "The build server", "scopes": ["tasks:read", "tasks:write"]}
    made = await ask_orkosi(ann, "POST", keys, 201, **values, expires_at="2030-01-01T00:00:00Z")
    key = f"{keys}/{made['id']}"
    assert await ask_orkosi(ann, "GET", keys) == [await ask_orkosi(ann, "GET", key)]
    assert (await ask_orkosi(ann, "PATCH", key, name="Robot", is_active=True))["name"] == "Robot"
    rotated = await ask_orkosi(ann, "POST", f"{key}/rotate", grace_hours=48)
    assert rotated["previous_key_valid_until"] is not None
    rolled = await ask_orkosi(ann, "POST", f"{key}/roll")
    used = {
        "api_token_id": ObjectId(made["id"]),
        "method": "GET",
        "route": ORKOSI + "/auth/me",
        "status": 200,
        "ms": 12,
    }
    await collection(KeyUse).insert_one(to_record(KeyUse.model_validate(used)))
    assert [use["duration_ms"] for use in await ask_orkosi(ann, "GET", f"{key}/usage")] == [12]
    assert (await ask_orkosi(ann, "POST", f"{key}/revoke"))["is_active"] is False
    assert await ask_orkosi(ann, "DELETE", key) == {"id": made["id"], "deleted": True}
    assert rolled["key"] not in (made["key"], rotated["key"])


SAMPLE = Sample(
    make=make,
    places={"keyId": "api_token"},
    calls={
        "apiKey": lambda ids: (ids["api_token"],),
        "apiKeys": lambda ids: (ids["organization"],),
        "apiKeyCreate": lambda ids: (ApiKeyCreate.of(organization_id=ids["organization"], name="Robot"),),
        "apiKeyUpdate": lambda ids: (
            ids["api_token"],
            ApiKeyUpdate.of(name="Other", scopes=["projects:read"], is_active=False),
        ),
        "apiKeyRotate": lambda ids: (ids["api_token"], ApiKeyRotate()),
        "apiKeyRevoke": lambda ids: (ids["api_token"],),
        "apiKeyDelete": lambda ids: (ids["api_token"],),
        "apiKeyUses": lambda ids: (ids["api_token"], KeyUseList()),
    },
    makes_another={"apiKeyCreate"},
    counts={"apiKeyRotate"},
    routes={
        ("GET", KEYS): None,
        ("POST", KEYS): sent(name="More"),
        ("GET", KEY): None,
        ("PATCH", KEY): sent(name="Other"),
        ("DELETE", KEY): None,
        ("POST", KEY + "/revoke"): None,
        ("POST", KEY + "/rotate"): None,
        ("POST", KEY + "/roll"): None,
        ("GET", KEY + "/usage"): None,
    },
    unseen=dict.fromkeys(
        ("apiKeyRotate", "apiKeyRevoke"), "keys are for admins, and organizations have no stream that can be watched"
    ),
    orkosi_story=orkosi_story,
)
