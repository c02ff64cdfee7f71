"""Passwords: what fits, and at what cost."""

from typing import Literal
from unicodedata import normalize

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from auth import passwords
from auth.passwords import hash_password, renewed_hash, verify_password

Form = Literal["NFC", "NFD"]


@pytest.mark.usefixtures("dear_passwords")
async def test_a_password_fits_its_own_hash_alone() -> None:
    hashed = await hash_password("correct horse")

    assert hashed.startswith("$argon2id$")
    assert "correct horse" not in hashed
    assert await hash_password("correct horse") != hashed
    assert await verify_password(hashed, "correct horse")
    assert not await verify_password(hashed, "correct horsE")


@pytest.mark.usefixtures("dear_passwords")
async def test_a_hash_costs_what_the_standard_asks_for() -> None:
    made = extract_parameters(await hash_password("correct horse"))

    assert (made.time_cost, made.memory_cost) == (RFC_9106_LOW_MEMORY.time_cost, RFC_9106_LOW_MEMORY.memory_cost)


async def test_what_is_no_hash_fits_nothing() -> None:
    assert not await verify_password("plain", "plain")
    assert not await verify_password("", "")


@pytest.mark.parametrize(
    "password", ["Schl\u00fcssel 9", "\u1112\u1161\u11ab\uae00 pass", "two\u00a0\u3000spaces", "\u212b\u1e9b"]
)
async def test_a_password_fits_however_a_keyboard_composes_it(password: str) -> None:
    typed = {password, normalize("NFC", password), normalize("NFD", password)}

    for hashed in [await hash_password(one) for one in typed]:
        for one in typed:
            assert await verify_password(hashed, one)
            assert await renewed_hash(hashed, one) is None
    assert not await verify_password(await hash_password("Schlussel 9"), "Schl\u00fcssel 9")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_the_hash_of_what_was_sent_in_another_form_is_taken_and_renewed(form: Form) -> None:
    sent = normalize("NFD", "Schl\u00fcssel\u3000neun")
    old = passwords.hasher.hash(sent)

    assert await verify_password(old, normalize(form, sent))
    renewed = await renewed_hash(old, sent)

    assert renewed is not None
    assert await verify_password(renewed, "Schl\u00fcssel neun")
    assert await renewed_hash(renewed, sent) is None


async def test_a_wrong_password_costs_three_looks_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []

    def fits(hashed: str | None, password: str) -> bool:
        looks.append(password)
        return False

    monkeypatch.setattr(passwords, "_fits", fits)

    for password, count in (("plain", 1), ("\u00fc", 2), ("u\u0308", 2), ("\u00fc\u3000u\u0308", 3)):
        looks.clear()
        assert not await verify_password("", password)
        assert len(looks) == count


@pytest.mark.usefixtures("dear_passwords")
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
