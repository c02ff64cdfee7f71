"""Plugins of a workspace: installed, changed and removed by its admins."""

from collections.abc import Mapping, Sequence
from typing import Any

from bson import ObjectId

from auth.policies import credential as credential_policy
from auth.policies import workspace as policy
from models import Plugin, PluginDelivery, Workspace
from models.base import AnyRecord, collection, to_record
from models.enums import TokenScope
from models.errors import BadUserInput, NotFound
from models.facts import CREATE
from models.records import PluginRecord, WorkspaceMemberRecord
from realtime.events.plugin import PluginInstalled, PluginRemoved, PluginUpdated
from realtime.log import Change, Committed
from resolvers.inputs.plugin import MAX_PLUGINS, PluginInstall, PluginUpdate
from resolvers.kit.access import access, check_workspaces
from resolvers.kit.ceilings import require_room
from resolvers.kit.context import Context
from resolvers.kit.edit import require_parent, set_fields
from resolvers.kit.fields import values_of
from resolvers.kit.load import to_list
from resolvers.kit.noun import Fields
from resolvers.kit.nouns import CREDENTIAL, PLUGIN, WORKSPACE
from resolvers.kit.operation import edge, operation, reader
from resolvers.plugin.kind import PluginKind, credentials_in
from resolvers.plugin.manifest import kind_by

READ, WRITE = TokenScope.PILOTAGE_READ, TokenScope.PILOTAGE_WRITE
PEOPLE = "people decide who is told of what happens in a workspace"

get_plugin = reader("plugin", PLUGIN, no_tool=PEOPLE)


@operation(
    "workspacePlugins",
    opens=WORKSPACE.by("workspace_id"),
    permission=policy.MANAGE_PLUGINS,
    scope=READ,
    read_only=True,
    no_tool=PEOPLE,
)
async def list_plugins(ctx: Context, membership: WorkspaceMemberRecord) -> list[PluginRecord]:
    """The plugins of a workspace, oldest first; at most 20."""
    return (await plugins_of(ctx, [{"_id": membership["workspace_id"]}], None))[0]


@operation("pluginInstall", inside=WORKSPACE, permission=policy.MANAGE_PLUGINS, scope=WRITE, no_tool=PEOPLE)
async def install_plugin(
    ctx: Context, _membership: WorkspaceMemberRecord, values: PluginInstall
) -> Committed[PluginRecord]:
    """Install a plugin in a workspace; it is told of what happens from then on.

    A secret is the id of a credential of the organization, which takes an admin of that.
    """
    workspace_id, kind = values.workspace_id, kind_by(values.plugin)
    await _check_settings(ctx, workspace_id, kind, values.settings)
    seq = (await ctx.services.hub.log.head(workspace_id)).seq

    async def body(change: Change) -> PluginRecord:
        await require_parent(change, Workspace, workspace_id)
        await require_room(change, Plugin, {"workspace_id": workspace_id}, MAX_PLUGINS, "plugins")
        plugin = to_record(
            Plugin(
                workspace_id=workspace_id,
                plugin=values.plugin,
                **values_of(values, Plugin, CREATE),
                settings=values.settings,
                created_by=ctx.user_id,
                created_at=change.at,
                updated_at=change.at,
            )
        )
        await collection(Plugin).insert_one(plugin, session=change.session)
        await _follow(change, plugin, seq)
        change.append(workspace_id, PluginInstalled(plugin_id=plugin["_id"], plugin=plugin["plugin"]))
        return plugin

    return await ctx.write(workspace_id, body)


@operation("pluginUpdate", opens=PLUGIN.whole, permission=policy.MANAGE_PLUGINS, scope=WRITE, no_tool=PEOPLE)
async def update_plugin(ctx: Context, door: PluginRecord, values: PluginUpdate) -> Committed[PluginRecord]:
    """Change a plugin of a workspace; one that is enabled again is told of nothing that happened meanwhile."""
    given: dict[str, Any] = values.given()
    if "settings" in given:
        await _check_settings(ctx, door["workspace_id"], kind_by(door["plugin"]), given["settings"])
    if given.get("enabled"):
        given["disabled_reason"] = None
    seq = (await ctx.services.hub.log.head(door["workspace_id"])).seq

    async def body(change: Change) -> PluginRecord:
        plugin, differs = await set_fields(change, Plugin, door["_id"], given)
        if differs:
            await _follow(change, plugin, seq)
            event = PluginUpdated(plugin_id=plugin["_id"], plugin=plugin["plugin"], enabled=plugin["enabled"])
            change.append(plugin["workspace_id"], event)
        return plugin

    return await ctx.write(door["workspace_id"], body)


@operation(
    "pluginRemove", opens=PLUGIN.reading("plugin"), permission=policy.MANAGE_PLUGINS, scope=WRITE, no_tool=PEOPLE
)
async def remove_plugin(ctx: Context, door: PluginRecord) -> Committed[ObjectId]:
    """Remove a plugin from a workspace; its credentials stay."""

    async def body(change: Change) -> ObjectId:
        deleted = await collection(Plugin).delete_one({"_id": door["_id"]}, session=change.session)
        if not deleted.deleted_count:
            raise NotFound("Plugin")
        await collection(PluginDelivery).delete_one({"_id": door["_id"]}, session=change.session)
        change.append(door["workspace_id"], PluginRemoved(plugin_id=door["_id"], plugin=door["plugin"]))
        return ObjectId(door["_id"])

    return await ctx.write(door["workspace_id"], body)


@edge(scope=READ, viewer=True)
async def plugins_of(ctx: Context, workspaces: Sequence[AnyRecord], fields: Fields) -> list[list[PluginRecord]]:
    """The plugins of each workspace, oldest first. Raises Forbidden for whoever may not manage them."""
    await check_workspaces(ctx, [workspace["_id"] for workspace in workspaces], policy.MANAGE_PLUGINS)
    return await to_list(Plugin, workspaces, "workspace_id", sort=[("_id", 1)], fields=fields)


async def _check_settings(ctx: Context, workspace_id: ObjectId, kind: PluginKind, settings: Mapping[str, Any]) -> None:
    """Raise BadUserInput for settings that do not fit, and for a credential of another organization; Forbidden for one
    that the caller could not have made."""
    checked = kind.read(settings)
    kind.check(ctx.services.outbound, checked)
    workspace = await collection(Workspace).find_one({"_id": workspace_id}, {"organization_id": 1})
    for credential_id in credentials_in(checked):
        credential = await access(ctx, CREDENTIAL, credential_id, credential_policy.WRITE, field="settings")
        if workspace is None or credential["organization_id"] != workspace["organization_id"]:
            raise BadUserInput("names a credential of another organization", field="settings")


async def _follow(change: Change, plugin: PluginRecord, seq: int) -> None:
    """Begin to tell a plugin of what happens after an event, or end it, as it is enabled; where it is told it is."""
    mine = {"_id": plugin["_id"]}
    if not plugin["enabled"] or kind_by(plugin["plugin"]).deliver is None:
        await collection(PluginDelivery).delete_one(mine, session=change.session)
        return
    fresh = {"workspace_id": plugin["workspace_id"], "seq": seq, "created_at": change.at, "failing_since": None}
    # What failed is tried at once with what has changed.
    again = {"$set": {"due_at": change.at, "failures": 0}, "$setOnInsert": fresh}
    await collection(PluginDelivery).update_one(mine, again, upsert=True, session=change.session)
