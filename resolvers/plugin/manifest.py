"""The plugins that there are: this gateway's own, and the operator's, by entry points of the group `orrery.plugins`."""

import functools
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from models.errors import BadUserInput
from resolvers.kit.context import Context
from resolvers.kit.operation import Caller, operation
from resolvers.plugin.kind import PluginKind
from resolvers.plugin.mcp import MCP
from resolvers.plugin.webhook import WEBHOOK

GROUP = "orrery.plugins"

log = logging.getLogger("orrery.plugins")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is said of a plugin. `settings_schema` is a JSON Schema; of a secret, the format is `credential`."""

    key: str
    name: str
    description: str
    version: str
    settings_schema: Mapping[str, Any]


@functools.cache
def kinds() -> Mapping[str, PluginKind]:
    """The plugins that workspaces may install, by their keys. One that fails to load is told of in the log."""
    found = {WEBHOOK.key: WEBHOOK, MCP.key: MCP}
    for point in entry_points(group=GROUP):
        try:
            kind = point.load()
        except Exception:
            log.exception("the plugin %s cannot be loaded", point.name)
            continue
        if isinstance(kind, PluginKind) and kind.key not in found:
            found[kind.key] = kind
        else:
            log.error("the plugin %s is no PluginKind, or its key is taken", point.name)
    return found


def kind_by(key: str) -> PluginKind:
    """The plugin of a key; raises BadUserInput."""
    kind = kinds().get(key)
    if kind is None:
        raise BadUserInput(f"is no plugin: there are {', '.join(sorted(kinds()))}", field="plugin")
    return kind


@operation("plugins", caller=Caller.ANYONE, read_only=True)
async def list_manifests(_ctx: Context) -> list[Manifest]:
    """The plugins that workspaces may install, by their keys."""
    return [
        Manifest(kind.key, kind.name, kind.description, kind.version, kind.settings.model_json_schema(by_alias=True))
        for _, kind in sorted(kinds().items())
    ]
