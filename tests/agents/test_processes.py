"""The processes of agents, kept by a gateway."""

import asyncio
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from gateway import agents
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
