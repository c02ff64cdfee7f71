"""Plugins of a workspace: what was installed there, with its settings, and how far it is told of what happens."""

from datetime import datetime
from typing import Annotated, Any

from beanie import PydanticObjectId
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from models.base import Stored, id_factory, kind, utc_now
from models.facts import SHOWN, WRITTEN, Facts
from models.ids import Kind
from models.limits import NAME
from models.records import PluginDeliveryRecord, PluginRecord


@kind(0xB5)
class Plugin(Stored[PluginRecord]):
    """An installation of a plugin in a workspace. `plugin` is the key of its manifest (`resolvers.plugin.manifest`)."""

    id: PydanticObjectId = Field(default_factory=id_factory(Kind.PLUGIN))
    workspace_id: Annotated[PydanticObjectId, Facts("The workspace that it works in.")]
    plugin: Annotated[str, Facts("The key of its manifest.")]
    name: Annotated[str, Facts("What it is called here.", SHOWN | WRITTEN, text=NAME)]
    settings: Annotated[dict[str, Any], Facts("Its settings, as its manifest describes them.")] = Field(
        default_factory=dict
    )
    enabled: Annotated[bool, Facts("Whether it works.", SHOWN | WRITTEN)] = True
    disabled_reason: Annotated[
        str | None, Facts("Why it was disabled by itself; null where it was not, or a person enabled it again.")
    ] = None
    created_by: Annotated[PydanticObjectId | None, Facts("Who installed it.", refers=Kind.USER)] = None
    updated_at: Annotated[datetime, Facts("When it last changed.")] = Field(default_factory=utc_now)

    class Settings:
        name = "plugins"
        indexes = [IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)])]


class PluginDelivery(Stored[PluginDeliveryRecord]):
    """How far an enabled plugin, whose id it has, was told of what happens in its workspace: up to the event `seq`.

    It is due at `due_at`, which whoever works on it puts off as a lease, and a failure by a while that doubles.
    `failures` counts those in a row, the first of which was `failing_since`.
    """

    id: PydanticObjectId
    workspace_id: PydanticObjectId
    seq: int
    due_at: datetime | None
    failures: int = 0
    failing_since: datetime | None = None

    class Settings:
        name = "plugin_deliveries"
        indexes = [
            IndexModel([("due_at", ASCENDING)]),
            IndexModel([("workspace_id", ASCENDING), ("_id", ASCENDING)]),
        ]
