"""Requests that name a key: the first one is carried out, and every further one gets its answer.

The mark that a key has been used is written in the transaction of the change itself (`Claim.mark`), and only by the
attempt that holds the key. So a change happens at most once, whatever dies in between: see decision 21.
"""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from typing import NoReturn, TypeVar
from weakref import WeakValueDictionary

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import DuplicateKeyError

from auth.counting import count_attempt
from auth.subject import Credential, Subject
from models import IdempotencyKey
from models.base import Record, collection, to_record, utc_now
from models.errors import BadUserInput, Conflict, RateLimited
from models.idempotency import KeyState
from models.reach import reachable
from models.records import IdempotencyKeyRecord
from realtime.log import Change

T = TypeVar("T")

HEADER = "Idempotency-Key"
REPLAYED = "idempotency-replayed"
KEEPS = "idempotency-kept"
"""A header that says `false` on the first answer where a further one will not have it."""
KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=30)
PATIENCE = 30.0
"""Seconds that a request waits for the one before it."""
MAX_BODY = 16 * 1024
"""Bytes of an answer that is kept: that of a change of one object is a few hundred."""
WINDOW = timedelta(hours=1)
MAX_KEYS = 5_000
"""Keys of one person in an hour: more than one a second. Each is about 400 bytes for a day."""
MAX_KEPT = 2 * 1024 * 1024
"""Bytes of answers of one person in an hour, so 48 MB at any time. What goes beyond is done and not kept."""

_KEY = re.compile(r"[\x20-\x7e]{1,255}")
_POLLS = (0.02, 0.25)
_AGAIN = frozenset({401, 408, 429})
"""Refusals that say nothing of what was done before them, as those of the server itself."""

_turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
"""Requests of this process with one key go one after the other, so that one of them at a time asks the database."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it is kept. `failed` says that something in it did, whatever its status; `kept` is false where
    something was done, and no further request has the answer."""

    status: int
    body: bytes
    media_type: str
    failed: bool = False
    replayed: bool = False
    kept: bool = True


@dataclass(slots=True)
class Claim:
    """The right of one attempt to make the changes that a key stands for.

    `user_id` is whose it is. `reveals` says that its answer holds a credential.
    """

    id: str
    holder: str
    user_id: ObjectId | None = None
    reveals: bool = False

    async def mark(self, session: AsyncClientSession) -> None:
        """Write in the transaction of a change that the key has been used; raises Conflict where another took it."""
        mine = {"_id": self.id, "holder": self.holder}
        changes = {"$set": {"state": KeyState.COMMITTED.value}}
        if not (await collection(IdempotencyKey).update_one(mine, changes, session=session)).matched_count:
            raise Conflict(f"Another request took over the {HEADER}: this one came too late")

    def marking(self, body: Callable[[Change], Awaitable[T]]) -> Callable[[Change], Awaitable[T]]:
        """A change that also marks the key, if it is one: it has events, or shows what it has made."""

        async def marked(change: Change) -> T:
            value = await body(change)
            if change.events or self.reveals:
                await self.mark(change.session)
            return value

        return marked


def check_key(key: object, field: str = HEADER) -> str:
    """A key as a client sent it; raises BadUserInput."""
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise BadUserInput("must be 1 to 255 printable ASCII characters", field=field)
    return key


def fingerprint(*parts: bytes) -> str:
    """What tells a request from another one: its method, its path, its body."""
    found = sha256()
    for part in parts:
        found.update(len(part).to_bytes(8))
        found.update(part)
    return found.hexdigest()


async def once(subject: Subject, key: str, request: str, run: Callable[[Claim], Awaitable[Reply]]) -> Reply:
    """The answer of `run`, or the one that it had before. `request` is the fingerprint.

    Raises Conflict for a key that was used for another request, whose first request is still running, or whose answer
    is not to be had.
    """
    check_key(key)
    id = _id(subject, key, request)
    turn = _turns.setdefault(id, asyncio.Lock())
    deadline = asyncio.get_running_loop().time() + PATIENCE
    try:
        async with asyncio.timeout_at(deadline):
            await turn.acquire()
    except TimeoutError:
        _refuse_waiting()
    try:
        with reachable():
            found = await _claim(id, subject, request, deadline)
        return await _run(found, run) if isinstance(found, Claim) else found
    finally:
        turn.release()


def _id(subject: Subject, key: str, request: str) -> str:
    """Whose key: a user's, or that of one token or application, which may see less. Nobody's own are told apart by the
    request."""
    if subject.user_id is None:
        return fingerprint(b"anyone", key.encode(), request.encode())
    sees_less = subject.credential in (Credential.TOKEN, Credential.OAUTH)
    owner = subject.credential_id if sees_less else subject.user_id
    return fingerprint(str(owner).encode(), key.encode())


