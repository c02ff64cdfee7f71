"""The graph as it is served."""

from gateway.paths import operations_folder
from gateway.settings import Settings
from resolvers.kit.context import Services
from schema.context import GraphContext
from schema.events.declared import build_event
from schema.graph import graph
from schema.viewer import Look
from serving.graph.engine import GraphEngine
from serving.graph.graph import Graph
from serving.graph.persisted import Persisted
from serving.graph.trusted import trusted_documents


def served_graph() -> Graph:
    """The schema with what it tells of itself."""
    return Graph(graph(), GraphContext, build_event, Look)


def graph_engine(served: Graph, settings: Settings, services: Services) -> GraphEngine:
    """What runs documents over a graph, within the limits that the settings name."""
    return GraphEngine(
        served,
        services,
        limits=settings.limits,
        production=settings.production,
        persisted=Persisted(trusted_documents(operations_folder()), only=settings.trusted_documents_only),
        proxies=settings.trusted_proxies,
    )
