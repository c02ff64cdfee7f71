"""Recognised callers are kept for moments, and no read brings back what a revocation ended."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from auth import recognition
from auth.jwt import JwtSigner
from auth.recognition import Recognitions
from auth.subject import ANONYMOUS, Credential, Subject
from models.base import utc_now
from models.errors import Unauthenticated
from models.ids import Kind, new_id

SIGNER = JwtSigner("test-" * 10)
WHO = {"authorization": "Bearer x", "cookie": None}


class Reading:
    """Stands in for `authenticate`: answers with what was there when it was asked, once the gate is open."""

    def __init__(self) -> None:
        self.found: Subject | None = Subject(new_id(Kind.USER), Credential.JWT, credential_id=new_id(Kind.SESSION))
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, *_: Any, **__: Any) -> Subject:
        found = self.found
        await self.gate.wait()
        if found is None:
            raise Unauthenticated
        return found


@pytest.fixture
def reading(monkeypatch: pytest.MonkeyPatch) -> Reading:
    stand_in = Reading()
    monkeypatch.setattr(recognition, "authenticate", stand_in)
    return stand_in


async def test_whoever_was_read_is_recognised(reading: Reading) -> None:
    recognitions = Recognitions()
    assert recognitions.recent(**WHO) is None

    assert await recognitions.read(SIGNER, **WHO) is reading.found

    assert recognitions.recent(**WHO) is reading.found
    assert recognitions.recent(authorization="Bearer y", cookie=None) is None
    assert recognitions.recent(authorization=None, cookie="Bearer x") is None


async def test_nobody_is_read_for_no_credentials() -> None:
    assert Recognitions().recent(authorization=None, cookie=None) is ANONYMOUS


async def test_a_recognition_ends_by_itself(reading: Reading) -> None:
    recognitions = Recognitions(seconds=0.05)
    await recognitions.read(SIGNER, **WHO)

    await asyncio.sleep(0.06)

    assert recognitions.recent(**WHO) is None


async def test_a_recognition_ends_with_the_credential(reading: Reading) -> None:
    recognitions = Recognitions(seconds=600)
    ends_at = utc_now() + timedelta(seconds=0.05)
    reading.found = Subject(credential=Credential.JWT, credential_id=new_id(Kind.SESSION), expires_at=ends_at)
    await recognitions.read(SIGNER, **WHO)

    await asyncio.sleep(0.06)

    assert recognitions.recent(**WHO) is None


async def test_a_revocation_ends_all_recognitions(reading: Reading) -> None:
    recognitions = Recognitions()
    await recognitions.read(SIGNER, **WHO)

    recognitions.forget()

    assert recognitions.recent(**WHO) is None


async def test_a_read_that_was_under_way_at_a_revocation_is_not_kept(reading: Reading) -> None:
    recognitions = Recognitions()
    reading.gate.clear()
    under_way = asyncio.create_task(recognitions.read(SIGNER, **WHO))
    await asyncio.sleep(0)

    recognitions.forget()
    reading.gate.set()

    assert await under_way is reading.found
    assert recognitions.recent(**WHO) is None


async def test_a_refusal_is_not_kept(reading: Reading) -> None:
    recognitions = Recognitions()
    reading.found = None
    with pytest.raises(Unauthenticated):
        await recognitions.read(SIGNER, **WHO)

    assert recognitions.recent(**WHO) is None


async def test_a_new_read_that_fails_ends_the_recognition(reading: Reading) -> None:
    recognitions = Recognitions()
    await recognitions.read(SIGNER, **WHO)
    reading.found = None

    with pytest.raises(Unauthenticated):
        await recognitions.read(SIGNER, **WHO)

    assert recognitions.recent(**WHO) is None


async def test_the_oldest_recognition_goes_first(reading: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognition, "MAX_KEPT", 2)
    recognitions = Recognitions()

    for name in ("a", "b", "c"):
        await recognitions.read(SIGNER, authorization=name, cookie=None)

    kept = [name for name in "abc" if recognitions.recent(authorization=name, cookie=None)]
    assert kept == ["b", "c"]


async def test_whoever_is_read_for_an_audience_takes_nobodys_place(
    reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognition, "MAX_KEPT", 1)
    recognitions = Recognitions()
    await recognitions.read(SIGNER, **WHO)

    await recognitions.read(SIGNER, authorization="Bearer y", cookie=None, audience="https://example.com/mcp")

    assert recognitions.recent(**WHO) is reading.found
    assert recognitions.recent(authorization="Bearer y", cookie=None) is None
