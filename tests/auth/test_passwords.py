"""Passwords, and how often they may be guessed."""

import asyncio

import pytest

from auth import passwords
from auth.attempts import MAX_FAILURES, WINDOW_SECONDS, PasswordChecks
from auth.passwords import hash_password, verify_password
from models.errors import RateLimited


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_a_password_fits_its_own_hash_alone() -> None:
    hashed = await hash_password("correct horse")

    assert hashed.startswith("$argon2id$")
    assert "correct horse" not in hashed
    assert await hash_password("correct horse") != hashed
    assert await verify_password(hashed, "correct horse")
    assert not await verify_password(hashed, "correct horsE")


async def test_what_is_no_hash_fits_nothing() -> None:
    assert not await verify_password("plain", "plain")
    assert not await verify_password("", "")


async def test_an_account_that_does_not_exist_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    hashed = await hash_password("correct horse")

    class Recorder:
        def verify(self, hashed: str, password: str) -> bool:
            verified.append(hashed.rpartition("$")[0].rpartition("$")[0])
            return True

    monkeypatch.setattr(passwords, "_hasher", Recorder())

    assert not await verify_password(None, "no account has this password")
    assert await verify_password(hashed, "correct horse")
    assert verified[0] == verified[1]  # the same algorithm with the same cost


async def test_ten_failures_in_a_minute_close_an_account_for_the_rest_of_it() -> None:
    clock = Clock()
    checks = PasswordChecks(clock)
    hashed = await hash_password("right")
    for _ in range(MAX_FAILURES):
        assert not await checks.verify("ada", hashed, "wrong")

    with pytest.raises(RateLimited):
        await checks.verify("ada", hashed, "right")
    assert await checks.verify("bob", hashed, "right")
    clock.now += WINDOW_SECONDS
    assert await checks.verify("ada", hashed, "right")


async def test_a_right_password_forgets_the_failures_before_it() -> None:
    checks = PasswordChecks(Clock())
    hashed = await hash_password("right")
    for _ in range(MAX_FAILURES - 1):
        await checks.verify("ada", hashed, "wrong")

    assert await checks.verify("ada", hashed, "right")
    assert not await checks.verify("ada", hashed, "wrong")


async def test_right_passwords_at_once_are_all_let_in() -> None:
    checks = PasswordChecks(Clock())
    hashed = await hash_password("right")

    assert all(await asyncio.gather(*(checks.verify("ada", hashed, "right") for _ in range(MAX_FAILURES + 2))))


async def test_the_memory_of_failures_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auth.attempts._MAX_KEYS", 4)
    checks = PasswordChecks(Clock())
    for n in range(12):
        await checks.verify(f"user-{n}", "no hash", "wrong")

    assert len(checks._failures) <= 5
