"""Discovery engines."""

import models
from resolvers.discovery.engine import discovery_engines_of
from resolvers.discovery.run import runs_of
from schema.connection import Connection, window
from schema.extension import extends
from schema.fields import shows
from schema.loading import derived, edge
from schema.node import Node
from schema.references import MissionRef, WorkspaceRef
from schema.usage import MICRO


@shows(models.DiscoveryEngine, "What has an agent look for work, again and again.")
class DiscoveryEngine(Node):
    cost_usd: float = derived(
        lambda engine: engine["cost"] / MICRO,
        needs=("cost",),
        description="What the models of its runs had cost as they ended, in US dollars.",
    )
    runs: Connection[MissionRef] = edge(
        runs_of, needs=("agent_id",), arguments=window, description="Its runs, newest first."
    )


@extends(WorkspaceRef, after="agent_automations")
class OfWorkspace:
    discovery_engines: list[DiscoveryEngine] = edge(
        discovery_engines_of, description="What has agents look for work in it, by slug; at most 100."
    )
