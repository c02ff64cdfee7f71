"""Labels: coloured tags of a project's cards."""

import strawberry

from resolvers.column import scope as scope_edges
from schema.loading import edge
from schema.node import Node
from schema.references import ProjectRef


@strawberry.type(description="A coloured tag for the cards of a project.")
class Label(Node):
    name: str = strawberry.field(description="The name, unique in the project.")
    color: str = strawberry.field(description="The colour as #rrggbb.")
    project: ProjectRef = edge(
        scope_edges.project_of, needs=("project_id",), description="The project that it belongs to."
    )
