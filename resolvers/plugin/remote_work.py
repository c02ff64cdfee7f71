"""Making the calls of other servers' tools: marked as sent first, made once, and never again.

Whoever makes one may die in it. Then nobody knows whether it was carried out, and a person finds out.
"""

from datetime import timedelta

from bson import ObjectId

from models import Activity, Plugin, RemoteCall
from models.base import collection, to_record, utc_now
from models.enums import ActivityType, RemoteCallState
from models.errors import OrreryError
from models.fanout import Audience
from models.records import RemoteCallRecord
from realtime.log import Change
from resolvers.activity.activity import record_activities
from resolvers.kit.context import Services
from resolvers.plugin.remote import set_call, settings_of, token_of
from resolvers.plugin.remote_client import SECONDS, Answered, NotKnown, NotSent, call_tool

PATIENCE = timedelta(seconds=2 * SECONDS)
"""After which whoever has sent a call is taken for gone: it takes half as long at most."""
GONE = "Whoever made the call went away before it was answered"


async def due_calls(most: int) -> list[ObjectId]:
    """Calls that are to be made, or given up, those that have waited longest first."""
    due = collection(RemoteCall).find({"due_at": {"$lte": utc_now()}}, {"_id": 1})
    return [call["_id"] for call in await due.sort("due_at", 1).limit(most).to_list()]


async def carry_out(services: Services, call_id: ObjectId) -> None:
    """Make a call that is due, or say that nobody knows what became of it."""
    found = await collection(RemoteCall).find_one({"_id": call_id})
    if found is None:
        return
    workspace_id = found["workspace_id"]

    async def begin(change: Change) -> RemoteCallRecord | None:
        due = {"_id": call_id, "due_at": {"$lte": change.at}}
        call = await collection(RemoteCall).find_one(due, session=change.session)
        if call is None:
            return None
        if call["state"] == RemoteCallState.SENT:
            await _give_up(change, call, GONE)
            return None
        values = {"state": RemoteCallState.SENT.value, "sent_at": change.at, "due_at": change.at + PATIENCE}
        return await set_call(change, call, values)

    call = (await services.hub.log.write(workspace_id, None, begin)).value
    if call is None:
        return
    state, told = await _made(services, call)

    async def end(change: Change) -> None:
        mine = {"_id": call_id, "state": RemoteCallState.SENT.value}
        standing = await collection(RemoteCall).find_one(mine, session=change.session)
        if standing is None:
            return
        if state is RemoteCallState.UNKNOWN:
            await _give_up(change, standing, told)
        else:
            name = "result" if state is RemoteCallState.DONE else "error"
            await set_call(change, standing, {"state": state.value, name: told})

    await services.hub.log.write(workspace_id, None, end)


async def _made(services: Services, call: RemoteCallRecord) -> tuple[RemoteCallState, str]:
    """What becomes of a call that is marked as sent."""
    plugin = await collection(Plugin).find_one({"_id": call["plugin_id"], "enabled": True})
    if plugin is None:
        return RemoteCallState.FAILED, "The plugin is not there any more"
    try:
        settings = settings_of(plugin)
        token = await token_of(services, plugin, settings)
        text = await call_tool(services.outbound, settings.url, token, call["tool"], call["arguments"])
    except (NotSent, Answered, OrreryError) as error:
        return RemoteCallState.FAILED, str(error)
    except NotKnown as error:
        return RemoteCallState.UNKNOWN, str(error)
    return RemoteCallState.DONE, text


async def _give_up(change: Change, call: RemoteCallRecord, why: str) -> None:
    await set_call(change, call, {"state": RemoteCallState.UNKNOWN.value, "error": why, "due_at": None})
    told = Activity(
        workspace_id=call["workspace_id"],
        type=ActivityType.REMOTE_CALL_UNKNOWN,
        meta={"message": f"{call['tool']} of {call['server']}: {why}", "remoteCallId": str(call["_id"])},
        created_at=change.at,
    )
    await record_activities(change, [to_record(told)], Audience.NAMED, [call["told_id"]])
