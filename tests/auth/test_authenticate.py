"""From a request's credential to a subject."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from bson import ObjectId

from auth.authenticate import authenticate, check_csrf, still_valid
from auth.jwt import JwtSigner
from auth.secrets import hash_secret, new_token
from auth.sessions import start_session
from auth.subject import ALL_SCOPES, ANONYMOUS, Credential, Subject
from gateway.database import Database
from models import ApiToken, Session
from models.base import AnyRecord, Record, collection, to_record, utc_now
from models.enums import TokenScope
from models.errors import Forbidden, Unauthenticated
from models.ids import Kind, new_id

SIGNER = JwtSigner("test-" * 10)


class SignedIn:
    """A session with both of its credentials."""

    def __init__(self, record: AnyRecord, cookie: str) -> None:
        self.user_id: ObjectId = record["user_id"]
        self.session_id: ObjectId = record["_id"]
        self.csrf_token: str = record["csrf_token"]
        self.cookie = cookie
        self.jwt = SIGNER.sign(
            self.user_id, self.session_id, issued_at=record["created_at"], expires_at=utc_now() + timedelta(days=1)
        )

    async def expire(self) -> None:
        past = {"$set": {"expires_at": utc_now() - timedelta(seconds=1)}}
        await collection(Session).update_one({"_id": self.session_id}, past)

    async def end(self) -> None:
        await collection(Session).delete_one({"_id": self.session_id})


@pytest.fixture
async def signed_in(database: Database) -> AsyncIterator[SignedIn]:
    async with database.client.start_session() as session:
        yield SignedIn(*await start_session(new_id(Kind.USER), timedelta(days=1), session))


async def make_token(**values: object) -> tuple[str, Record]:
    secret = new_token()
    token = ApiToken.model_validate(
        {
            "user_id": new_id(Kind.USER),
            "name": "test",
            "prefix": secret[:9],
            "secret_hash": hash_secret(secret),
            "scopes": ["projects:read"],
            **values,
        }
    )
    record = to_record(token)
    await collection(ApiToken).insert_one(record)
    return secret, record


async def by_bearer(token: str) -> Subject:
    return await authenticate(SIGNER, authorization=f"Bearer {token}", cookie=None)


async def by_cookie(cookie: str) -> Subject:
    return await authenticate(SIGNER, authorization=None, cookie=cookie)


async def test_no_credential_is_anonymous() -> None:
    assert await authenticate(SIGNER, authorization=None, cookie=None) is ANONYMOUS
    with pytest.raises(Unauthenticated):
        ANONYMOUS.require_user()


async def test_a_jwt_and_a_cookie_are_a_person_with_every_scope(signed_in: SignedIn) -> None:
    jwt, cookie = await by_bearer(signed_in.jwt), await by_cookie(signed_in.cookie)

    assert (jwt.credential, cookie.credential) == (Credential.JWT, Credential.SESSION)
    for subject in (jwt, cookie):
        assert (subject.user_id, subject.credential_id) == (signed_in.user_id, signed_in.session_id)
        assert subject.is_person
        assert subject.scopes == ALL_SCOPES


async def test_the_authorization_header_goes_before_the_cookie(signed_in: SignedIn) -> None:
    secret, token = await make_token()

    subject = await authenticate(SIGNER, authorization=f"bearer  {secret}", cookie=signed_in.cookie)

    assert subject.user_id == token["user_id"]
    with pytest.raises(Unauthenticated):
        await authenticate(SIGNER, authorization="Bearer nonsense", cookie=signed_in.cookie)


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer  ", "sl_x", "Bearer sl_unknown", "Bearer a.b.c"])
async def test_a_wrong_header_never_passes_as_anonymous(database: Database, header: str) -> None:
    with pytest.raises(Unauthenticated):
        await authenticate(SIGNER, authorization=header, cookie=None)


@pytest.mark.parametrize(
    "cookie",
    [
        *("x", ".", "0" * 24, f"{'0' * 24}.x", f"{'g' * 24}.x", "\ud800" * 24 + ".x"),
        pytest.param(f"{new_id(Kind.USER)}.x", id="nobody's"),
    ],
)
async def test_a_cookie_that_is_not_ours_is_anonymous(database: Database, cookie: str) -> None:
    assert await by_cookie(cookie) is ANONYMOUS


async def test_a_cookie_with_another_secret_is_anonymous(signed_in: SignedIn) -> None:
    head = signed_in.cookie.partition(".")[0]

    assert await by_cookie(f"{head}.wrong") is ANONYMOUS
    assert await by_cookie(head) is ANONYMOUS


async def test_an_ended_session_ends_its_jwt_its_cookie_and_what_they_opened(signed_in: SignedIn) -> None:
    subject = await by_bearer(signed_in.jwt)
    assert await still_valid(subject)

    await signed_in.end()

    with pytest.raises(Unauthenticated):
        await by_bearer(signed_in.jwt)
    assert await by_cookie(signed_in.cookie) is ANONYMOUS
    assert not await still_valid(subject)


async def test_an_expired_session_is_over_before_the_database_removes_it(signed_in: SignedIn) -> None:
    subject = await by_cookie(signed_in.cookie)

    await signed_in.expire()

    with pytest.raises(Unauthenticated):
        await by_bearer(signed_in.jwt)
    assert await by_cookie(signed_in.cookie) is ANONYMOUS
    assert not await still_valid(subject)


async def test_a_jwt_of_another_users_session_is_refused(signed_in: SignedIn) -> None:
    now = utc_now()
    forged = SIGNER.sign(new_id(Kind.USER), signed_in.session_id, issued_at=now, expires_at=now + timedelta(days=1))

    with pytest.raises(Unauthenticated):
        await by_bearer(forged)


async def test_a_token_is_no_person_and_has_its_own_scopes(database: Database) -> None:
    secret, token = await make_token()

    subject = await by_bearer(secret)

    assert subject.scopes == {TokenScope.PROJECTS_READ}
    assert (subject.credential, subject.credential_id) == (Credential.TOKEN, token["_id"])
    assert not subject.is_person
    assert await still_valid(subject)


async def test_the_token_of_an_agent_is_bound_to_its_workspace(database: Database) -> None:
    workspace_id, agent_id = new_id(Kind.WORKSPACE), new_id(Kind.AGENT)
    secret, _ = await make_token(agent_id=agent_id, workspace_id=workspace_id)

    subject = await by_bearer(secret)

    assert (subject.agent_id, subject.workspace_id) == (agent_id, workspace_id)


async def test_expired_and_revoked_tokens_are_refused_and_end_what_they_opened(database: Database) -> None:
    secret, token = await make_token(expires_at=utc_now() + timedelta(days=1))
    subject = await by_bearer(secret)

    past = {"$set": {"expires_at": utc_now() - timedelta(seconds=1)}}
    await collection(ApiToken).update_one({"_id": token["_id"]}, past)
    with pytest.raises(Unauthenticated, match="expired"):
        await by_bearer(secret)
    assert not await still_valid(subject)

    await collection(ApiToken).delete_one({"_id": token["_id"]})
    with pytest.raises(Unauthenticated, match="revoked"):
        await by_bearer(secret)
    assert not await still_valid(subject)


async def test_the_last_use_of_a_token_is_noted_once_a_minute(database: Database) -> None:
    secret, token = await make_token()

    async def last_used() -> object:
        found = await collection(ApiToken).find_one({"_id": token["_id"]})
        return found and found["last_used_at"]

    await by_bearer(secret)
    first = await last_used()
    await by_bearer(secret)
    second = await last_used()
    long_ago = utc_now() - timedelta(minutes=2)
    await collection(ApiToken).update_one({"_id": token["_id"]}, {"$set": {"last_used_at": long_ago}})
    await by_bearer(secret)

    assert first is not None
    assert second == first
    assert await last_used() not in (long_ago, None)


async def test_an_unsafe_request_with_a_cookie_repeats_the_csrf_token(signed_in: SignedIn) -> None:
    subject = await by_cookie(signed_in.cookie)

    check_csrf(subject, signed_in.csrf_token)
    for sent in (None, "", "wrong", "é"):
        with pytest.raises(Forbidden):
            check_csrf(subject, sent)


async def test_a_bearer_credential_needs_no_csrf_token(signed_in: SignedIn) -> None:
    check_csrf(await by_bearer(signed_in.jwt), None)
    check_csrf(ANONYMOUS, None)


async def test_secrets_are_stored_as_hashes_and_not_shown(signed_in: SignedIn) -> None:
    stored = await collection(Session).find_one({"_id": signed_in.session_id})
    subject = await by_cookie(signed_in.cookie)

    assert signed_in.cookie.partition(".")[2] not in str(stored)
    assert signed_in.csrf_token not in repr(subject)


async def test_what_a_key_may_no_more_ends_what_it_was_let_in_for(database: Database) -> None:
    before, now = new_token(), utc_now()
    secret, token = await make_token(
        organization_id=new_id(Kind.ORGANIZATION),
        previous_hash=hash_secret(before),
        previous_until=now + timedelta(hours=1),
        rotations=1,
    )
    of_key, tokens = {"_id": token["_id"]}, collection(ApiToken)
    current, previous = await by_bearer(secret), await by_bearer(before)

    async def standing(**values: object) -> list[bool]:
        """Whether each of the two still stands where the key is otherwise."""
        await tokens.update_one(of_key, {"$set": values})
        stands = [await still_valid(subject) for subject in (current, previous)]
        await tokens.replace_one(of_key, token)
        return stands

    # The text of before ends by itself
    assert (current.organization_id, current.expires_at) == (token["organization_id"], None)
    assert previous.expires_at == token["previous_until"]
    assert await standing() == [True, True]
    assert await standing(previous_until=now - timedelta(seconds=1)) == [True, False]

    # Another rotation ends it, and without grace the one that was there, too
    assert await standing(rotations=2, previous_until=now + timedelta(hours=1)) == [True, False]
    assert await standing(rotations=2, previous_until=None) == [False, False]
    ways: list[Record] = [{"is_active": False}, {"revoked_at": now}, {"deleted_at": now}, {"scopes": []}]
    for ended in ways:
        assert await standing(**ended) == [False, False]

    # A token of before has none of it
    await tokens.update_one(
        of_key, {"$unset": dict.fromkeys(("is_active", "revoked_at", "deleted_at", "rotations"), 1)}
    )
    await by_bearer(secret)
    await tokens.update_one(of_key, {"$set": {"previous_until": now}})
    with pytest.raises(Unauthenticated):
        await by_bearer(before)
