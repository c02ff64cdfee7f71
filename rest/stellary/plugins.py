"""Plugins that there are, and those of a workspace."""

from typing import Any

from typing_extensions import TypedDict

import models
from models.records import PluginRecord
from resolvers.inputs.plugin import PluginInstall, PluginUpdate
from resolvers.kit.nouns import PLUGIN
from resolvers.plugin.manifest import list_manifests
from resolvers.plugin.plugin import get_plugin, install_plugin, list_plugins, remove_plugin, update_plugin
from rest.present import presents, shown
from rest.routing import Call, Routes
from rest.stellary import guards
from rest.stellary.paths import WORKSPACE
from rest.stellary.present.base import Ok, ok

catalog = Routes("Plugins", "/plugins", about="What a workspace has others do with what happens in it.", place=480)
routes = Routes("Plugins", WORKSPACE + "/plugins")


class PluginManifest(TypedDict):
    """A plugin that workspaces may install. `settings` is a JSON Schema of what it is set up with; what has the format
    `credential` is the id of a credential."""

    key: str
    name: str
    description: str
    version: str
    settings: dict[str, Any]


@presents(models.Plugin)
class Plugin(TypedDict):
    """A plugin that was installed in a workspace. `plugin` is the key of its manifest."""


def plugin(record: PluginRecord) -> Plugin:
    return shown(Plugin, record)


@catalog.get("", "List the plugins that workspaces may install", runs=list_manifests)
async def find_manifests(call: Call) -> list[PluginManifest]:
    """Anybody may."""
    return [
        {
            "key": manifest.key,
            "name": manifest.name,
            "description": manifest.description,
            "version": manifest.version,
            "settings": dict(manifest.settings_schema),
        }
        for manifest in await list_manifests(call.ctx)
    ]


@routes.get("", "List the plugins of a workspace", runs=list_plugins)
async def find(call: Call) -> list[Plugin]:
    workspace = await guards.workspace(call)
    return [plugin(record) for record in await list_plugins(call.ctx, workspace["_id"])]


@routes.post("", "Install a plugin in a workspace", runs=install_plugin, given=["workspaceId"])
async def install(call: Call) -> Plugin:
    """It is told of what happens from then on."""
    workspace = await guards.workspace(call)
    return plugin((await install_plugin(call.ctx, call.body(PluginInstall, workspaceId=workspace["_id"]))).value)


@routes.get("/{pluginId}", "Read a plugin of a workspace", runs=get_plugin)
async def get(call: Call) -> Plugin:
    found = await guards.of_workspace(call, PLUGIN, "pluginId")
    return plugin(await get_plugin(call.ctx, found["_id"]))


@routes.patch("/{pluginId}", "Change a plugin of a workspace", runs=update_plugin)
async def update(call: Call) -> Plugin:
    found = await guards.of_workspace(call, PLUGIN, "pluginId")
    return plugin((await update_plugin(call.ctx, found["_id"], call.body(PluginUpdate))).value)


@routes.delete("/{pluginId}", "Remove a plugin from a workspace", runs=remove_plugin)
async def remove(call: Call) -> Ok:
    found = await guards.of_workspace(call, PLUGIN, "pluginId")
    await remove_plugin(call.ctx, found["_id"])
    return ok()
