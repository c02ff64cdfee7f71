"""Telling plugins of what happens: each in its order, and again until it has arrived.

A plugin that has been told of everything is due never (`due_at` is None), until something happens in its workspace.
What is told is noted every few events: whoever dies in between has some told twice, with the same id.
"""

import asyncio
import random
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from bson import ObjectId
from pydantic.alias_generators import to_camel
from pymongo.errors import PyMongoError

from models import Activity, Plugin, PluginDelivery
from models.base import Record, collection, timestamp, to_record, utc_now
from models.enums import ActivityType
from models.fanout import Audience
from models.ids import portions
from models.records import LoggedEventRecord, PluginDeliveryRecord, PluginRecord
from realtime.events import names_about
from realtime.events.base import Topic
from realtime.events.plugin import PluginDisabled
from realtime.log import Change
from resolvers.activity.activity import record_activities
from resolvers.credential.token import token_for
from resolvers.kit.context import Services
from resolvers.plugin.kind import Deliver, Delivery, DeliveryFailed, PluginKind
from resolvers.plugin.manifest import kinds

PORTION, TURN = 20, 10.0
"""Events between two notes of what was told, and about how many seconds: others wait for their turn."""

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=1)
GIVES_UP = timedelta(days=3)
"""How long a plugin may fail without a success in between."""

_FREE = frozenset({"data", "arguments", "equals", "settings", "answer"})
"""What clients have written with keys of their own."""


async def wake(workspace_ids: Iterable[ObjectId]) -> None:
    """Something happened in these workspaces: their plugins are due."""
    for some in portions(workspace_ids):
        idle = collection(PluginDelivery).find({"workspace_id": {"$in": some}, "due_at": None}, {"_id": 1})
        for delivery in await idle.to_list():
            still = {"_id": delivery["_id"], "due_at": None}
            await collection(PluginDelivery).update_one(still, {"$set": {"due_at": utc_now()}})


async def wake_late(services: Services) -> None:
    """Wake plugins whose workspaces went on while nobody heard of it."""
    after: ObjectId | None = None
    while True:
        idle: Record = {"due_at": None, **({} if after is None else {"_id": {"$gt": after}})}
        found = await collection(PluginDelivery).find(idle).sort("_id", 1).limit(100).to_list()
        if not found:
            return
        after = found[-1]["_id"]
        heads = await services.hub.log.heads({delivery["workspace_id"] for delivery in found})
        await wake(
            {
                delivery["workspace_id"]
                for delivery in found
                if (head := heads.get(delivery["workspace_id"])) is not None and head.seq > delivery["seq"]
            }
        )


async def due_deliveries(most: int) -> list[ObjectId]:
    """Plugins that are to be told of something, those that have waited longest first."""
    due = collection(PluginDelivery).find({"due_at": {"$lte": utc_now()}}, {"_id": 1})
    return [delivery["_id"] for delivery in await due.sort("due_at", 1).limit(most).to_list()]


async def deliver_some(services: Services, plugin_id: ObjectId) -> None:
    """Tell a plugin of the next few events."""
    plugin = await collection(Plugin).find_one({"_id": plugin_id, "enabled": True})
    delivery = await collection(PluginDelivery).find_one({"_id": plugin_id})
    if plugin is None or delivery is None:
        return
    kind = kinds().get(plugin["plugin"])
    if kind is None or kind.deliver is None:  # the operator has taken it away
        await _failed(services, plugin, delivery, delivery["seq"], DeliveryFailed("There is no such plugin any more"))
        return
    _, dropped = await services.hub.log.bounds(plugin["workspace_id"])
    told = max(delivery["seq"], dropped)
    events = await services.hub.log.read(plugin["workspace_id"], told, PORTION)
    clock = asyncio.get_running_loop().time
    until = clock() + TURN
    try:
        for event in events:
            await _tell(services, kind, kind.deliver, plugin, event)
            told = event["seq"]
            if clock() > until:
                break
    except DeliveryFailed as failure:
        await _failed(services, plugin, delivery, told, failure)
        return
    await _note(delivery, {"seq": told, "failures": 0, "failing_since": None, "due_at": utc_now() if events else None})
    if not events and (await services.hub.log.head(plugin["workspace_id"])).seq > told:
        await wake([plugin["workspace_id"]])  # of what has happened just now


