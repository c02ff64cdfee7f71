"""Events of the plugins of a workspace, which are for its admins, and a workspace's stream for all its members."""

from realtime.events.base import Event, Id


class PluginInstalled(Event):
    plugin_id: Id
    plugin: str


class PluginUpdated(Event):
    plugin_id: Id
    plugin: str
    enabled: bool


class PluginDisabled(Event):
    plugin_id: Id
    plugin: str
    reason: str


class PluginRemoved(Event):
    plugin_id: Id
    plugin: str
