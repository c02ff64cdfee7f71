"""Calls of `run_agent` whose client wishes to hear how far it is: they go on as long as the mission does, and whoever
cancels one ends its mission.

The revisions with a handshake cancel by a message of its own, which any worker may be sent; that of 2026-07-28 by
leaving.
"""

import asyncio
from contextlib import aclosing, suppress

import anyio
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS

from agents.server import tasks
from agents.server.endpoint import LEFT
from models.errors import OrreryError
from realtime.told import EphemeralEvent, ToldEvent
from resolvers.kit.context import Context
from resolvers.state.mission_status import ACTIVE

FOLLOWED_SECONDS = 45.0
"""Clients give up after a minute, as a rule; the mission goes on, and they read of it."""
CANCELLED = "McpCallCancelled"


async def follow(ctx: Context, asked: ServerRequestContext, started: types.CallToolResult) -> types.CallToolResult:
    """What a call that has begun a mission comes to: how that ended, or stands once it waits or takes long."""
    mission = (started.structured_content or {}).get("mission")
    if mission is None:
        return started
    following = asyncio.create_task(_told(ctx, asked, mission["id"]))
    cancelled = asyncio.create_task(_cancelled(ctx, asked))
    try:
        await asyncio.wait({following, cancelled}, timeout=FOLLOWED_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        if asked.protocol_version not in HANDSHAKE_PROTOCOL_VERSIONS and _has_left(asked):
            with anyio.CancelScope(shield=True):
                await _end(ctx, mission["id"])
        raise
    finally:
        was_cancelled = cancelled.done() and cancelled.exception() is None
        following.cancel()
        cancelled.cancel()
        await asyncio.gather(following, cancelled, return_exceptions=True)
    if was_cancelled:
        await _end(ctx, mission["id"])
    task = await tasks.read(ctx, mission["id"])
    return await tasks.result_of(ctx, task.mission)


async def cancel_call(ctx: Context, request_id: types.RequestId) -> None:
    """Tell whichever worker answers a call of the same credential that it is cancelled."""
    told: EphemeralEvent = {"type": CANCELLED, "data": _call(ctx, request_id)}
    ctx.services.hub.broadcast(ctx.user_id, await ctx.services.hub.log.head(ctx.user_id), told)


async def _told(ctx: Context, asked: ServerRequestContext, mission_id: str) -> None:
    """Tell of a mission as it goes on, until it has ended or waits for somebody."""
    count, last = 0, ""
    async with aclosing(tasks.followed(ctx, mission_id)) as changes:
        async for mission in changes:
            message = tasks.message_of(mission)
            if message != last:
                count, last = count + 1, message
                await asked.session.report_progress(count, message=message)
            if mission["status"] not in ACTIVE or mission.get("waiting_for") is not None:
                return


async def _cancelled(ctx: Context, asked: ServerRequestContext) -> None:
    """Return once the call has been cancelled."""
    assert asked.request_id is not None  # noqa: S101  (it is no notification)
    if asked.protocol_version not in HANDSHAKE_PROTOCOL_VERSIONS:
        await asyncio.Future()
    wanted = _call(ctx, asked.request_id)

    def accepts(event: ToldEvent) -> bool:
        return event["type"] == CANCELLED and event["data"] == wanted

    subscription = await ctx.services.hub.subscribe(ctx.user_id, accepts)
    try:
        async for event in subscription.events():
            if event is not None and event["type"] == CANCELLED:
                return
    finally:
        subscription.close()


async def _end(ctx: Context, mission_id: str) -> None:
    """Cancel a mission, where its caller may and it has not ended."""
    with suppress(OrreryError):
        await tasks.cancel(ctx, mission_id)


def _call(ctx: Context, request_id: types.RequestId) -> dict[str, str]:
    """What tells a call from others."""
    return {"credential": str(ctx.subject.credential_id), "request": repr(request_id)}


def _has_left(asked: ServerRequestContext) -> bool:
    return asked.request is not None and bool(asked.request.scope.get(LEFT))
