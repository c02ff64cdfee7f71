"""Personal access tokens."""

from datetime import timedelta
from typing import Any

import pytest

from auth.subject import USUAL_SCOPES
from models import ApiToken
from models.base import collection, utc_now
from models.enums import TokenScope
from models.errors import BadUserInput, Conflict, Forbidden, NotFound, Unauthenticated
from models.ids import Kind, new_id
from resolvers.account.account import get_viewer, update_user
from resolvers.account.api_token import create_api_token, list_api_tokens, revoke_api_token
from resolvers.inputs.account import UserUpdate
from resolvers.inputs.api_token import ApiTokenCreate
from resolvers.kit.ceilings import MAX_LIVE_TOKENS
from resolvers.kit.input import read_input
from tests.resolvers.lab import People, again, event_types
from tests.stubs import stub, stubs


def token_input(**values: Any) -> ApiTokenCreate:
    return read_input(ApiTokenCreate, {"name": "laptop", **values})


async def test_a_token_works_and_its_secret_is_kept_as_a_hash_only(people: People) -> None:
    ada = await people.register("ada")

    created = (await create_api_token(ada, token_input())).value
    ctx = await people.by_jwt(created.secret)

    stored = await collection(ApiToken).find_one({"_id": created.api_token["_id"]})
    assert stored is not None
    assert ctx.user_id == ada.user_id
    assert created.secret.startswith("sl_")
    assert created.api_token["prefix"] == created.secret[:9]
    assert created.secret not in stored.values()
    assert "secret_hash" not in stub(created.api_token)
    assert created.api_token["scopes"] == list(USUAL_SCOPES)
    assert (await event_types(ada.user_id))[-1] == "ApiTokenCreated"


async def test_tokens_are_listed_newest_first_with_their_last_use_and_without_secrets(people: People) -> None:
    ada = await people.register("ada")
    first = (await create_api_token(ada, token_input(name="first"))).value
    await create_api_token(ada, token_input(name="second"))
    await people.by_jwt(first.secret)

    listed = await list_api_tokens(again(ada))

    assert [one["name"] for one in listed] == ["second", "first"]
    assert [one["last_used_at"] is None for one in listed] == [True, False]
    assert not any("secret_hash" in one for one in listed)


async def test_tokens_of_others_are_not_listed(people: People) -> None:
    ada, bob = await people.register("ada"), await people.register("bob")
    await create_api_token(ada, token_input())

    assert await list_api_tokens(bob) == []


async def test_a_token_does_what_its_scopes_allow_and_no_more(people: People) -> None:
    ada = await people.register("ada")
    ctx = await people.with_token(ada, ["account:read"])

    with pytest.raises(Forbidden) as refused:
        await update_user(ctx, read_input(UserUpdate, {"name": "Eve"}))

    assert "account:write" in refused.value.message
    assert (await get_viewer(ctx))["name"] == "ada"


async def test_repeated_scopes_are_kept_once_in_their_order() -> None:
    scopes = ["projects:write", "account:read", "projects:write"]

    assert token_input(scopes=scopes).scopes == [TokenScope.PROJECTS_WRITE, TokenScope.ACCOUNT_READ]
    assert token_input(scopes=None).scopes == list(USUAL_SCOPES)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": "projects:read"}, "scopes"),
        ({"scopes": ["projects:read", "root"]}, "scopes"),
        ({"scopes": [["projects:read"]]}, "scopes"),
        ({"scopes": [{"$ne": 1}]}, "scopes"),
        ({"expiresAt": "2020-01-01"}, "expiresAt"),
        ({"expiresAt": "tomorrow"}, "expiresAt"),
        ({"expiresAt": 99999999999}, "expiresAt"),
        ({"userId": str(new_id(Kind.USER))}, "userId"),
    ],
)
def test_bad_input_of_a_token_names_its_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(BadUserInput) as refused:
        token_input(**values)

    assert refused.value.field == field


def test_an_unknown_scope_is_named() -> None:
    with pytest.raises(BadUserInput, match="root"):
        token_input(scopes=["root"])


async def test_an_expired_token_is_refused_and_still_listed(people: People) -> None:
    ada = await people.register("ada")
    created = (await create_api_token(ada, token_input(expiresAt="2099-01-01T00:00:00Z"))).value
    past = utc_now() - timedelta(seconds=1)
    await collection(ApiToken).update_one({"_id": created.api_token["_id"]}, {"$set": {"expires_at": past}})

    with pytest.raises(Unauthenticated, match="expired"):
        await people.by_jwt(created.secret)
    assert [one["_id"] for one in await list_api_tokens(ada)] == [created.api_token["_id"]]


async def test_a_revoked_token_is_refused(people: People) -> None:
    ada = await people.register("ada")
    created = (await create_api_token(ada, token_input())).value

    await revoke_api_token(ada, str(created.api_token["_id"]))

    with pytest.raises(Unauthenticated):
        await people.by_jwt(created.secret)
    assert await list_api_tokens(ada) == []
    assert (await event_types(ada.user_id))[-1] == "ApiTokenRevoked"


async def test_the_token_of_another_person_does_not_exist(people: People) -> None:
    ada, bob = await people.register("ada"), await people.register("bob")
    created = (await create_api_token(ada, token_input())).value
    before = await event_types(bob.user_id)

    with pytest.raises(NotFound) as others:
        await revoke_api_token(bob, created.api_token["_id"])
    with pytest.raises(NotFound) as nobodys:
        await revoke_api_token(bob, new_id(Kind.API_TOKEN))

    assert others.value.message == nobodys.value.message
    assert (await people.by_jwt(created.secret)).user_id == ada.user_id
    assert await event_types(bob.user_id) == before


async def test_the_id_of_something_else_is_bad_input(people: People) -> None:
    ada = await people.register("ada")

    with pytest.raises(BadUserInput):
        await revoke_api_token(ada, ada.user_id)


async def test_tokens_are_managed_by_the_signed_in_person_alone(people: People) -> None:
    ada = await people.register("ada")
    created = (await create_api_token(ada, token_input())).value
    ctx = await people.by_jwt(created.secret)

    with pytest.raises(Forbidden):
        await create_api_token(ctx, token_input())
    with pytest.raises(Forbidden):
        await list_api_tokens(ctx)
    with pytest.raises(Forbidden):
        await revoke_api_token(ctx, created.api_token["_id"])

    assert len(await list_api_tokens(ada)) == 1


async def test_a_person_has_at_most_a_hundred_live_tokens(people: People) -> None:
    ada = await people.register("ada")
    created = (await create_api_token(ada, token_input())).value
    stored = await collection(ApiToken).find_one({"_id": created.api_token["_id"]})
    assert stored is not None
    copies = [{**stored, "_id": new_id(Kind.API_TOKEN), "secret_hash": f"{ada.user_id}{n}"} for n in range(99)]
    await stubs(ApiToken).insert_many(copies)

    with pytest.raises(Conflict, match=str(MAX_LIVE_TOKENS)):
        await create_api_token(ada, token_input())
    expired = {"$set": {"expires_at": utc_now() - timedelta(days=1)}}
    await collection(ApiToken).update_one({"_id": copies[0]["_id"]}, expired)

    assert (await create_api_token(ada, token_input())).value.secret
