"""`subscriptions/listen`: which resources have changed, out of the streams that every door follows.

Each note has the cursor of its event in `_meta`: whoever was cut off listens after it, and misses nothing.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.shared.subscriptions import SUBSCRIPTION_ID_META_KEY

from agents.server.address import Address
from agents.server.resources import Place, place_of
from models.admission import Admission
from models.errors import BadUserInput, OrreryError
from realtime.told import ToldEvent
from resolvers.kit.context import Context
from resolvers.subscribe import Source, workspace_events

AFTER = "orrery/after"
"""In `_meta` of a request: the cursor to go on after, or one for each address."""
CURSOR = "orrery/cursor"
MAX_ADDRESSES = 100
MAX_STREAMS = 10
"""Places in histories, one for each workspace and cursor, that a listen goes on from."""
LISTENING = Admission("listening clients of MCP", of_one=50, in_all=5_000)


async def listen(
    ctx: Context, asked: ServerRequestContext, params: types.SubscriptionsListenRequestParams
) -> types.SubscriptionsListenResult:
    """Tell of changes until the client leaves or may read no more. Raises BadUserInput, RateLimited."""
    uris = list(dict.fromkeys(params.notifications.resource_subscriptions or ()))
    if len(uris) > MAX_ADDRESSES:
        raise BadUserInput(f"names more than {MAX_ADDRESSES} resources", field="resourceSubscriptions")
    meta: dict[str, Any] = {SUBSCRIPTION_ID_META_KEY: asked.request_id}
    with LISTENING.one(ctx.subject.user_id):
        places = await _in_reach(ctx, uris)
        sources = await _sources(ctx, places, (params.meta or {}).get(AFTER))
        honored = types.SubscriptionFilter(resource_subscriptions=[place.address.uri for place in places] or None)
        await asked.session.send_notification(
            types.SubscriptionsAcknowledgedNotification(
                params=types.SubscriptionsAcknowledgedNotificationParams(notifications=honored, meta=meta)
            ),
            related_request_id=asked.request_id,
        )
        following = [asyncio.create_task(_follow(asked, source, near, meta)) for source, near in sources]
        try:
            # With nothing to follow, it is open as long as the client wishes.
            await (asyncio.wait(following, return_when=asyncio.FIRST_COMPLETED) if following else asyncio.Future())
        finally:
            for task in following:
                task.cancel()
            await asyncio.gather(*following, return_exceptions=True)
    return types.SubscriptionsListenResult(meta=meta)


async def _in_reach(ctx: Context, uris: Sequence[str]) -> list[Place]:
    """The addresses that the caller may read: of the others nothing is told, as of what does not exist."""
    found: list[Place] = []
    for uri in uris:
        try:
            found.append(await place_of(ctx, Address.read(uri)))
        except OrreryError:
            continue
    return found


async def _sources(ctx: Context, places: Sequence[Place], after: Any) -> list[tuple[Source, list[Place]]]:
    """A stream for each workspace and cursor, with what is followed in it."""
    grouped: dict[Any, list[Place]] = {}
    for place in places:
        cursor = after.get(place.address.uri) if isinstance(after, Mapping) else after
        if cursor is not None and not isinstance(cursor, str):
            raise BadUserInput("is not a cursor of this server", field=f"_meta.{AFTER}")
        grouped.setdefault((place.workspace_id, cursor), []).append(place)
    if len(grouped) > MAX_STREAMS:
        raise BadUserInput(f"stands at more than {MAX_STREAMS} places", field=f"_meta.{AFTER}")
    return [
        (await workspace_events(ctx, workspace_id, cursor), near) for (workspace_id, cursor), near in grouped.items()
    ]


async def _follow(
    asked: ServerRequestContext, source: Source, places: Sequence[Place], meta: Mapping[str, Any]
) -> None:
    """Tell of each event that concerns something. It ends where the caller may read no more, or reads too slowly."""
    try:
        async for event in source:
            if event["type"] == "StreamLagged":
                return
            for uri in _concerned(event, places):
                note = types.ResourceUpdatedNotificationParams(uri=uri, meta={**meta, CURSOR: event["cursor"]})
                await asked.session.send_notification(
                    types.ResourceUpdatedNotification(params=note), related_request_id=asked.request_id
                )
    except OrreryError:
        return
    finally:
        await source.aclose()


def _concerned(event: ToldEvent, places: Sequence[Place]) -> list[str]:
    if event["type"] == "StreamReady":
        # What the log does not reach any more may have been about each of them.
        return [] if event["data"]["recovered"] else [place.address.uri for place in places]
    return [place.address.uri for place in places if place.address.concerns(event)]
