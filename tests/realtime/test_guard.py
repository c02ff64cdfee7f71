"""The guard: what is open ends with the reason once its reader may read no more, and nothing else does."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from bson import ObjectId

from auth.policies import board
from auth.policies import workspace as policy
from auth.policies.permission import Permission
from auth.subject import ALL_SCOPES, ANONYMOUS, Credential, Renewals, Subject
from gateway.settings import Settings
from models import ApiToken, Session, WorkspaceMember
from models.base import collection, to_record, utc_now
from models.enums import PilotageRole, Role, TokenScope
from models.errors import Forbidden, NotFound, OrreryError, Unauthenticated, Unavailable
from models.ids import IDS_PER_QUERY, Kind, new_id
from realtime.guard import Guard, Watch
from tests.gateway.lab import count_queries

PATIENCE = 20.0
OFTEN = 0.02
SELDOM = 600.0

pytestmark = pytest.mark.usefixtures("database")


class Reader:
    """Somebody who reads; `ended` is what it was told."""

    def __init__(self) -> None:
        self.ended: list[OrreryError] = []
        self._told = asyncio.Event()

    def end(self, reason: OrreryError) -> None:
        self.ended.append(reason)
        self._told.set()

    async def end_of_reading(self) -> OrreryError:
        async with asyncio.timeout(PATIENCE):
            await self._told.wait()
        return self.ended[0]


@asynccontextmanager
async def guarding(period: float = OFTEN, patience: float = PATIENCE) -> AsyncIterator[Guard]:
    guard = Guard(period=period, patience=patience)
    await guard.start()
    try:
        yield guard
    finally:
        await guard.stop()


@pytest.fixture
async def guard() -> AsyncIterator[Guard]:
    """One that goes round all the time."""
    async with guarding() as running:
        yield running


async def sign_in(user_id: ObjectId | None = None, *, expires_at: datetime | None = None) -> Subject:
    """Somebody with a session."""
    session = to_record(
        Session(
            user_id=user_id or new_id(Kind.USER),
            secret_hash="",
            csrf_token="",
            expires_at=expires_at or utc_now() + timedelta(days=1),
        )
    )
    await collection(Session).insert_one(session)
    return Subject(session["user_id"], Credential.JWT, ALL_SCOPES, session["_id"])


async def with_token(expires_at: datetime | None = None) -> Subject:
    """Somebody with a personal access token."""
    scopes = [TokenScope.PROJECTS_READ]
    token = to_record(
        ApiToken(
            user_id=new_id(Kind.USER),
            name="",
            prefix="",
            secret_hash=str(ObjectId()),
            scopes=scopes,
            expires_at=expires_at,
        )
    )
    await collection(ApiToken).insert_one(token)
    return Subject(token["user_id"], Credential.TOKEN, frozenset(scopes), token["_id"])


async def join(subject: Subject, role: Role = Role.MEMBER) -> ObjectId:
    """A membership of a new workspace."""
    member = to_record(
        WorkspaceMember(
            workspace_id=new_id(Kind.WORKSPACE),
            organization_id=new_id(Kind.ORGANIZATION),
            user_id=subject.require_user(),
            role=role,
            pilotage_role=PilotageRole.VIEWER,
        )
    )
    await collection(WorkspaceMember).insert_one(member)
    return ObjectId(member["_id"])


def watch(
    guard: Guard, subject: Subject, membership_id: ObjectId | None = None, permission: Permission = board.READ
) -> tuple[Reader, Watch]:
    reader = Reader()
    return reader, guard.watch(subject, reader.end, membership_id=membership_id, permission=permission)


async def rounds(guard: Guard) -> None:
    """Until everything that is watched now was asked for, by the end of somebody who is watched last."""
    reader, _ = watch(guard, await sign_in(expires_at=utc_now() - timedelta(seconds=1)))
    other, _ = watch(guard, await sign_in(), new_id(Kind.WORKSPACE_MEMBER))
    await reader.end_of_reading()
    await other.end_of_reading()


# --- how it ends -------------------------------------------------------------------------------------------------


async def test_reading_ends_with_its_session(guard: Guard) -> None:
    subject = await sign_in()
    reader, _ = watch(guard, subject)

    await collection(Session).delete_one({"_id": subject.credential_id})

    assert isinstance(await reader.end_of_reading(), Unauthenticated)


async def test_reading_ends_with_its_token(guard: Guard) -> None:
    subject = await with_token()
    reader, _ = watch(guard, subject)

    await collection(ApiToken).delete_one({"_id": subject.credential_id})

    assert isinstance(await reader.end_of_reading(), Unauthenticated)


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"rotations": 1}, {"scopes": []}], ids=lambda change: next(iter(change))
)
async def test_reading_ends_where_a_key_lets_in_no_more_or_for_less(guard: Guard, change: dict[str, object]) -> None:
    subject = await with_token()
    reader, _ = watch(guard, subject)

    await collection(ApiToken).update_one({"_id": subject.credential_id}, {"$set": change})

    assert isinstance(await reader.end_of_reading(), Unauthenticated)


async def test_reading_of_a_workspace_ends_with_the_membership(guard: Guard) -> None:
    subject = await sign_in()
    membership = await join(subject)
    inside, _ = watch(guard, subject, membership)
    elsewhere, _ = watch(guard, subject)

    await collection(WorkspaceMember).delete_one({"_id": membership})

    assert isinstance(await inside.end_of_reading(), NotFound)
    await rounds(guard)
    assert elsewhere.ended == []


async def test_reading_that_takes_a_role_ends_with_the_role(guard: Guard) -> None:
    subject = await sign_in()
    membership = await join(subject, Role.ADMIN)
    administration, _ = watch(guard, subject, membership, policy.UPDATE)
    reading, _ = watch(guard, subject, membership, policy.READ)

    await collection(WorkspaceMember).update_one({"_id": membership}, {"$set": {"role": Role.MEMBER.value}})

    reason = await administration.end_of_reading()
    assert isinstance(reason, Forbidden)
    assert "owner or admin" in reason.message
    await rounds(guard)
    assert reading.ended == []


async def test_an_expiry_is_kept_to_the_moment_however_seldom_the_guard_goes_round() -> None:
    # Given credentials that end in a moment
    end = utc_now() + timedelta(seconds=1)
    async with guarding(SELDOM) as guard:
        session, _ = watch(guard, await sign_in(expires_at=end))
        token, _ = watch(guard, await with_token(expires_at=end))
        lasting, _ = watch(guard, await with_token())

        # When the guard has seen them once
        guard.look()

        # Then they end then
        for reader in (session, token):
            assert isinstance(await reader.end_of_reading(), Unauthenticated)
    assert utc_now() >= end
    assert lasting.ended == []


async def test_a_look_is_taken_at_once() -> None:
    async with guarding(SELDOM) as guard:
        subject = await sign_in()
        reader, _ = watch(guard, subject)
        await collection(Session).delete_one({"_id": subject.credential_id})

        guard.look()

        assert isinstance(await reader.end_of_reading(), Unauthenticated)


# --- who does not end --------------------------------------------------------------------------------------------


async def test_each_is_told_once_and_who_has_left_is_not_told(guard: Guard) -> None:
    # Given two that read with one session, one of which leaves
    subject = await sign_in()
    membership = await join(subject)
    staying, watched = watch(guard, subject, membership)
    leaving, left = watch(guard, subject, membership)
    left.release()

    # When both the session and the membership end
    await collection(Session).delete_one({"_id": subject.credential_id})
    await collection(WorkspaceMember).delete_one({"_id": membership})
    await staying.end_of_reading()
    await rounds(guard)

    # Then the other is told, once
    assert len(staying.ended) == 1
    assert leaving.ended == []
    watched.release()


async def test_somebody_anonymous_has_nothing_that_could_end(guard: Guard) -> None:
    reader, watched = watch(guard, ANONYMOUS)

    await rounds(guard)

    assert reader.ended == []
    watched.release()


async def test_a_reader_that_fails_to_end_does_not_keep_the_others(guard: Guard) -> None:
    subject = await sign_in()

    def fail(_reason: OrreryError) -> None:
        raise RuntimeError("closed already")

    guard.watch(subject, fail)
    reader, _ = watch(guard, subject)
    await collection(Session).delete_one({"_id": subject.credential_id})

    assert isinstance(await reader.end_of_reading(), Unauthenticated)


async def test_a_new_credential_takes_the_place_of_one_that_ends(guard: Guard) -> None:
    # Given two sockets of one sign-in
    old = await sign_in()
    other = Subject(old.user_id, old.credential, old.scopes, old.credential_id)
    membership = await join(old)
    renewing = [watch(guard, old)[0], watch(guard, old, membership)[0]]
    neglecting, _ = watch(guard, other)

    # When one of them brings another sign-in, and the first ends
    new = guard.renew(old, await sign_in(old.require_user()))
    await collection(Session).delete_one({"_id": old.credential_id})

    # Then the other one ends
    assert isinstance(await neglecting.end_of_reading(), Unauthenticated)
    await rounds(guard)
    assert [reader.ended for reader in renewing] == [[], []]
    # And this one does when the second sign-in has ended
    await collection(Session).delete_one({"_id": new.credential_id})
    for reader in renewing:
        assert isinstance(await reader.end_of_reading(), Unauthenticated)


async def test_what_is_being_opened_while_its_credential_is_renewed_stands_on_the_new_one(guard: Guard) -> None:
    # Given a connection that was renewed twice
    subjects = [replace(await sign_in(), renewals=Renewals())]
    user_id = subjects[0].require_user()
    for _ in range(2):
        subjects.append(guard.renew(subjects[-1], await sign_in(user_id)))

    # When something opens that began before, and its credential ends
    reader, _ = watch(guard, subjects[0])
    await collection(Session).delete_one({"_id": subjects[0].credential_id})
    await rounds(guard)

    # Then it goes on until the last one ends
    assert reader.ended == []
    await collection(Session).delete_one({"_id": subjects[-1].credential_id})
    assert isinstance(await reader.end_of_reading(), Unauthenticated)


# --- what it costs -----------------------------------------------------------------------------------------------


async def test_a_round_asks_once_for_each_session_and_membership_whoever_reads_with_them() -> None:
    # Given 400 readers with 2 sessions and 1 membership, and enough others for a second query
    subjects = [await sign_in(), await sign_in()]
    membership = await join(subjects[0])
    async with guarding(SELDOM) as guard:
        for _ in range(200):
            watch(guard, subjects[0], membership)
            watch(guard, subjects[1])
        tokens = [await with_token() for _ in range(IDS_PER_QUERY + 1)]
        for token in tokens:
            watch(guard, token)
        last, _ = watch(guard, subjects[1], new_id(Kind.WORKSPACE_MEMBER))

        # When it goes round
        with count_queries() as reads:
            guard.look()
            await last.end_of_reading()

        # Then there is one query for each kind and hundred
        asked = [str(read) for read in reads]
    assert asked == ["find sessions", "find api_tokens", "find api_tokens", "find workspace_members"]


# --- without the database ----------------------------------------------------------------------------------------


@contextmanager
def stalled(settings: Settings) -> Iterator[None]:
    """The database answers nothing."""
    child = int((settings.data_dir / "db.pid").read_text())
    os.kill(child, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(child, signal.SIGCONT)


@contextmanager
def warnings_of_the_guard() -> Iterator[asyncio.Event]:
    """Set when it has logged something."""
    logged = asyncio.Event()

    def heard(_record: logging.LogRecord) -> bool:
        logged.set()
        return True

    logging.getLogger("orrery.guard").addFilter(heard)
    try:
        yield logged
    finally:
        logging.getLogger("orrery.guard").removeFilter(heard)


async def test_a_short_outage_ends_nothing_and_revocation_goes_on_after_it(settings: Settings) -> None:
    # Given a guard that could not ask in time
    async with guarding(patience=0.1) as guard:
        subject = await sign_in()
        reader, _ = watch(guard, subject)
        connection = Reader()
        guard.watch(await sign_in(), connection.end, connection=True)
        with warnings_of_the_guard() as warned, stalled(settings):
            async with asyncio.timeout(PATIENCE):
                await warned.wait()

        # When a session ends after that
        guard.patience = PATIENCE
        await collection(Session).delete_one({"_id": subject.credential_id})

        # Then its reading ends, and nothing else
        assert isinstance(await reader.end_of_reading(), Unauthenticated)
        await rounds(guard)
    assert connection.ended == []


async def test_a_long_outage_ends_connections_so_that_they_come_again(settings: Settings) -> None:
    async with guarding(patience=0.1) as guard:
        connection, subscription = Reader(), Reader()
        guard.watch(await sign_in(), connection.end, connection=True)
        guard.watch(await sign_in(), subscription.end)

        with stalled(settings):
            assert isinstance(await connection.end_of_reading(), Unavailable)
    assert subscription.ended == []
