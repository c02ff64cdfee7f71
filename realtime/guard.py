"""The guard: ends what is open once its reader may read no more, in every process within five seconds.

It goes round all that is open once in `PERIOD_SECONDS`, in small queries spread over that time: one record for a
session, a token or a membership, however many subscriptions stand on it. What a commit of this process revokes, and
what expires, is looked at at once.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from bson import ObjectId

from auth.policies.permission import Permission
from auth.standing import GROUNDS, MEMBERSHIP, Ground, credential_of, expiry, has_ended, is_outdated, refusal
from auth.subject import Subject
from models.base import AnyRecord, utc_now
from models.errors import OrreryError, Unavailable
from models.ids import portions
from models.reach import unexpected
from realtime.background import end

log = logging.getLogger("orrery.guard")

PERIOD_SECONDS = 2.0
PATIENCE_SECONDS = 4.0
"""What one query may take before its round counts as failed."""
MAX_FAILED_ROUNDS = 3
REST = 10
"""After a round in haste comes a pause of this many times its length, so that they take a tenth of the time at most."""
ENDS_AT_ONCE = 50

End = Callable[[OrreryError], None]


class Watch:
    """One connection or subscription that is open. `release` it when it ends by itself."""

    __slots__ = ("_guard", "asked", "connection", "end", "grounds", "permission", "subject")

    def __init__(self, guard: "Guard", subject: Subject, end: End, permission: Permission | None) -> None:
        self._guard = guard
        self.subject: Subject = subject
        self.end: Final = end
        self.permission: Final = permission
        self.grounds: list[tuple[Ground, ObjectId]] = []
        self.connection = False
        self.asked = 0

    def release(self) -> None:
        """Watch no more; may be called again."""
        self._guard._forget(self)


class Guard:
    """Everything open that reads, and whether it still may. One per process."""

    def __init__(self, *, period: float = PERIOD_SECONDS, patience: float = PATIENCE_SECONDS) -> None:
        self.patience = patience
        self._period = period
        self._groups: dict[Ground, dict[ObjectId, set[Watch]]] = {ground: {} for ground in GROUNDS}
        self._connections: set[Watch] = set()
        self._asked = 0
        self._haste = asyncio.Event()
        self._expiry: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="guard")

    async def stop(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
        await end(self._task)
        self._task = None

    def watch(
        self,
        subject: Subject,
        end: End,
        *,
        membership_id: ObjectId | None = None,
        permission: Permission | None = None,
        connection: bool = False,
    ) -> Watch:
        """Call `end` once, with the reason, when the subject's credential ends, or the membership, or its role lacks
        the permission. `end` must not block.

        A connection is ended too (Unavailable) when nobody can be asked for long; its subscriptions end with it.
        """
        if subject.renewals is not None and subject.renewals.last is not None:
            subject = subject.renewals.last
        watch = Watch(self, subject, end, permission)
        watch.asked = self._asked
        if (credential := credential_of(subject)) is not None:
            self._stand(watch, *credential)
        if membership_id is not None:
            self._stand(watch, MEMBERSHIP, membership_id)
        if connection:
            watch.connection = True
            self._connections.add(watch)
        return watch

    def renew(self, old: Subject, new: Subject) -> Subject:
        """Let all that was opened for `old`, this very object, stand on the credential of `new`, the same user's; the
        subject of the connection from now on.

        A subject is made for each connection, so these are the watches of one. What is still being opened for `old`,
        or for one that it took the place of, will stand on it too.
        """
        renewed = replace(new, renewals=old.renewals)
        before, after = credential_of(old), credential_of(renewed)
        if before is None or after is None:
            return renewed
        for watch in list(self._groups[before[0]].get(before[1], ())):
            if watch.subject is old:
                self._leave(watch, *before)
                watch.grounds.remove(before)
                watch.subject = renewed
                watch.asked = self._asked
                self._stand(watch, *after)
        if old.renewals is not None:
            old.renewals.last = renewed
        return renewed

    def look(self) -> None:
        """Look again at once: something changed in this process."""
        self._haste.set()

    async def _run(self) -> None:
        clock = asyncio.get_running_loop().time
        failed = 0
        while True:
            haste, started = self._haste.is_set(), clock()
            self._haste.clear()
            try:
                await self._round(0.0 if haste else self._period)
                failed = 0
            except Exception as error:
                failed += 1
                log.warning(
                    "access could not be checked; trying again", exc_info=unexpected(error) if failed == 1 else None
                )
                if failed == MAX_FAILED_ROUNDS:
                    failed = 0
                    await self._end(list(self._connections), Unavailable())
                await asyncio.sleep(self._period)
                continue
            if haste:
                await asyncio.sleep(min(REST * (clock() - started), self._period / 2))

    async def _round(self, seconds: float) -> None:
        """Ask for everything once, spread over `seconds`; stops where somebody is in haste."""
        parts = [(ground, ids) for ground, groups in self._groups.items() for ids in portions(groups)]
        for ground, ids in parts:
            await self._check(ground, ids)
            if seconds and await self._hastened(seconds / len(parts)):
                return
        if seconds and not parts:
            await self._hastened(seconds)

    async def _hastened(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._haste.wait()
        return self._haste.is_set()

    async def _check(self, ground: Ground, ids: Sequence[ObjectId]) -> None:
        self._asked += 1
        asked = self._asked
        async with asyncio.timeout(self.patience):
            found = await ground.find(ids)
        for object_id in ids:
            record = found.get(object_id)
            self._await_expiry(record)
            now = utc_now()
            alike: dict[tuple[Permission | None, bool], list[Watch]] = {}
            for watch in self._groups[ground].get(object_id, ()):
                if watch.asked < asked:  # a later one was let in on what the query may not have seen
                    # An access token ends before the grant that it stands on.
                    is_over = watch.subject.expires_at is not None and watch.subject.expires_at <= now
                    is_over |= is_outdated(watch.subject, record)
                    alike.setdefault((watch.permission, is_over), []).append(watch)
            for (permission, is_over), watches in alike.items():
                reason = has_ended() if is_over else refusal(ground, record, permission)
                if reason is not None:
                    await self._end(watches, reason)

    async def _end(self, watches: Sequence[Watch], reason: OrreryError) -> None:
        for count, watch in enumerate(watches, 1):
            if watch.grounds or watch.connection:  # not released meanwhile
                self._forget(watch)
                try:
                    watch.end(reason)
                except Exception:
                    log.exception("a stream could not be ended")
            if count % ENDS_AT_ONCE == 0:
                await asyncio.sleep(0)

    def _await_expiry(self, record: AnyRecord | None) -> None:
        """Look again when a credential ends, where that is before its next turn."""
        if record is None or (end := expiry(record)) is None:
            return
        loop = asyncio.get_running_loop()
        seconds = (end - utc_now()).total_seconds()
        if not 0 < seconds <= 2 * self._period:
            return
        due = loop.time() + seconds
        if self._expiry is None or self._expiry.cancelled() or not loop.time() < self._expiry.when() <= due:
            if self._expiry is not None:
                self._expiry.cancel()
            self._expiry = loop.call_at(due, self.look)

    def _stand(self, watch: Watch, ground: Ground, id_: ObjectId) -> None:
        watch.grounds.append((ground, id_))
        self._groups[ground].setdefault(id_, set()).add(watch)

    def _leave(self, watch: Watch, ground: Ground, id_: ObjectId) -> None:
        group = self._groups[ground].get(id_)
        if group is not None:
            group.discard(watch)
            if not group:
                del self._groups[ground][id_]

    def _forget(self, watch: Watch) -> None:
        for ground, id_ in watch.grounds:
            self._leave(watch, ground, id_)
        watch.grounds.clear()
        self._connections.discard(watch)
        watch.connection = False
