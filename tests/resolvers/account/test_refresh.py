"""Refresh tokens: each goes on with its session once, and one that comes again ends it."""

import asyncio
from datetime import timedelta

import pytest

from models import Session
from models.base import collection
from models.errors import Unauthenticated
from resolvers.account.refresh import Renewed, refresh
from resolvers.inputs.account import AuthRefresh
from tests.resolvers.lab import People, again, event_types


async def go_on(people: People, token: str) -> Renewed:
    return await refresh(again(people.anonymous), AuthRefresh(refresh_token=token))


async def test_a_session_goes_on_by_one_token_after_the_other(people: People) -> None:
    # Given a session that is about to end
    ada = await people.register("ada")
    first = people.sign_ins[ada.user_id]
    soon = {"$set": {"expires_at": first.expires_at - timedelta(days=6)}}
    await collection(Session).update_one({"_id": ada.subject.credential_id}, soon)

    # When
    second = await go_on(people, first.refresh_token)
    third = await go_on(people, second.refresh_token)

    # Then
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert third.expires_at >= first.expires_at
    for token in (first.access_token, second.access_token, third.access_token):
        reader = await people.by_jwt(token)
        assert reader.subject.credential_id == ada.subject.credential_id
        assert reader.subject.expires_at == third.expires_at
    assert third.user["_id"] == ada.user_id
    assert (await event_types(ada.user_id))[-2:] == ["SessionRenewed", "SessionRenewed"]


async def test_a_token_that_comes_a_second_time_ends_the_session_for_everybody(people: People) -> None:
    # Given a token that was copied, and one that the session has gone on by
    ada = await people.register("ada")
    copied = people.sign_ins[ada.user_id].refresh_token
    latest = await go_on(people, copied)

    # When
    with pytest.raises(Unauthenticated, match="used before"):
        await go_on(people, copied)

    # Then neither the token of the one nor that of the other is worth anything
    with pytest.raises(Unauthenticated):
        await people.by_jwt(latest.access_token)
    with pytest.raises(Unauthenticated, match="has ended"):
        await go_on(people, latest.refresh_token)
    assert (await event_types(ada.user_id))[-1] == "SessionEnded"


async def test_of_one_token_at_the_same_time_in_two_hands_one_goes_on_and_the_session_ends(people: People) -> None:
    ada = await people.register("ada")
    token = people.sign_ins[ada.user_id].refresh_token

    made = await asyncio.gather(go_on(people, token), go_on(people, token), return_exceptions=True)

    assert sorted(type(one).__name__ for one in made) == ["Renewed", "Unauthenticated"]
    with pytest.raises(Unauthenticated):
        await people.by_jwt(people.sign_ins[ada.user_id].access_token)


async def test_what_the_gateway_has_not_made_ends_nothing(people: People) -> None:
    ada = await people.register("ada")
    signed_in = people.sign_ins[ada.user_id]
    session, turn, code = signed_in.refresh_token.removeprefix("rt_").split(".")

    for made_up in (f"rt_{session}.1.{code}", f"rt_{session}.{turn}.{'A' * 43}", "rt_", "x"):
        with pytest.raises(Unauthenticated, match="not valid"):
            await go_on(people, made_up)

    assert (await people.by_jwt(signed_in.access_token)).user_id == ada.user_id
