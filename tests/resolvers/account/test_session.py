"""The list of sessions, and ending them."""

import asyncio
from datetime import timedelta

import pytest

from auth.authenticate import authenticate
from auth.subject import Subject
from models import Session
from models.base import collection, utc_now
from models.errors import NotFound, OrreryError, Unauthenticated
from resolvers.account.account import log_in
from resolvers.account.session import list_sessions, revoke_other_sessions, revoke_session
from resolvers.account.sign_in import SignIn
from resolvers.inputs.account import AuthLogin
from resolvers.kit.context import Context
from tests.patience import PATIENCE
from tests.resolvers.lab import PASSWORD, People, again, event_types
from tests.stubs import stub


async def sign_in(people: People, ctx: Context, user_agent: str) -> SignIn:
    anonymous = Context(Subject(user_agent=user_agent), people.anonymous.services)
    return await log_in(anonymous, AuthLogin(email=people.email(ctx), password=PASSWORD))


async def test_sessions_tell_the_device_and_which_is_this_one(people: People) -> None:
    ada = await people.register("ada")
    phone = await sign_in(people, ada, "Phone/1.0")

    found = await list_sessions(await people.by_jwt(phone.access_token))

    assert [(one["user_agent"], one["is_current"]) for one in found] == [("Phone/1.0", True), (None, False)]
    assert found[0].keys() == {"_id", "user_agent", "created_at", "last_used_at", "expires_at", "is_current"}


async def test_what_a_client_calls_itself_is_cut_and_cleaned(people: People) -> None:
    subject = await authenticate(
        people.anonymous.services.signer, authorization=None, cookie=None, user_agent="A\x00\x1b[31m" + "x" * 1000
    )

    assert subject.user_id is None
    assert subject.user_agent is not None
    assert subject.user_agent.startswith("A[31mx")
    assert len(subject.user_agent) <= 300


async def test_using_a_session_is_noted_once_a_minute(people: People) -> None:
    ada = await people.register("ada")
    session = {"_id": ada.subject.credential_id}
    long_ago = utc_now() - timedelta(hours=1)
    await collection(Session).update_one(session, {"$set": {"last_used_at": long_ago}})

    token = people.sign_ins[ada.user_id].access_token
    times = []
    for _ in range(2):
        await people.by_jwt(token)
        found = await collection(Session).find_one(session)
        assert found is not None
        times.append(stub(found)["last_used_at"])

    assert times[0] > long_ago
    assert times[0] == times[1]


async def test_an_expired_session_is_not_listed(people: People) -> None:
    ada = await people.register("ada")
    phone = await sign_in(people, ada, "Phone/1.0")
    past = {"$set": {"expires_at": utc_now() - timedelta(seconds=1)}}
    await collection(Session).update_many({"user_id": ada.user_id, "user_agent": "Phone/1.0"}, past)

    assert [one["user_agent"] for one in await list_sessions(again(ada))] == [None]
    with pytest.raises(Unauthenticated):
        await people.by_jwt(phone.access_token)


async def test_a_session_that_is_revoked_ends_with_what_is_open_on_it(people: People) -> None:
    # Given
    ada = await people.register("ada")
    phone = await people.by_jwt((await sign_in(people, ada, "Phone/1.0")).access_token)
    ended: asyncio.Future[OrreryError] = asyncio.get_running_loop().create_future()
    ada.services.guard.watch(phone.subject, ended.set_result)
    assert phone.subject.credential_id is not None

    # When
    await revoke_session(again(ada), phone.subject.credential_id)

    # Then
    assert isinstance(await asyncio.wait_for(ended, PATIENCE), Unauthenticated)
    assert len(await list_sessions(again(ada))) == 1
    assert (await event_types(ada.user_id))[-1] == "SessionEnded"
    with pytest.raises(NotFound):
        await revoke_session(again(ada), phone.subject.credential_id)


async def test_the_session_of_somebody_else_does_not_exist(people: People) -> None:
    ada, eve = await people.register("ada"), await people.register("eve")
    assert ada.subject.credential_id is not None

    with pytest.raises(NotFound):
        await revoke_session(eve, ada.subject.credential_id)

    assert len(await list_sessions(again(ada))) == 1


async def test_all_others_end_and_this_one_stays(people: People) -> None:
    ada = await people.register("ada")
    others = [await sign_in(people, ada, f"Device/{number}") for number in range(3)]

    done = await revoke_other_sessions(again(ada))
    nothing = await revoke_other_sessions(again(ada))

    assert (done.value, nothing.value) == (3, 0)
    for other in others:
        with pytest.raises(Unauthenticated):
            await people.by_jwt(other.access_token)
    assert [one["is_current"] for one in await list_sessions(again(ada))] == [True]
    assert (await event_types(ada.user_id)).count("SessionsEnded") == 1
