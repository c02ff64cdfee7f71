"""Plugins, and what is said of those that there are."""

from typing import Any

from typing_extensions import TypedDict

import models
from models.records import PluginRecord
from rest.present import presents, shown


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
