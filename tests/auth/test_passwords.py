"""Passwords: what fits, and at what cost."""

import pytest

from auth import passwords
from auth.passwords import hash_password, verify_password


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
