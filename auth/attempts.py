"""Guessing passwords is slow: after ten failures in a minute an account's password is not looked at any more."""

import asyncio
import time
import weakref
from collections.abc import Callable

from auth.passwords import verify_password
from models.errors import RateLimited

MAX_FAILURES = 10
WINDOW_SECONDS = 60.0
_MAX_KEYS = 10_000


class PasswordChecks:
    """Verifies passwords one at a time per key, and counts the failures of the minute, in this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[str, tuple[float, int]] = {}
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    async def verify(self, key: str, hashed: str | None, password: str) -> bool:
        """Whether the password fits (`verify_password`); raises RateLimited after ten failures for `key`.

        A password that fits forgets the failures before it.
        """
        # Without the lock, a burst of guesses would all be let in before the first of them has failed.
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            started, failed = self._recent(key)
            if failed >= MAX_FAILURES:
                raise RateLimited("Too many wrong passwords: try again in a minute")
            fits = await verify_password(hashed, password)
            if fits:
                self._failures.pop(key, None)
            else:
                self._failures[key] = (started, failed + 1)
                self._forget()
            return fits

    def _recent(self, key: str) -> tuple[float, int]:
        now = self._clock()
        started, failed = self._failures.get(key, (now, 0))
        return (started, failed) if now - started < WINDOW_SECONDS else (now, 0)

    def _forget(self) -> None:
        if len(self._failures) > _MAX_KEYS:
            now = self._clock()
            kept = {key: one for key, one in self._failures.items() if now - one[0] < WINDOW_SECONDS}
            # With that many within a minute, the oldest give way: memory is bounded in any case.
            self._failures = dict(sorted(kept.items(), key=lambda item: item[1][0])[-_MAX_KEYS // 2 :])
