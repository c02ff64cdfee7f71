"""Passwords: what fits, and at what cost."""

from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from auth import passwords
from auth.passwords import hash_password, verify_password


async def test_a_password_fits_its_own_hash_alone() -> None:
    hashed = await hash_password("correct horse")

    assert hashed.startswith("$argon2id$")
    assert "correct horse" not in hashed
    assert await hash_password("correct horse") != hashed
    assert await verify_password(hashed, "correct horse")
    assert not await verify_password(hashed, "correct horsE")


async def test_a_hash_costs_what_the_standard_asks_for() -> None:
    made = extract_parameters(await hash_password("correct horse"))

    assert (made.time_cost, made.memory_cost) == (RFC_9106_LOW_MEMORY.time_cost, RFC_9106_LOW_MEMORY.memory_cost)


async def test_what_is_no_hash_fits_nothing() -> None:
    assert not await verify_password("plain", "plain")
    assert not await verify_password("", "")


async def test_an_account_that_does_not_exist_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    hashed = await hash_password("correct horse")

    class Recorder(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            verified.append(str(hash).rpartition("$")[0].rpartition("$")[0])
            return True

    monkeypatch.setattr(passwords, "hasher", Recorder(parallelism=1))

    assert not await verify_password(None, "no account has this password")
    assert await verify_password(hashed, "correct horse")
    assert verified[0] == verified[1]  # the same algorithm with the same cost
