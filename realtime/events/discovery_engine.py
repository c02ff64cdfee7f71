"""Events of discovery engines."""

from typing import Annotated

from models.enums import TokenScope
from models.records import DiscoveryEngineRecord
from realtime.events.base import Event, Id, Shown, Topic


class DiscoveryEngineEvent(Event, topics=(Topic.WORKSPACE,), token_scope=TokenScope.PILOTAGE_READ, abstract=True):
    """An event about a discovery engine."""


class DiscoveryEngineCreated(DiscoveryEngineEvent):
    """A discovery engine was created."""

    discovery_engine: Annotated[DiscoveryEngineRecord, Shown("The engine as it was then.")]


class DiscoveryEngineUpdated(DiscoveryEngineEvent):
    """A discovery engine changed, or what came of its runs."""

    discovery_engine: Annotated[DiscoveryEngineRecord, Shown("The engine as it was then.")]


class DiscoveryEngineDeleted(DiscoveryEngineEvent):
    """A discovery engine was deleted."""

    deleted_id: Annotated[Id, Shown("The id of the engine.", name="discovery_engine_id")]