async def _claim(id: str, subject: Subject, request: str, deadline: float) -> Claim | Reply:
    keys = collection(IdempotencyKey)
    claim = Claim(id, secrets.token_hex(16), subject.user_id)
    pause, longest = _POLLS
    while True:
        if await _insert(claim, subject, request):
            await _count(claim)
            return claim
        found = await keys.find_one({"_id": id})
        if found is None:  # it was freed in between
            continue
        now = utc_now()
        seen = {"_id": id, "holder": found["holder"], "state": found["state"]}
        if found["expires_at"] <= now:
            await keys.delete_one(seen)
            continue
        if found["fingerprint"] != request:
            raise Conflict(f"The {HEADER} was used for another request", field=HEADER, kind="OTHER_REQUEST")
        if found["state"] == KeyState.DONE:
            return _reply(found)
        if found["lease_until"] <= now:
            if found["state"] == KeyState.COMMITTED:
                _refuse_lost()
            taken = {"holder": claim.holder, "lease_until": now + LEASE}
            if (await keys.update_one(seen, {"$set": taken})).matched_count:
                return claim
            continue
        if asyncio.get_running_loop().time() > deadline:
            _refuse_waiting()
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, longest)


async def _insert(claim: Claim, subject: Subject, request: str) -> bool:
    now = utc_now()
    made = IdempotencyKey(
        id=claim.id,
        fingerprint=request,
        state=KeyState.PENDING,
        holder=claim.holder,
        lease_until=now + LEASE,
        user_id=subject.user_id,
        expires_at=now + KEPT,
    )
    try:
        await collection(IdempotencyKey).insert_one(to_record(made))
    except DuplicateKeyError:
        return False
    return True


async def _count(claim: Claim) -> None:
    """Raise RateLimited for a person who has used too many keys; nothing is left of this one then."""
    if claim.user_id is not None:
        try:
            await count_attempt("idempotency keys", str(claim.user_id), limit=MAX_KEYS, window=WINDOW)
        except RateLimited:
            await _free({"_id": claim.id, "holder": claim.holder})
            raise


async def _run(claim: Claim, run: Callable[[Claim], Awaitable[Reply]]) -> Reply:
    mine = {"_id": claim.id, "holder": claim.holder}
    try:
        reply = await run(claim)
    except BaseException:
        await _give_up(mine)
        raise
    reveals = claim.reveals and reply.status < 400
    if (reply.failed or not reveals) and await _free(mine):
        return reply
    if reply.status >= 500 or reply.status in _AGAIN:
        await _give_up(mine)
        return reply
    kept = None if reveals or not await _has_room(claim, reply) else reply.body
    done = {"state": KeyState.DONE.value, "status": reply.status, "media_type": reply.media_type, "body": kept}
    await collection(IdempotencyKey).update_one(mine, {"$set": done})
    return replace(reply, kept=kept is not None)


async def _has_room(claim: Claim, reply: Reply) -> bool:
    size = len(reply.body)
    if size > MAX_BODY or claim.user_id is None:
        return size <= MAX_BODY
    try:
        await count_attempt("idempotency bytes", str(claim.user_id), limit=MAX_KEPT, window=WINDOW, amount=size)
    except RateLimited:
        return False
    return True


async def _free(mine: Record) -> bool:
    """Free a key under which nothing was committed: whether it was so. The same request may be carried out again."""
    pending = {**mine, "state": KeyState.PENDING.value}
    return bool((await collection(IdempotencyKey).delete_one(pending)).deleted_count)


async def _give_up(mine: Record) -> None:
    """Let nobody wait for an answer that will not come."""
    if not await _free(mine):
        await collection(IdempotencyKey).update_one(mine, {"$set": {"lease_until": utc_now()}})


def _reply(found: IdempotencyKeyRecord) -> Reply:
    status, body, media_type = found["status"], found["body"], found["media_type"]
    if status is None or body is None or media_type is None:
        raise Conflict(
            f"It is done already under this {HEADER}, and its answer was not kept: it held a credential, was larger"
            f" than {MAX_BODY} bytes, or one of too many",
            kind="NOT_KEPT",
        )
    return replace(Reply(status, body, media_type), replayed=True)


def _refuse_lost() -> NoReturn:
    raise Conflict(f"It is done already under this {HEADER}, and its answer was lost", kind="ANSWER_LOST")


def _refuse_waiting() -> NoReturn:
    raise Conflict(f"The first request with this {HEADER} is still running", kind="IN_PROGRESS")
