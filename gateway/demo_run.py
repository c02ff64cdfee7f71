"""The demo's second mission: the gateway's own runtime works on it, with a model that the demo serves, and people
decide on what it proposes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from gateway.client import Client, ClientError
from gateway.demo import Filled, begin_run
from gateway.demo_mission import ENDED, REQUESTS, WATCH, call
from gateway.demo_server import serving

BEGINS_WITHIN = 45.0
"""Seconds for the first process of agents to be there."""

PROPOSALS = """query ($id: ID!) {
  mission(id: $id) { proposals(first: 5) { nodes { id status tool changes { type before after } } } } }"""
APPROVE = """mutation ($id: ID!) { proposalApprove(id: $id, input: {}) { cursor } }"""
REJECT = """mutation ($id: ID!) { proposalReject(id: $id, input: {}) { cursor } }"""
CANCEL = """mutation ($id: ID!) { missionCancel(id: $id) { cursor } }"""

LOOPBACK = ("127.0.0.1", "localhost", "::1")

Show = Callable[[dict[str, Any]], None]
Decide = Callable[[dict[str, Any]], Awaitable[bool]]
"""From a proposal to whether it is approved."""


async def perform(filled: Filled, port: int, show: Show, decide: Decide, *, fast: bool) -> None:
    """Have the mission run, `show` its events, and `decide` on what it proposes.

    Raises `ClientError`, also where this gateway cannot run it.
    """
    if urlsplit(filled.client.url).hostname not in LOOPBACK:
        raise ClientError("Not shown: the gateway is on another machine, and the demo's model on this one.")
    try:
        async with serving(port, fast=fast) as asked:
            mission_id, cursor = await REQUESTS.run(begin_run, filled)
            await _watch(filled.client, mission_id, cursor, asked, show, decide)
    except OSError as error:
        raise ClientError(f"Not shown: something else listens on the port {port} (ORRERY_DEMO_PORT).") from error


async def _watch(
    client: Client, mission_id: str, cursor: str, asked: asyncio.Event, show: Show, decide: Decide
) -> None:
    async with client.subscribe(WATCH, {"missionId": mission_id, "after": cursor}) as events:
        late = asyncio.create_task(_cancel_late(client, mission_id, asked))
        deciding: asyncio.Task[None] | None = None
        try:
            async for event in _until_end(events):
                show(event)
                if event["__typename"] == "MissionStatusChanged":
                    if deciding is not None:
                        deciding.cancel()
                    waits = event["mission"]["waitingFor"] == "PROPOSALS"
                    deciding = asyncio.create_task(_decide(client, mission_id, decide)) if waits else None
        finally:
            tasks = [task for task in (late, deciding) if task is not None]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    if not asked.is_set():
        raise ClientError("Not shown: this gateway runs no missions of the demo's model (docs/agents.md).")


async def _until_end(events: AsyncIterator[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    async for message in events:
        event = message["missionEvents"]
        yield event
        if event["__typename"] == "MissionStatusChanged" and event["to"] in ENDED:
            return
    raise ClientError("The live connection ended before the mission did.")


async def _cancel_late(client: Client, mission_id: str, asked: asyncio.Event) -> None:
    """Give up where nobody asks the model: the gateway runs no missions, or not with it."""
    try:
        async with asyncio.timeout(BEGINS_WITHIN):
            await asked.wait()
    except TimeoutError:
        await call(client, CANCEL, id=mission_id)


async def _decide(client: Client, mission_id: str, decide: Decide) -> None:
    found = await call(client, PROPOSALS, id=mission_id)
    for proposal in found["mission"]["proposals"]["nodes"]:
        if proposal["status"] == "PENDING":
            approved = await decide(proposal)
            await call(client, APPROVE if approved else REJECT, id=proposal["id"])
