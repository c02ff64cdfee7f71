"""Tools of other servers: which there are, and calls of them, which are written down before they are made."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from bson import ObjectId

from auth.policies import mission as policy
from models import Plugin, RemoteCall
from models.base import AnyRecord, collection, to_record, with_changes
from models.enums import RemoteCallState, TokenScope
from models.errors import BadUserInput, Conflict, NotFound, OrreryError
from models.records import PluginRecord, RemoteCallRecord, WorkspaceMemberRecord
from realtime.events.remote_call import RemoteCallCreated, RemoteCallUpdated
from realtime.log import Change, Committed
from resolvers.credential.token import token_for
from resolvers.inputs.plugin import RemoteCallSettle, RemoteToolCall
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context, Services
from resolvers.kit.nouns import REMOTE_CALL, WORKSPACE
from resolvers.kit.operation import Caller, operation, reader
from resolvers.kit.page import NEWEST_FIRST, pages_by
from resolvers.plugin.mcp import MCP, McpSettings
from resolvers.plugin.remote_client import NotSent, RemoteTool, list_tools
from resolvers.state.mission_wake import wake

READ, WRITE = TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE
MAX_OPEN = 100
"""Calls of a workspace that are to be made or under way."""

get_remote_call = reader("remoteCall", REMOTE_CALL)
remote_calls_of = pages_by(REMOTE_CALL, "workspace_id", sort=NEWEST_FIRST)
"""The calls of tools of other servers in a workspace, the newest first."""


@dataclass(frozen=True, slots=True)
class RemoteServer:
    """A server of tools that a workspace has a plugin for. `error` says why its tools are not told."""

    plugin_id: ObjectId
    name: str
    tools: list[RemoteTool] = field(default_factory=list)
    error: str | None = None


@operation("remoteServers", opens=WORKSPACE.by("workspace_id"), permission=policy.READ, scope=READ, read_only=True)
async def list_remote_servers(ctx: Context, membership: WorkspaceMemberRecord) -> list[RemoteServer]:
    """The servers whose tools a workspace may call, with these tools, asked just now.

    What a server says of its tools is text of others.
    """
    mine = {"workspace_id": membership["workspace_id"], "plugin": MCP.key, "enabled": True}
    plugins = await collection(Plugin).find(mine).sort("_id", 1).to_list()
    return await asyncio.gather(*(_told(ctx.services, plugin) for plugin in plugins))


@operation(
    "remoteToolCall",
    inside=WORKSPACE,
    permission=policy.WRITE,
    scope=WRITE,
    tool="call_remote_tool",
    destroys=True,
    always_asks=True,
)
async def call_remote_tool(
    ctx: Context, membership: WorkspaceMemberRecord, values: RemoteToolCall
) -> Committed[RemoteCallRecord]:
    """Call a tool of another server.

    It is made once this is committed, by the gateway, and never twice; `remoteCall` tells what came of it.
    """
    workspace_id = membership["workspace_id"]

    async def body(change: Change) -> RemoteCallRecord:
        wanted = {"_id": values.plugin_id, "workspace_id": workspace_id, "plugin": MCP.key, "enabled": True}
        plugin = await collection(Plugin).find_one(wanted, session=change.session)
        if plugin is None:
            raise NotFound("Plugin")
        if not settings_of(plugin).allows(values.tool):
            raise BadUserInput("is none of the tools that may be called", field="tool")
        open_there = {"workspace_id": workspace_id, "due_at": {"$ne": None}}
        await require_room(change, RemoteCall, open_there, MAX_OPEN, "calls under way in this workspace")
        call = to_record(
            RemoteCall(
                workspace_id=workspace_id,
                plugin_id=plugin["_id"],
                server=plugin["name"],
                tool=values.tool,
                arguments=values.arguments,
                mission_id=ctx.mission_id,
                created_by=ctx.user_id,
                told_id=change.approved_by or ctx.user_id,
                due_at=change.at,
                created_at=change.at,
            )
        )
        await collection(RemoteCall).insert_one(call, session=change.session)
        change.append(workspace_id, RemoteCallCreated(remote_call=call))
        return call

    return await ctx.write(workspace_id, body)


@operation(
    "remoteCallSettle",
    opens=REMOTE_CALL.reading("state"),
    permission=policy.WRITE,
    scope=WRITE,
    caller=Caller.NO_AGENT,
    no_tool="a person finds out what became of it",
)
async def settle_remote_call(
    ctx: Context, door: RemoteCallRecord, values: RemoteCallSettle
) -> Committed[RemoteCallRecord]:
    """Say what became of a call that nobody knew of; its mission goes on then."""

    async def body(change: Change) -> RemoteCallRecord:
        call = await collection(RemoteCall).find_one({"_id": door["_id"]}, session=change.session)
        if call is None:
            raise NotFound("Remote call")
        if call["state"] != RemoteCallState.UNKNOWN:
            raise Conflict(f"A call that is {call['state']} needs nobody to find out", **{"from": call["state"]})
        state = RemoteCallState.DONE if values.done else RemoteCallState.FAILED
        told = {"result": values.note, "error": None} if values.done else {"error": values.note}
        return await set_call(change, call, {"state": state.value, **told, "settled_by": ctx.user_id})

    return await ctx.write(door["workspace_id"], body)


async def set_call(change: Change, call: RemoteCallRecord, values: AnyRecord) -> RemoteCallRecord:
    """Change a call, read in this change, and tell of it; its mission is woken once it is known what became of it."""
    changes = dict(values)
    if changes["state"] in (RemoteCallState.DONE, RemoteCallState.FAILED):
        changes |= {"finished_at": change.at, "due_at": None}
    await collection(RemoteCall).update_one({"_id": call["_id"]}, {"$set": changes}, session=change.session)
    after = with_changes(call, changes)
    change.append(call["workspace_id"], RemoteCallUpdated(remote_call=after))
    if after["finished_at"] is not None:
        await wake(change, call["mission_id"])
    return after


def settings_of(plugin: PluginRecord) -> McpSettings:
    """The settings of a plugin of this kind."""
    settings = MCP.read(plugin["settings"])
    assert isinstance(settings, McpSettings)  # noqa: S101  (its kind says so)
    return settings


async def token_of(services: Services, plugin: PluginRecord, settings: McpSettings) -> str | None:
    """What a server is signed in to with. Raises NotFound, DecryptionFailed and NotConfigured."""
    if settings.token is None:
        return None
    return (await token_for(services, plugin["workspace_id"], settings.token)).text


async def _told(services: Services, plugin: PluginRecord) -> RemoteServer:
    try:
        settings = settings_of(plugin)
        token = await token_of(services, plugin, settings)
        tools = await list_tools(services.outbound, settings.url, token)
    except (NotSent, OrreryError) as error:
        return RemoteServer(plugin["_id"], plugin["name"], error=str(error))
    return RemoteServer(plugin["_id"], plugin["name"], [tool for tool in tools if settings.allows(tool.name)])


__all__: Sequence[str] = ["RemoteServer", "RemoteTool", "call_remote_tool", "list_remote_servers"]
