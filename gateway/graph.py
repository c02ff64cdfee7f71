"""The graph as it is served."""

from schema.context import GraphContext
from schema.events.declared import build_event
from schema.graph import graph
from schema.viewer import Look
from serving.graph.graph import Graph


def served_graph() -> Graph:
    """The schema with what it tells of itself."""
    return Graph(graph(), GraphContext, build_event, Look)