async def _tell(
    services: Services, kind: PluginKind, deliver: Deliver, plugin: PluginRecord, event: LoggedEventRecord
) -> None:
    if event["type"] not in names_about(Topic.WORKSPACE):
        return
    shown = event_json(event)

    async def reveal(credential_id: ObjectId) -> str:
        return (await token_for(services, plugin["workspace_id"], credential_id)).text

    try:
        settings = kind.read(plugin["settings"])
        if kind.wants(shown, settings):
            await deliver(Delivery(shown, settings, services.outbound, reveal))
    except (DeliveryFailed, PyMongoError):
        raise
    except Exception as error:  # whose text may hold a secret, and people are told why
        raise DeliveryFailed(type(error).__name__) from error


async def _failed(
    services: Services, plugin: PluginRecord, delivery: PluginDeliveryRecord, told: int, failure: DeliveryFailed
) -> None:
    """Try again later, or disable the plugin where it has failed for too long."""
    now = utc_now()
    since = (delivery["failing_since"] if told == delivery["seq"] else None) or now
    if failure.for_good or now - since > GIVES_UP:
        await services.hub.log.write(plugin["workspace_id"], None, partial(_disable, plugin, str(failure)[:500]))
        return
    failures = delivery["failures"] + 1 if told == delivery["seq"] else 1
    wait = min(FIRST_WAIT * 2 ** min(failures - 1, 20), LONGEST_WAIT) * random.uniform(0.8, 1.2)
    await _note(delivery, {"seq": told, "failures": failures, "failing_since": since, "due_at": now + wait})


async def _disable(plugin: PluginRecord, reason: str, change: Change) -> None:
    disabled = {"$set": {"enabled": False, "disabled_reason": reason, "updated_at": change.at}}
    there = {"_id": plugin["_id"], "enabled": True}
    if (await collection(Plugin).update_one(there, disabled, session=change.session)).matched_count:
        await collection(PluginDelivery).delete_one({"_id": plugin["_id"]}, session=change.session)
        event = PluginDisabled(plugin_id=plugin["_id"], plugin=plugin["plugin"], reason=reason)
        change.append(plugin["workspace_id"], event)
        told = Activity(
            workspace_id=plugin["workspace_id"],
            type=ActivityType.PLUGIN_DISABLED,
            meta={"plugin": plugin["name"], "pluginId": str(plugin["_id"]), "message": reason},
            created_at=change.at,
        )
        people = [] if plugin["created_by"] is None else [plugin["created_by"]]
        await record_activities(change, [to_record(told)], Audience.NAMED, people)


async def _note(delivery: PluginDeliveryRecord, changes: Record) -> None:
    """Note how far a plugin was told, unless somebody else has, or a person has changed it meanwhile."""
    seen = {"_id": delivery["_id"], "seq": delivery["seq"], "due_at": delivery["due_at"]}
    await collection(PluginDelivery).update_one(seen, {"$set": changes})


def event_json(event: LoggedEventRecord) -> dict[str, Any]:
    """An event as JSON: keys in camelCase, ids and times as text. `id` is its own, the same each time it is told."""
    shown: dict[str, Any] = _plain({name: value for name, value in event.items() if name not in ("stream_id", "data")})
    shown["timestamp"] = shown.pop("at")
    return shown | {"workspaceId": str(event["stream_id"]), "data": _plain(event["data"])}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            "id" if key == "_id" else to_camel(key): child if key in _FREE and isinstance(child, str) else _plain(child)
            for key, child in value.items()
        }
    if isinstance(value, list):
        return [_plain(child) for child in value]
    if isinstance(value, ObjectId):
        return str(value)
    return timestamp(value) if hasattr(value, "astimezone") else value
