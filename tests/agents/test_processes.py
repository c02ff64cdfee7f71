"""The processes of agents, kept by a gateway."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from gateway import agents
from gateway.agent_process import Order
from gateway.agents import AgentProcesses
from gateway.settings import Settings
from models.language_model import LanguageModel, LanguageModels
from realtime.bus import Bus
from tests.patience import PATIENCE


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "with others"])
async def test_processes_are_kept_after_what_nobody_thought_of(monkeypatch: pytest.MonkeyPatch, alone: bool) -> None:
    # Given a gateway whose database is away for a moment, and whose first process cannot be heard
    failures: list[Exception] = [ValueError("a line that is too long")] if alone else [AutoReconnect("away")]
    working = asyncio.Event()

    def failing(*_: Any) -> None:
        if failures:
            raise failures.pop()

    async def hold(*_: Any) -> bool:
        failing()
        return True

    async def run(*_: Any) -> int:
        failing()
        working.set()
        return await asyncio.Event().wait()

    holding: Callable[..., Any] = lambda *_: nullcontext()  # noqa: E731
    for name, value in {
        "hold": hold,
        "holding": holding,
        "LEASE": timedelta(0),
    }.items():
        monkeypatch.setattr(agents, name, value)
    monkeypatch.setattr(AgentProcesses, "_run", run)
    spec = LanguageModel(name="scripted", protocol="openai", model="scripted")
    settings = replace(
        Settings(secret_key="x" * 32), models=LanguageModels({spec.name: spec}, spec.name), agent_processes=1
    )
    processes = AgentProcesses(settings, "mongodb://127.0.0.1", Bus("memory://", lambda _: None), alone=alone)

    # When they are started
    await processes.start()
    try:
        # Then one works all the same
        async with asyncio.timeout(PATIENCE):
            await working.wait()
    finally:
        await processes.stop()


async def test_a_process_whose_gateway_ends_before_it_has_begun_ends_with_it() -> None:
    # Given a process that waits for a database which does not answer, and will for an hour
    settings = Settings(
        secret_key="x" * 32,
        mongodb_url="mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100",
        mongodb_patience=timedelta(hours=1),
    )
    command = (sys.executable, "-m", "gateway.agent_process")
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    assert process.stdin is not None
    try:
        process.stdin.write(Order(settings, "holder", is_relayed=True).sent())
        await process.stdin.drain()

        # When its gateway ends
        process.stdin.close()

        # Then so does it
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 1
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
